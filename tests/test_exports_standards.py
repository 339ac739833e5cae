"""The payment standard in what regulators get: in files alone, confidential or not, the one that holds there today."""

import io
import json

import pytest

from pricecompare.services import audit
from pricecompare.services.exports.making import Wish, export
from pricecompare.services.exports.pages import page
from pricecompare.services.exports.registry import LISTS
from pricecompare.services.exports.standards import STANDARD
from tests.made import CODES
from tests.regulated import CITY, WANG, busy
from tests.test_confidential import HEADER
from tests.town import Town

NAMES = [column.name for column in STANDARD]
WITH = ("flags", "low", "offers")
SENT = (
    # A confidential one beside a public one of the province; without an amount; ended; not begun; of another city.
    f"{CODES[0]},990000,2026-01-01,,12.00,negotiated,否\n"
    f"{CODES[0]},{CITY},2026-06-01,,11.00,vbp,是\n"
    f"{CODES[1]},national,2026-01-01,,*,negotiated,\n"
    f"{CODES[2]},{CITY},2026-01-01,2026-10-31,9.99,bid,否\n"
    f"{CODES[3]},{CITY},2026-11-02,,9.99,bid,否\n"
    f"{CODES[3]},990200,2026-01-01,,8.88,bid,否\n"
)


@pytest.fixture
def desk(store, tmp_path, once):
    desk = busy(store, tmp_path, once)
    assert Town(store, tmp_path).take("standards", HEADER + SENT).errors == []
    return desk


def rows_of(desk, name, **filters):
    target = io.BytesIO()
    export(desk, Wish(name, CITY, filters, format="json"), target, by=WANG)
    return json.loads(target.getvalue())["rows"]


def test_a_file_says_which_standard_holds_and_what_is_beyond(desk):
    found = {(row["drug_code"], *(row[name] for name in NAMES[:3])) for row in rows_of(desk, "offers")}
    assert found == {
        (CODES[0], 11.0, "vbp", True), (CODES[1], None, "negotiated", True),
        (CODES[2], None, None, None), (CODES[3], None, None, None),
    }  # fmt: skip
    for row in rows_of(desk, "offers", drug=CODES[0]):
        assert row["beyond_standard"] == pytest.approx(max(row["price"] - 11, 0))
    assert {row["beyond_standard"] for row in rows_of(desk, "offers", drug=CODES[1])} == {None}


@pytest.mark.parametrize("name", LISTS)
def test_a_page_does_not_have_it_and_a_file_is_noted(desk, name):
    listing = LISTS[name]
    assert [one.name for one in listing.columns if one.noted] == (NAMES if name in WITH else [])
    shown = page(desk, name, CITY, filters={})
    told = {one["name"] for one in shown["columns"]} | {key for row in shown["items"] for key in row}
    assert not told & set(NAMES)
    before = desk.store.audit_head().id
    rows_of(desk, name)
    assert audit.entry(desk, before + 1)["what"] == "exported"


def test_in_a_page_nothing_differs_for_a_confidential_one(desk, tmp_path):
    def pages():
        return {name: page(desk, name, CITY, filters={}) for name in LISTS}

    before = pages()
    Town(desk.store, tmp_path).take("standards", HEADER + f"{CODES[2]},{CITY},2026-01-02,,7.65,vbp,是\n")
    assert pages() == before
    assert {row["standard"] for row in rows_of(desk, "offers", drug=CODES[2])} == {7.65}
