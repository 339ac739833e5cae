"""What narrows lists of flags narrows their rows, their totals and their files alike."""

import io
import json

import pytest

from pricecompare.errors import Invalid, NotFound
from pricecompare.services.exports.making import Wish, export
from pricecompare.services.exports.pages import page
from tests.regulated import CITY, WANG, all_of, busy

NARROWED = {
    "by state": ("flags", {"state": "appealed"}),
    "by a state nobody brought about": ("flags", {"state": "found"}),
    "by ratio": ("flags", {"min_ratio": "1.5"}),
    "by their own rule": ("flags", {"rule": "loo-pooled"}),
    "by a version of it": ("flags", {"rule": "loo-pooled@1"}),
    "by another rule": ("flags", {"rule": "plain-130"}),
    "by much at once": ("flags", {"rule": "plain-130", "min_ratio": "1.3", "state": "screened", "grade": "high"}),
    "pharmacies by state": ("pharmacies", {"state": "appealed"}),
    "pharmacies by ratio": ("pharmacies", {"min_ratio": "1.5"}),
    "low by state": ("low", {"state": "found"}),
    "ruled by state": ("ruled", {"state": "appealed"}),
    "ruled by ratio": ("ruled", {"min_ratio": "1.8"}),
    "ruled by version": ("ruled", {"rule": "plain-130@1"}),
    "cases by grade": ("cases", {"grade": "high", "state": "screened"}),
}


@pytest.fixture(scope="module")
def plainly():
    """What each filter leaves, said plainly of one row; other(row, found) knows what else stands of its price."""
    return {
        "state": lambda row, value, states, _: row.get("state", states.get(price(row), "found")) == value,
        "min_ratio": lambda row, value, *_: row.get("ratio_median", row.get("ratio")) >= float(value),
        "rule": lambda row, value, _, ruled: (
            row["rule"].startswith(value.partition("@")[0]) or value in ruled.get(price(row), ())
        ),
        "grade": lambda row, value, *_: row["grade"] == value,
    }


@pytest.fixture
def desk(store, tmp_path, once):
    return busy(store, tmp_path, once)


def price(row):
    return row["pharmacy_code"], row["drug_code"], row["kind"]


def others(desk):
    """Return by price the state of its case, and which rules found it."""
    states = {price(row): row["state"] for row in all_of(desk, "cases", CITY)["items"]}
    ruled = {}
    for row in all_of(desk, "ruled", CITY)["items"]:
        ruled.setdefault(price(row), set()).add(row["rule"].partition(" ")[0])
    return states, ruled


@pytest.mark.parametrize(("name", "filters"), NARROWED.values(), ids=NARROWED)
def test_rows_totals_and_files_are_those_that_a_plain_filter_leaves(desk, plainly, name, filters):
    found = all_of(desk, name, CITY, **filters)
    target = io.BytesIO()
    done = export(desk, Wish(name, CITY, filters, "json"), target, by=WANG)
    assert (done.manifest["filters"], done.manifest["rows"]) == (dict(sorted(filters.items())), len(found["items"]))
    assert done.manifest["totals"]["rows"] == found["totals"]["rows"] == len(found["items"])
    assert len(json.loads(target.getvalue())["rows"]) == len(found["items"]) > 0
    if name != "pharmacies":
        known = others(desk)
        every = all_of(desk, name, CITY)["items"]
        assert found["items"] == [
            row for row in every if all(plainly[one](row, value, *known) for one, value in filters.items())
        ]


def test_a_grade_that_no_case_has_leaves_none(desk):
    assert all_of(desk, "cases", CITY, grade="error")["totals"]["rows"] == 0


@pytest.mark.parametrize("filters", [{}, {"state": "appealed"}, {"min_ratio": "1.5"}, {"rule": "plain-130"}])
def test_pharmacies_add_up_to_the_flags(desk, filters):
    flags = page(desk, "flags", CITY, filters=filters, limit=1)["totals"]["rows"]
    assert page(desk, "pharmacies", CITY, filters=filters, limit=1)["totals"]["flags"] == flags


def test_states_share_all_flags_between_them(desk):
    def rows(**filters):
        return page(desk, "flags", CITY, filters=filters, limit=1)["totals"]["rows"]

    assert rows() == sum(rows(state=one) for one in ("found", "screened", "appealed")) > rows(state="found") > 0


@pytest.mark.parametrize("name", ["flags", "ruled"])
@pytest.mark.parametrize(
    ("filters", "error", "code"),
    [({"rule": "plain-13"}, NotFound, "unknown_rule"), ({"min_ratio": "one"}, Invalid, "bad_multiple")],
)
def test_what_nobody_knows_is_refused(desk, name, filters, error, code):
    with pytest.raises(error) as caught:
        page(desk, name, CITY, filters=filters, limit=1)
    assert caught.value.code == code
