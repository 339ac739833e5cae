"""Queries read field by field against what their schemas read."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from pricecompare.errors import Reason
from pricecompare.schemas import questions
from pricecompare.web.query import BadQuestion, Query, _pairs

SCHEMAS = [one for one in vars(questions).values() if isinstance(one, type) and issubclass(one, questions.Question)]
NAMES = sorted({field.data_key or name for schema in SCHEMAS for name, field in schema().fields.items()})
VALUES = st.sampled_from(
    ["", "0", "-1", "1.5", "1e9", "NaN", "true", "0.0", "gcj02", "price", "listed", "online", "high"]
)
TEXTS = VALUES | st.sampled_from(["2026-10", "2026-13", "990100", "¥1", "药"]) | st.text(max_size=5)


def by_the_schema(schema, asked):
    """Return what a schema loads, or the code of what is wrong with each parameter."""
    try:
        return schema.load(asked)
    except ValidationError as error:
        return {name: code_of(reasons[0]) for name, reasons in error.messages.items()}


def code_of(reason):
    return reason.code if isinstance(reason, Reason) else "unknown_parameter"


def by_the_query(schema, asked):
    """Return the same as it is read field by field."""
    try:
        return Query(schema).read(urlencode(asked).encode())
    except BadQuestion as error:
        return {wrong.field: wrong.reason.code for wrong in error.wrong}


@settings(max_examples=300)
@given(schema=st.sampled_from(SCHEMAS), asked=st.dictionaries(st.sampled_from([*NAMES, "?"]), TEXTS, max_size=4))
def test_a_question_is_read_as_its_schema_reads_it(schema, asked):
    assert by_the_query(schema(), asked) == by_the_schema(schema(), asked)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_is_read_belongs_to_one_request_alone(schema):
    needed = {name: "x" for name, field in schema().fields.items() if field.required}
    query = Query(schema())
    asked = urlencode(needed).encode()
    query.read(asked).clear()
    assert query.read(asked) == schema().load(needed)


@settings(max_examples=500)
@given(st.text(st.sampled_from("ab=&+%41;#药"), max_size=12) | st.text(max_size=12))
def test_a_query_is_cut_where_the_library_cuts_it(query):
    assert _pairs(query) == parse_qsl(query, keep_blank_values=True)
