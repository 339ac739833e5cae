"""What citizens report: merged, limited, anonymous, seen by nobody before a regulator looks at it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pricecompare.errors import Conflict, Invalid, NotFound, TooMany
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.access.often import HOUR
from pricecompare.services.cases import explained, step, told
from pricecompare.services.cases.citizens import Said, decide, listed, take
from tests.conftest import NOW
from tests.made import CODES
from tests.taken_up import REGION, SCREEN, WANG, change, only, seven_shops, state
from tests.town import SHOPS

DEAR = Said(SHOPS[6], "wrong_price", CODES[0], price="26.00", seen_on=date(2026, 10, 30))
CHEAP = replace(DEAR, pharmacy=SHOPS[0])
CLOSED = Said(SHOPS[0], "closed")
WHY = WANG._replace(why="电话核实")


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def reports(town, **narrow):
    return listed(town.desk, REGION, **narrow)["items"]


SAME = {
    "the same": ([DEAR, DEAR], [2]),
    "another day": ([DEAR, replace(DEAR, seen_on=date(2026, 10, 20)), replace(DEAR, seen_on=None)], [3]),
    "another price": ([DEAR, replace(DEAR, price="27")], [1, 1]),
    "written otherwise": ([DEAR, replace(DEAR, price="26", drug=CODES[0].lower(), pharmacy=f" {SHOPS[6]}")], [2]),
    "another kind": ([DEAR, replace(DEAR, kind="online")], [1, 1]),
    "something else": ([DEAR, replace(DEAR, what="not_in_stock")], [1, 1]),
    "a price that says nothing": ([replace(DEAR, what="not_in_stock", price=one) for one in ("3", None)], [2]),
    "closed, whatever the drug": ([CLOSED, replace(CLOSED, drug=CODES[0], price="1.00", kind="online")], [2]),
}


@pytest.mark.parametrize(("said", "times"), SAME.values(), ids=SAME)
def test_what_says_the_same_is_counted(town, said, times):
    for one in said:
        take(town.desk, one)
    found = reports(town)
    assert [one["times"] for one in found] == times
    assert found[0]["seen_on"] == (None if said[0].seen_on is None else "2026-10-30")


def test_when_it_was_said_first_and_last(town):
    take(town.desk, DEAR)
    take(replace(town.desk, clock=lambda: NOW + timedelta(hours=2)), DEAR)
    (found,) = reports(town)
    assert (found["first_at"], found["last_at"]) == ("2026-11-01T12:00:00+08:00", "2026-11-01T14:00:00+08:00")


@pytest.mark.parametrize(
    ("said", "error", "code"),
    [
        (replace(DEAR, pharmacy="P99010299999"), NotFound, "unknown_pharmacy"),
        (replace(DEAR, drug="X"), NotFound, "unknown_drug"),
        (replace(DEAR, drug=None), Invalid, "missing_value"),
        (replace(DEAR, price="-1"), Invalid, "price_not_positive"),
        (replace(DEAR, seen_on=date(2026, 11, 2)), Invalid, "bad_seen_on"),
        (replace(DEAR, seen_on=date(2026, 7, 1)), Invalid, "bad_seen_on"),
    ],
)
def test_refusals_write_nothing(town, said, error, code):
    before = town.dump()
    with pytest.raises(error) as refused:
        take(town.desk, said)
    assert (refused.value.code, town.dump()) == (code, before)


def test_so_many_about_one_pharmacy_on_a_day(town):
    desk = replace(town.desk, settings=replace(town.desk.settings, reports_per_day=2))
    for _ in range(2):
        take(desk, DEAR)
    with pytest.raises(TooMany) as refused:
        take(desk, DEAR)
    assert refused.value.seconds == 12 * HOUR
    take(desk, CLOSED)
    take(replace(desk, clock=lambda: NOW + timedelta(hours=12)), DEAR)
    assert [one["times"] for one in reports(town)] == [3, 1]


def test_a_report_opens_a_case_about_a_flag_there_is(town):
    take(town.desk, DEAR)
    name = only(town)
    assert decide(town.desk, 1, "open", by=WHY)["flag"] == name
    assert state(town, name) == ("found", True, 1)
    assert [(one["action"], one["why"]) for one in told(town.desk, name)["steps"]] == [("open", "电话核实")]


def test_a_report_opens_a_case_about_a_price_that_no_rule_found(town):
    take(town.desk, CHEAP)
    name = decide(town.desk, 1, "open", by=WHY)["flag"]
    found = told(town.desk, name)
    assert (found["state"], found["standing"], found["taken_up"]["class"]) == ("found", False, "reported")
    why = explained(town.desk, name)
    assert why["compared_with"]["fen"] == [1010, 1020, 1030, 1040, 1050, 2000]
    assert (why["flag"]["ref_median"], why["flag"]["others"], why["flag"]["price"]) == ("10.35", 6, "10.00")
    assert "群众反映" in why["flag"]["text_zh"]
    step(town.desk, name, SCREEN)
    assert told(town.desk, name)["state"] == "screened"


def test_a_report_reopens_a_case_that_was_over(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    step(town.desk, name, replace(SCREEN, action="dismiss", by=WHY))
    take(town.desk, DEAR)
    decide(town.desk, 1, "open", by=WHY)
    assert state(town, name) == ("found", True, 3)


def test_a_report_leaves_a_case_where_it_is(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    take(town.desk, DEAR)
    decide(town.desk, 1, "open", by=WHY)
    assert state(town, name) == ("screened", True, 2)


@pytest.mark.parametrize(("action", "after"), [("dismiss", "dismissed"), ("settle", "settled")])
def test_a_report_that_opens_no_case(town, action, after):
    take(town.desk, CLOSED)
    answer = decide(town.desk, 1, action, by=WHY)
    assert (answer["state"], answer["who"], answer["why"], answer["flag"]) == (after, "王", "电话核实", None)
    (entry,) = audit.entries(town.desk, what=f"report_{after}")["items"]
    assert (entry["before"], entry["after"]) == ({"state": "new", "times": 1}, {"state": after, "flag": None})
    with pytest.raises(Conflict):
        decide(town.desk, 1, action, by=WHY)
    take(town.desk, CLOSED)
    assert [one["state"] for one in reports(town)] == [after, "new"]
    assert [one["id"] for one in reports(town, state="new")] == [2]


@pytest.mark.parametrize(
    ("said", "number", "action", "by", "error"),
    [
        (CLOSED, 1, "open", WHY, Conflict),
        (replace(DEAR, drug=CODES[3]), 1, "open", WHY, Conflict),
        (DEAR, 9, "open", WHY, NotFound),
        (DEAR, 1, "forget", WHY, Invalid),
        (DEAR, 1, "dismiss", WANG, Invalid),
        (DEAR, 1, "dismiss", Hand("", "", "x"), Invalid),
    ],
)
def test_decisions_that_cannot_be(town, said, number, action, by, error):
    take(town.desk, said)
    before = town.dump()
    with pytest.raises(error):
        decide(town.desk, number, action, by=by)
    assert town.dump() == before


def test_a_case_of_a_report_follows_the_price_like_any_other(town):
    take(town.desk, DEAR)
    change(town, "10.40", 25)
    name = decide(town.desk, 1, "open", by=WHY)["flag"]
    change(town, "10.20", 26)
    assert state(town, name) == ("repriced", False, 2)
