"""A price far from what others ask: it goes in, outside statistics and never first, until repeated or vouched for."""

import pytest

from pricecompare.errors import Conflict, NotFound
from pricecompare.models import MarketKey
from pricecompare.models.audit import Hand
from pricecompare.services.ingest.decisions import release, retract
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.offers import compare
from pricecompare.services.statistics import standing
from tests.made import CODES
from tests.town import SHOPS, Town, counts

KEY = MarketKey(990100, 1, "listed")
"""Seven pharmacies ask 10 to 14 yuan for it."""


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="sales")
    return town


def row(price, *, shop=0, drug=0, day="2026-10-30", kind="listed"):
    return f"{SHOPS[shop]},{CODES[drug]},{price},{day},{kind},in"


def held(town, shop=0):
    """Say whether the offer and the last step of its history are held; they must agree."""
    offers = {row[:2]: row[4] for row in town.store.offers_of_pharmacy(990100, shop + 1)}
    steps = town.store.history(990100, shop + 1, 1, "listed")
    assert offers[1, "listed"] == steps[-1][3]
    return bool(steps[-1][3])


@pytest.mark.parametrize(
    ("price", "is_held"),
    [("2.20", False), ("2.19", True), ("55.00", False), ("55.01", True), ("0.01", True)],
)
def test_the_limits_are_those_of_the_regions_median(town, price, is_held):
    assert town.store.market(KEY).median == 1100
    report = town.price(row(price))
    assert counts(report) == {"rows": 1, "changed": 1, **({"held": 1} if is_held else {})}
    assert held(town) == is_held


def test_two_others_accuse_nobody(town):
    assert counts(town.price(*(row(10, shop=shop, drug=3) for shop in (1, 2)))) == {"rows": 2, "added": 2}
    assert counts(town.price(row(99, drug=3))) == {"rows": 1, "added": 1}
    # Now there are three.
    assert counts(town.price(row(99, shop=3, drug=3))) == {"rows": 1, "added": 1, "held": 1}


def test_what_the_same_file_brings_accuses_nobody(town):
    report = town.price(*(row(10, shop=shop, drug=3) for shop in range(1, 6)), row(99, drug=3))
    assert counts(report) == {"rows": 6, "added": 6}


def test_a_held_price_is_outside_statistics_and_never_first(town):
    before = standing.statistics(town.desk, CODES[0], region="990100")
    town.price(row("0.10"), row(90, shop=1))
    after = standing.statistics(town.desk, CODES[0], region="990100")
    assert (before["n"], after["n"], after["doubtful"]) == (7, 5, 2)
    assert (after["low"], after["high"]) == ("10.00", "14.00")
    items = compare.offers(town.desk, CODES[0], region="990100")["items"]
    assert [item["pharmacy"]["id"] for item in items][-2:] == [1, 2]
    row_of_market = town.store.market(KEY)
    assert (row_of_market.n, row_of_market.doubtful) == (5, 2)
    assert rebuild(town.desk).changed == 0


@pytest.mark.parametrize(
    ("then", "is_held"),
    [
        ([row(80, day="2026-10-31")], False),
        ([row(80, day="2026-10-29")], False),
        ([row(80)], False),
        ([row(80, kind="online", day="2026-10-31")], True),
        ([row(80, shop=1, day="2026-10-31")], True),
        ([row(81, day="2026-10-31")], True),
        ([row(12, day="2026-10-31")], False),
        ([row(12, day="2026-10-29")], True),
    ],
    ids=[
        *("repeated later", "repeated of an earlier day", "repeated", "another kind", "another pharmacy"),
        *("another suspicious price", "a sound price", "a sound price before"),
    ],
)
def test_another_upload_that_states_the_same_price_lets_it_count(town, then, is_held):
    assert counts(town.price(row(80)))["held"] == 1
    # A blank line more: the same bytes would be the same upload.
    town.price(*then, "")
    assert held(town) == is_held
    assert rebuild(town.desk).changed == 0


def test_the_same_file_again_lets_nothing_count(town):
    town.price(row(80))
    assert town.price(row(80)).repeated
    assert held(town)


def test_without_the_upload_that_repeated_it_it_is_held_again(town):
    town.price(row(80))
    second = town.price(row(80, day="2026-10-31")).upload.id
    assert not held(town)
    retract(town.desk, second)
    assert held(town)


def test_a_person_may_vouch_for_it(town):
    town.price(row(80))
    n = town.store.market(KEY).n
    decision = release(town.desk, SHOPS[0].lower(), f" {CODES[0]} ", by=Hand("甲"))
    assert (decision.what, decision.sender, decision.changed) == ("release", "甲", 1)
    assert decision == town.store.upload(decision.id)
    assert decision.data_version == town.store.versions().data
    assert not held(town)
    # Now it may be judged like any other: by the rule for abnormal prices.
    row_of_market = town.store.market(KEY)
    assert row_of_market.n + row_of_market.doubtful == n + 1
    assert rebuild(town.desk).changed == 0


def test_what_was_vouched_for_is_never_held_again(town):
    town.price(row(80))
    release(town.desk, SHOPS[0], CODES[0])
    town.price(row(12, day="2026-10-31"))
    assert counts(town.price(row(80, day="2026-11-01"))) == {"rows": 1, "changed": 1}
    assert not held(town)
    assert counts(town.price(row(80, shop=1)))["held"] == 1
    town.price(row(9, day="2026-10-02"))
    assert [step[3] for step in town.store.history(990100, 1, 1, "listed")] == [0] * 5


@pytest.mark.parametrize(
    ("pharmacy", "drug", "kind", "error", "code"),
    [
        ("P", CODES[0], "listed", NotFound, "unknown_pharmacy"),
        (SHOPS[0], "X", "listed", NotFound, "unknown_drug"),
        (SHOPS[0], CODES[0], "online", Conflict, "not_held"),
        (SHOPS[0], CODES[0], "insured", Conflict, "not_held"),
        (SHOPS[1], CODES[0], "listed", Conflict, "not_held"),
    ],
)
def test_only_what_is_held_can_be_vouched_for(town, pharmacy, drug, kind, error, code):
    town.price(row(80))
    before = town.dump(), town.ledger()
    with pytest.raises(error) as caught:
        release(town.desk, pharmacy, drug, kind=kind)
    assert (caught.value.code, town.dump(), town.ledger()) == (code, *before)
