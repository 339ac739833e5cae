"""Appeals: filed in time by the pharmacy, decided by the regulator, put into the next run and never into an earlier."""

import pytest

from pricecompare.errors import Conflict, Invalid, Moved, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.indexing import index, showing
from pricecompare.services.indexing.appeals import Dispute, Ruling, appeals, file, rule, told
from pricecompare.services.indexing.runs import Wish, decide, publish
from pricecompare.services.indexing.settings import set_limit
from pricecompare.services.indexing.verifying import verified
from tests.conftest import NOW
from tests.made import CODES
from tests.sold import CITY, HEADER, MONTH, SHOPS, WANG, sold

LI = Hand("李", "api", "数量单位弄错了")


@pytest.fixture
def town(store, tmp_path):
    town = sold(store, tmp_path)
    decide(town.desk, publish(town.desk, Wish(CITY, MONTH), by=WANG).id, "confirm", by=WANG)
    return town


def shop(town, at=6):
    return town.store.pharmacy(SHOPS[at])


def filed(town, about="price", **more):
    return file(town.desk, shop(town), Dispute(1, CODES[0], about, **more), by=LI)


def ruled(town, appeal, **how):
    hand = Hand("王", "cli", "核实")
    return rule(town.desk, appeal.id, Ruling(**{"action": "accept", **how}), role="regulator", by=hand)


def rerun(town):
    run = publish(town.desk, Wish(CITY, MONTH, corrects=1), by=WANG)
    return decide(town.desk, run.id, "confirm", by=WANG)


def sold_by(town, **how):
    parts = index.of_pharmacy(town.desk, SHOPS[6], period=MONTH, **how)
    return {part["drug"]["code"]: (part["quantity"], part["amount"]) for part in parts["contributions"]}


