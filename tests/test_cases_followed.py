"""Cases as they are taken up and stepped: frozen, refused, never twice for one price."""

import hashlib
import json
import statistics

import pytest

from pricecompare.errors import Conflict, Forbidden, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services.cases import Asked, explained, step, told
from pricecompare.services.cases.frozen import kept_compared
from pricecompare.services.ingest.decisions import retract
from tests.taken_up import SCREEN, WANG, change, only, price, seven_shops, state
from tests.town import PRICE_HEADER


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def test_a_flag_that_nobody_has_taken_up_is_found(town):
    name = only(town)
    found = told(town.desk, name)
    assert state(town, name) == ("found", True, 0)
    assert (found["taken_up"], found["steps"], found["open_to"]["regulator"]) == (None, [], ("screen",))


def test_what_is_taken_up_stays_as_it_was(town):
    name = only(town)
    before = explained(town.desk, name)
    step(town.desk, name, SCREEN)
    town.take("prices", PRICE_HEADER + "".join(price(shop, f"{11 + shop / 10:.2f}", 25) for shop in range(6)))
    after = explained(town.desk, name)
    assert (before["frozen"], after["frozen"]) == (False, True)
    assert after["compared_with"] == before["compared_with"] == {"n": 6, "fen": [1000, 1010, 1020, 1030, 1040, 1050]}
    assert after["flag"] == before["flag"]
    assert after["svg"] == before["svg"]
    assert told(town.desk, name)["flag"]["ref_median"] == "11.25"


def test_the_numbers_follow_from_the_prices_that_are_kept(town):
    case = step(town.desk, only(town), SCREEN)
    prices, numbers = kept_compared(town.desk, case.prices_hash), json.loads(case.numbers)
    fen = prices["fen"].tolist()
    assert statistics.median(fen) == numbers["ref_median"]
    assert statistics.mean(fen) == pytest.approx(numbers["ref_mean"], rel=1e-12)
    assert (len(fen), case.fen / statistics.median(fen)) == (numbers["others"], numbers["ratio_median"])
    assert hashlib.sha256(prices.tobytes()).hexdigest() == case.prices_hash


def test_a_price_that_comes_down_is_repriced_and_one_that_comes_back_reopens(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    change(town, "10.50", 22)
    assert state(town, name) == ("repriced", False, 2)
    change(town, "20.00", 24)
    assert state(town, name) == ("found", True, 3)
    steps = told(town.desk, name)["steps"]
    assert [(one["action"], one["role"], one["price"]) for one in steps] == [
        ("screen", "regulator", "20.00"), ("reprice", "system", "20.00"), ("reopen", "system", "20.00"),
    ]  # fmt: skip
    assert steps[1]["why"] == "2000 → 1050"


def test_nobody_is_flagged_twice_for_the_same_price(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    step(town.desk, name, Asked("dismiss", "regulator", Hand("王", "", "进口包装")))
    change(town, "20.00", 26)
    assert state(town, name)[0] == "dismissed"
    change(town, "21.00", 27)
    assert state(town, name)[0] == "found"


def test_a_market_that_moved_is_no_new_price(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    town.take("prices", PRICE_HEADER + "".join(price(shop, f"{19 + shop / 10:.2f}", 25) for shop in range(6)))
    assert state(town, name) == ("screened", False, 1)


def test_taking_an_upload_back_takes_its_case_along(town):
    name = only(town)
    step(town.desk, name, SCREEN)
    change(town, "10.50", 22)
    retract(town.desk, town.desk.store.next_ids().upload - 1, by=Hand("王"))
    assert state(town, name)[:2] == ("found", True)


def test_two_who_look_at_the_same_case(town):
    name = only(town)
    step(town.desk, name, Asked("screen", "regulator", WANG, 0))
    with pytest.raises(Conflict) as refused:
        step(town.desk, name, Asked("remind", "regulator", Hand("李"), 0))
    assert refused.value.code == "case_moved"
    assert state(town, name) == ("screened", True, 1)


@pytest.mark.parametrize(
    ("name", "asked", "error"),
    [
        ("", SCREEN, NotFound),
        ("1-1-cash", SCREEN, NotFound),
        ("999-1-listed", SCREEN, NotFound),
        ("1-1-listed", SCREEN, NotFound),
        (None, Asked("explain", "pharmacy", Hand("店", "", "涨价")), Conflict),
        (None, Asked("screen", "pharmacy", Hand("店")), Forbidden),
        (None, Asked("screen", "regulator", Hand(" ")), Invalid),
        (None, Asked("punish", "regulator", WANG), Invalid),
    ],
)
def test_refusals_write_nothing(town, name, asked, error):
    before = town.dump()
    with pytest.raises(error):
        step(town.desk, only(town) if name is None else name, asked)
    assert town.dump() == before
