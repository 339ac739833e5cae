"""Runs of the index: drafted, previewed, confirmed once, corrected by name, verified for ever."""

import json
from dataclasses import asdict

import pytest

from pricecompare.calc.index_limits import Limits
from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.indexing import index, runs, settings, showing
from pricecompare.services.indexing.runs import Wish, decide, publish
from pricecompare.services.indexing.verifying import verified
from tests.made import CODES
from tests.sold import CITY, MONTH, SHOPS, WANG, sales, sold


@pytest.fixture
def town(store, tmp_path):
    return sold(store, tmp_path)


def confirmed(town, **wish):
    run = publish(town.desk, Wish(**{"region": CITY, "period": MONTH} | wish), by=WANG)
    return decide(town.desk, run.id, "confirm", by=WANG)


def public(town, shop=0):
    return index.public(town.desk, SHOPS[shop], period=MONTH)


def test_a_draft_is_seen_by_nobody_and_a_confirmed_run_by_everybody(town):
    draft = publish(town.desk, Wish(CITY, MONTH), by=WANG)
    assert (draft.state, public(town)["run"]) == ("draft", None)
    assert showing.public_runs(town.desk)["items"] == []
    with pytest.raises(NotFound):
        showing.public_run(town.desk, str(draft.id))
    before = public(town)
    decide(town.desk, draft.id, "confirm", by=WANG)
    after = public(town)
    assert after["run"] == {"id": 1, "confirmed_at": "2026-11-01T12:00:00+08:00", "corrects": None}
    assert after["data_version"] > before["data_version"], "what a client holds is old"
    same = ("index", "low", "high", "level", "status", "n_eff", "coverage", "rank", "period", "method")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert [one["id"] for one in showing.public_runs(town.desk, CITY)["items"]] == [1]
    assert showing.values_of(town.desk, "1")["items"] == index.public_of_region(town.desk, CITY, period=MONTH)["items"]


def test_what_is_published_stays_whatever_comes_later(town):
    confirmed(town)
    before = {shop: index.of_pharmacy(town.desk, shop, period=MONTH) for shop in SHOPS[:7]}
    town.take("sales", sales(factor=2))
    after = {shop: index.of_pharmacy(town.desk, shop, period=MONTH) for shop in SHOPS[:7]}
    rest = {"data_version", "history"}
    for shop in SHOPS[:7]:
        assert {k: v for k, v in before[shop].items() if k not in rest} == {
            k: v for k, v in after[shop].items() if k not in rest
        }
    found = verified(town.desk, 1)
    assert (found["verified"], found["as_sales_stand"]) == (True, False)


def test_a_correction_names_the_run_whose_place_it_takes(town):
    first = confirmed(town)
    with pytest.raises(Conflict) as error:
        publish(town.desk, Wish(CITY, MONTH), by=WANG)
    assert error.value.code == "run_in_force"
    town.take("sales", sales(factor=1, dear=3))
    second = confirmed(town, corrects=first.id)
    assert (second.corrects_id, public(town)["run"]["id"]) == (first.id, second.id)
    told = {one["id"]: one["corrected_by"] for one in showing.public_runs(town.desk)["items"]}
    assert told == {first.id: second.id, second.id: None}
    assert verified(town.desk, first.id)["verified"]
    with pytest.raises(Conflict):
        publish(town.desk, Wish(CITY, MONTH, corrects=first.id), by=WANG)


def test_of_two_drafts_one_comes_into_force(town):
    drafts = [publish(town.desk, Wish(CITY, MONTH), by=WANG) for _ in range(2)]
    decide(town.desk, drafts[1].id, "confirm", by=WANG)
    with pytest.raises(Conflict) as error:
        decide(town.desk, drafts[0].id, "confirm", by=WANG)
    assert error.value.code == "run_in_force"
    assert decide(town.desk, drafts[0].id, "drop", by=WANG).state == "dropped"
    for action in ("confirm", "drop"):
        with pytest.raises(Conflict) as error:
            decide(town.desk, drafts[0].id, action, by=WANG)
        assert error.value.code == "run_decided"


def test_other_methods_and_ways_to_compare_have_runs_of_their_own(town):
    for how in ({}, {"method": "cpd_weighted"}, {"reference": "median"}, {"compare": "generic"}, {"method": "idb"}):
        run = confirmed(town, **how)
        assert verified(town.desk, run.id)["verified"]
        found = index.public(town.desk, SHOPS[0], period=MONTH, **how)
        assert found["run"]["id"] == run.id
    assert len({showing.shown_run(town.desk, number)["values_sha256"] for number in range(1, 6)}) == 4, (
        "one pack of each product is sold: generic is the same as sku"
    )


