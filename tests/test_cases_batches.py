"""Many flags at once: tried, done, taken back, narrowed, noted; thousands in one call."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from pricecompare.errors import Forbidden, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.cases import Asked, batch, step, told, undo
from pricecompare.store import create_store
from tests.conftest import NOW
from tests.made import CODES
from tests.taken_up import REGION, SCREEN, change, only, price, seven_shops, state
from tests.town import PHARMACIES, PRICE_HEADER, SHOPS, Town

BACK = Hand("王", "cli:wang", "选错了")


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def test_many_at_once_tried_done_and_taken_back(town):
    name, before = only(town), town.dump()
    tried = batch(town.desk, REGION, SCREEN, dry=True)
    assert (tried, town.dump()) == ({"batch": None, "done": 1, "left": {}, "dry_run": True}, before)
    done = batch(town.desk, REGION, SCREEN)
    assert done == {"batch": 1, "done": 1, "left": {}, "dry_run": False}
    assert state(town, name) == ("screened", True, 1)
    again = batch(town.desk, REGION, SCREEN)
    assert (again["batch"], again["left"]) == (None, {"step_out_of_turn": 1})
    assert undo(town.desk, 1, by=BACK) == {"batch": 1, "undone": 1, "moved_since": 0}
    assert state(town, name) == ("found", True, 2)
    assert undo(town.desk, 1, by=BACK) == {"batch": 1, "undone": 0, "moved_since": 1}


def test_what_moved_since_stays(town):
    batch(town.desk, REGION, SCREEN)
    name = only(town)
    step(town.desk, name, Asked("remind", "regulator", Hand("李")))
    assert undo(town.desk, 1, by=BACK) == {"batch": 1, "undone": 0, "moved_since": 1}
    assert state(town, name) == ("reminded", True, 2)


def test_a_price_put_right_while_it_was_dismissed_is_re_priced_when_that_is_taken_back(town):
    name = only(town)
    batch(town.desk, REGION, SCREEN)
    batch(town.desk, REGION, Asked("dismiss", "regulator", BACK))
    change(town, "10.50", 25)
    assert state(town, name) == ("dismissed", False, 2)
    undo(town.desk, 2, by=BACK)
    assert state(town, name) == ("repriced", False, 4)


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        (Asked("punish", "regulator", BACK), Invalid, "unknown_step"),
        (Asked("comment", "regulator", BACK), Invalid, "not_in_batch"),
        (Asked("explain", "regulator", BACK), Forbidden, "not_your_step"),
        (Asked("dismiss", "regulator", Hand("王")), Invalid, "step_needs_why"),
        (Asked("screen", "regulator", Hand("")), Invalid, "step_needs_who"),
        (Asked("screen", "regulator", Hand("王", "", "长" * 501)), Invalid, "text_too_long"),
    ],
)
def test_a_batch_that_makes_no_sense_is_refused_as_a_whole(town, asked, error, code):
    before = town.dump()
    with pytest.raises(error) as refused:
        batch(town.desk, REGION, asked)
    assert (refused.value.code, town.dump()) == (code, before)


@pytest.mark.parametrize(("by", "number", "error"), [(BACK, 7, NotFound), (Hand("王"), 1, Invalid)])
def test_undoing_what_cannot_be(town, by, number, error):
    batch(town.desk, REGION, SCREEN)
    with pytest.raises(error):
        undo(town.desk, number, by=by)


NARROW = {
    "everything": ({}, 1),
    "its class": ({"class_": "high"}, 1),
    "another class": ({"class_": "error_low"}, 0),
    "its kind": ({"kind": "listed"}, 1),
    "another kind": ({"kind": "online"}, 0),
    "its district": ({"district": "990102"}, 1),
    "its grade": ({"grade": "very_high"}, 0),
    "its pharmacy": ({"pharmacy": SHOPS[6].lower()}, 1),
    "another pharmacy": ({"pharmacy": SHOPS[0]}, 0),
    "its drug": ({"drug": CODES[0], "strong": True}, 1),
    "another drug": ({"drug": CODES[1]}, 0),
    "weak evidence": ({"strong": False}, 0),
}


@pytest.mark.parametrize(("narrow", "count"), NARROW.values(), ids=NARROW)
def test_filters(town, narrow, count):
    assert batch(town.desk, REGION, SCREEN, dry=True, **narrow)["done"] == count


@pytest.mark.parametrize("narrow", [{"drug": "X1"}, {"pharmacy": "P1"}])
def test_codes_that_nobody_knows_are_refused(town, narrow):
    with pytest.raises(NotFound):
        batch(town.desk, REGION, SCREEN, dry=True, **narrow)


def test_a_district_elsewhere_is_refused(town):
    with pytest.raises(Invalid) as refused:
        batch(town.desk, REGION, SCREEN, district="990202")
    assert refused.value.code == "not_in_region"


def test_a_reminder_that_is_overdue_is_reviewed_with_the_others(town):
    name = only(town)
    for action in ("screen", "remind"):
        batch(town.desk, REGION, Asked(action, "regulator", BACK))
    review = Asked("review", "regulator", BACK)
    assert batch(town.desk, REGION, review, dry=True)["left"] == {"step_out_of_turn": 1}
    later = replace(town.desk, clock=lambda: NOW + timedelta(days=8))
    assert batch(later, REGION, review)["done"] == 1
    assert told(later, name)["state"] == "reviewed"


def test_a_batch_is_one_entry_of_the_audit_trail_that_seals_its_steps(town):
    batch(town.desk, REGION, SCREEN, class_="high")
    undo(town.desk, 1, by=BACK)
    undone, done = audit.entries(town.desk, about="")["items"][:2]
    assert (undone["what"], undone["why"], undone["after"]["undone"]) == ("flags_undone", "选错了", 1)
    assert (done["what"], done["about"], done["before"]) == ("flags_batch", "region 990100", {"class_": "high"})
    assert (done["after"]["batch"], done["after"]["action"], len(done["after"]["steps_sha256"])) == (1, "screen", 64)


THOUSANDS = 10_000


def test_thousands_in_one_call(tmp_path):
    """Each drug is sold by seven shops, one of which asks twice what the others do."""
    store = create_store(str(tmp_path / "prices.db"), cursor_key="test", max_age_days=30)
    town = Town(store, tmp_path)
    town.take_all(until="drugs")
    codes = [f"{CODES[0][:11]}{number:012d}" for number in range(THOUSANDS)]
    header = "drug_code,generic_name,form,spec,pack_count,unit,pack_unit,maker\n"
    town.take("drugs", header + "".join(f"{code},药{at},片剂,0.1g,24,片,盒,厂\n" for at, code in enumerate(codes)))
    town.take("pharmacies", PHARMACIES)
    rows = (price(shop, f"{10 + shop / 10 + 10 * (shop == 6):.2f}", 20, code) for code in codes for shop in range(7))
    town.take("prices", PRICE_HEADER + "".join(rows))
    assert batch(town.desk, REGION, SCREEN, dry=True)["done"] == THOUSANDS
    done = batch(town.desk, REGION, SCREEN)
    assert (done["done"], done["left"]) == (THOUSANDS, {})
    assert len(store.cases(int(REGION), most=2 * THOUSANDS, state="screened")) == THOUSANDS
    assert batch(town.desk, REGION, Asked("remind", "regulator", BACK))["done"] == THOUSANDS
    assert undo(town.desk, done["batch"], by=BACK)["moved_since"] == THOUSANDS, "all were reminded meanwhile"
    assert undo(town.desk, done["batch"] + 1, by=BACK)["undone"] == THOUSANDS
    assert json.loads(store.cases(int(REGION), most=1)[0].numbers)["others"] == 6
    store.close()