EFFECTS = {
    "exclude": ({"effect": "exclude"}, None),
    "correct, as the pharmacy says": ({"effect": "correct"}, (5.0, "50.00")),
    "correct, as decided": ({"effect": "correct", "quantity": 8.0, "amount_fen": 9000}, (8.0, "90.00")),
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_what_is_accepted_changes_the_next_run_alone(town, effect):
    before = sold_by(town)
    appeal = filed(town, quantity=5.0, amount_fen=5000)
    assert sold_by(town) == before
    how, expected = EFFECTS[effect]
    ruled(town, appeal, **how)
    assert sold_by(town) == before, "the run in force stays as it is"
    run = rerun(town)
    after = sold_by(town)
    assert (after.get(CODES[0]), {k: v for k, v in after.items() if k != CODES[0]}) == (
        expected, {k: v for k, v in before.items() if k != CODES[0]}
    )  # fmt: skip
    assert showing.shown_run(town.desk, run.id)["appeals"] == [appeal.id]
    assert verified(town.desk, 1)["verified"] and verified(town.desk, run.id)["verified"]


def test_a_drug_is_compared_apart_once_its_grouping_is_disputed(town):
    appeal = filed(town, "grouping")
    ruled(town, appeal, effect="apart")
    assert CODES[0] in sold_by(town, compare="sku")
    parts = index.of_pharmacy(town.desk, SHOPS[6], period=MONTH, compare="generic")
    assert [(one["drug"]["code"], one["why"]) for one in parts["not_compared"]] == [(CODES[0], "few_sellers")]


@pytest.mark.parametrize("period", ["2026-Q3", "2026-10/P12M", "2026-08", "2026-10"])
def test_a_correction_of_a_month_is_in_every_period_that_holds_it(town, period):
    others = "".join(f"{SHOPS[at]},{CODES[0]},{month},2,{20 + at}.00\n" for at in range(7) for month in ("2026-08",))
    town.take("sales", HEADER + others)
    ruled(town, filed(town, quantity=5.0, amount_fen=5000), effect="correct")
    answer = index.of_pharmacy(town.desk, SHOPS[6], period=period) if period != "2026-10" else None
    if answer is None:
        return
    found = [one for one in answer["contributions"] + answer["not_compared"] if one["drug"]["code"] == CODES[0]]
    assert sum(one["quantity"] for one in found) == (2.0 if period == "2026-08" else 7.0) or answer["index"] is None


@pytest.mark.parametrize("how", [{"action": "reject"}, {"action": "withdraw"}])
def test_what_is_not_accepted_changes_nothing(town, how):
    appeal = filed(town, quantity=5.0, amount_fen=5000)
    role = "pharmacy" if how["action"] == "withdraw" else "regulator"
    done = rule(town.desk, appeal.id, Ruling(**how), role=role, by=LI)
    assert done.state == {"reject": "rejected", "withdraw": "withdrawn"}[how["action"]]
    before = sold_by(town)
    rerun(town)
    assert sold_by(town) == before


@pytest.mark.parametrize(
    ("dispute", "by", "error", "code"),
    [
        (Dispute(1, CODES[0], "magic"), LI, Invalid, "bad_choice"),
        (Dispute(9, CODES[0], "price"), LI, NotFound, "unknown_run"),
        (Dispute(1, "XNONE", "price"), LI, NotFound, "unknown_drug"),
        (Dispute(1, CODES[0], "price"), Hand("李"), Invalid, "step_needs_why"),
        (Dispute(1, CODES[0], "price"), Hand("", "api", "x"), Invalid, "step_needs_who"),
    ],
    ids=str,
)
def test_what_cannot_be_appealed(town, dispute, by, error, code):
    before = town.dump()
    with pytest.raises(error) as refused:
        file(town.desk, shop(town), dispute, by=by)
    assert (refused.value.code, town.dump()) == (code, before)


def test_an_appeal_is_about_a_run_and_a_drug_of_ones_own(town):
    draft = publish(town.desk, Wish(CITY, MONTH, corrects=1), by=WANG)
    with pytest.raises(NotFound):
        file(town.desk, shop(town), Dispute(draft.id, CODES[0], "price"), by=LI)
    with pytest.raises(NotFound):
        file(town.desk, shop(town, 8), Dispute(1, CODES[0], "price"), by=LI)
    filed(town)
    with pytest.raises(Conflict) as refused:
        filed(town, "quantity")
    assert refused.value.code == "appeal_exists"


def test_deadlines(town):
    set_limit(town.desk, None, 0, "appeal_days", 10, by=WANG)
    set_limit(town.desk, None, 0, "answer_days", 5, by=WANG)
    appeal = filed(town)
    assert appeal.due_on == "2026-11-06"
    for days, late in ((5, []), (6, [appeal.id])):
        then = Desk(town.store, lambda days=days: NOW.replace(day=1 + days))
        assert [one["id"] for one in appeals(then, CITY, late=True)["items"]] == late
    for days, taken in ((10, True), (11, False)):
        then = Desk(town.store, lambda days=days: NOW.replace(day=1 + days))
        dispute = Dispute(1, CODES[days - 10 + 1], "price")
        if taken:
            assert file(then, shop(town), dispute, by=LI).state == "filed"
        else:
            with pytest.raises(Conflict) as refused:
                file(then, shop(town), dispute, by=LI)
            assert refused.value.code == "appeal_too_late"


@pytest.mark.parametrize(
    ("how", "error", "code"),
    [
        ({"effect": ""}, Invalid, "bad_choice"),
        ({"effect": "correct"}, Invalid, "appeal_needs_totals"),
        ({"effect": "correct", "quantity": -1.0, "amount_fen": 5}, Invalid, "appeal_needs_totals"),
        ({"action": "withdraw"}, Invalid, "bad_choice"),
        ({"action": "reject", "revision": 7}, Moved, "case_moved"),
    ],
    ids=str,
)
def test_rulings_that_cannot_be(town, how, error, code):
    appeal = filed(town)
    before = town.dump()
    with pytest.raises(error) as refused:
        ruled(town, appeal, **how)
    assert (refused.value.code, town.dump()) == (code, before)


def test_an_appeal_is_decided_once_and_every_step_is_in_the_trail(town):
    appeal = filed(town)
    ruled(town, appeal, effect="exclude")
    with pytest.raises(Conflict) as refused:
        ruled(town, appeal, action="reject")
    assert refused.value.code == "appeal_decided"
    steps = told(town.desk, town.store.appeal(appeal.id))["steps"]
    assert [(one["revision"], one["action"], one["after"], one["role"]) for one in steps] == [
        (1, "file", "filed", "pharmacy"), (2, "accept", "accepted", "regulator"),
    ]  # fmt: skip
    entries = [one["what"] for one in audit.entries(town.desk)["items"] if one["about"] == f"appeal {appeal.id}"]
    assert entries == ["appeal_accept", "appeal_file"]