def test_a_preview_says_who_changes_most(town):
    confirmed(town)
    town.take("sales", sales(factor=1, dear=3, month="2026-10"))
    told = showing.preview(town.desk, publish(town.desk, Wish(CITY, "2026-10"), by=WANG).id)
    assert (told["compared_with"], told["new"], told["gone"]) == (1, 0, 0)
    moved = [(one["pharmacy"]["code"], one["change"]) for one in told["changes"]]
    now = {one["pharmacy"]["code"]: one["index"] for one in told["changes"]}
    assert moved[0][0] == SHOPS[3]
    assert [abs(by) for _, by in moved] == sorted((abs(by) for _, by in moved), reverse=True)
    for shop, by in moved:
        assert by == pytest.approx(now[shop] - index.of_pharmacy(town.desk, shop, period=MONTH)["index"])


@pytest.mark.parametrize(
    ("wish", "error", "code"),
    [
        (Wish("990102", MONTH), Invalid, "whole_region_only"),
        (Wish("990000", MONTH), Invalid, "not_pooling"),
        (Wish("123456", MONTH), NotFound, "unknown_region"),
        (Wish(CITY, "2026-11"), Invalid, "period_not_over"),
        (Wish(CITY, "2026-Q4"), Invalid, "period_not_over"),
        (Wish(CITY, "2026"), Invalid, "period_not_over"),
        (Wish(CITY, "September"), Invalid, "bad_period"),
        (Wish(CITY, "2025-09"), NotFound, "no_sales_then"),
        (Wish(CITY, MONTH, method="magic"), Invalid, "bad_choice"),
        (Wish(CITY, MONTH, reference="lowest"), Invalid, "bad_choice"),
        (Wish(CITY, MONTH, compare="brand"), Invalid, "bad_choice"),
        (Wish(CITY, MONTH, corrects=7), NotFound, "unknown_run"),
    ],
    ids=str,
)
def test_what_cannot_be_published(town, wish, error, code):
    before = town.dump()
    with pytest.raises(error) as refused:
        publish(town.desk, wish, by=WANG)
    assert (refused.value.code, town.dump()) == (code, before)


def test_who_publishes_says_so(town):
    with pytest.raises(Invalid) as refused:
        publish(town.desk, Wish(CITY, MONTH), by=Hand())
    assert refused.value.code == "step_needs_who"


SPOILED = {
    "inputs": ("UPDATE index_run SET inputs_hash = 'x'", "inputs"),
    "a value": ("UPDATE index_value SET value = value + 0.01 WHERE pharmacy_id = 1", "recomputed"),
    "a rank": ("UPDATE index_value SET rank = 99 WHERE pharmacy_id = 1", "recomputed"),
    "a pharmacy less": ("DELETE FROM index_value WHERE pharmacy_id = 1", "recomputed"),
    "limits": ('UPDATE index_run SET limits = \'{"indicative_drugs": 9, "published_drugs": 9}\'', "recomputed"),
    "both hashes": ("UPDATE index_run SET inputs_hash = 'x', values_hash = 'y'", "sealed"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_whatever_is_changed_in_a_run_is_found(town, what):
    confirmed(town)
    statement, failing = SPOILED[what]
    with town.store.writing():
        town.store.engine.rows(statement, {})
    found = verified(town.desk, 1)
    assert (found["verified"], found[failing]) == (False, False)


def test_the_trail_tells_of_every_step(town):
    run = confirmed(town)
    entries = [one for one in audit.entries(town.desk)["items"] if one["about"] == "index run 1"]
    assert [(one["what"], one["who"]) for one in entries] == [("index_confirmed", "王"), ("index_drafted", "王")]
    assert entries[0]["after"]["inputs_hash"] == run.inputs_hash
    assert audit.verified(town.desk)["first_break"] is None


def test_a_run_keeps_the_limits_it_was_made_by(town):
    run = confirmed(town)
    usual = {name: value for name, value in asdict(Limits()).items() if value == value}
    assert json.loads(run.limits) == usual | {"indicative_drugs": 2, "published_drugs": 3, "published_reliability": 0}
    status = public(town)["status"]
    settings.set_limit(town.desk, None, 0, "published_drugs", 100, by=WANG)
    assert (public(town)["status"], status, verified(town.desk, 1)["verified"]) == (status, "published", True)


@pytest.mark.parametrize(
    ("period", "months"),
    [("2026-Q3", 2), ("2026-09/P12M", 2), ("2026-08", 1), ("2026-10/P12M", 2)],
)
def test_a_longer_period_is_the_sum_of_its_months(town, period, months):
    town.take("sales", sales(factor=3, month="2026-08"))
    answer = index.of_pharmacy(town.desk, SHOPS[0], period=period)
    found = {part["drug"]["code"]: part["quantity"] for part in answer["contributions"]}
    assert found == dict.fromkeys(CODES, 3.0 * 3 + (3.0 if months == 2 else 0.0))


def test_a_history_marks_where_the_method_changed(town):
    confirmed(town)
    town.take("sales", sales(factor=1, month="2026-10"))
    confirmed(town, period="2026-10", reference="median")
    told = index.public(town.desk, SHOPS[0], period="2026-10", reference="median")["history"]
    assert [(one["period"], one["run"], one["method"]["reference"], one["method_changed"]) for one in told] == [
        ("2026-09", 1, "mean", False), ("2026-10", 2, "median", True),
    ]  # fmt: skip
    assert runs.run_of(town.desk, 2).reference == "median"
