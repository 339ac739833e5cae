"""Several rules in force at once, for all kinds of prices: each finds what it finds by itself and looks at as much."""

import numpy as np
import pytest

from pricecompare.calc.market import SELLER
from pricecompare.models import KINDS, MarketKey, Standard
from pricecompare.models.audit import Hand
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.ruling import using
from tests.made import Ask, Shop, filled

WANG = Hand("王", "cli:wang", "试行")
RULES = ["ceiling", "too-low", "plain-130", "tiers-2-5-10", "online-counter", "insured-listed"]
ALL_KINDS = RULES[:4]
SHOPS = [Shop(number, 440402 if number > 9 else 440305, None, None) for number in range(1, 13)]
FACTORS = (100, 103, 98, 210, 95, 101, 30, 140, 600, 100, 104, 250)
ASKS = [
    Ask(shop.id, factor * (drug + kind), kind=KINDS[kind], drug=drug)
    for drug in (1, 2, 3)
    for kind in range(3)
    for shop, factor in zip(SHOPS, FACTORS[kind:] + FACTORS[:kind], strict=True)
]
CEILINGS = [Standard(drug, 0, "2026-01-01", None, 205 * drug, "vbp", False) for drug in (1, 2)]


class Enough(Exception):
    """What was tried is taken back."""


@pytest.fixture
def desk(store):
    desk = filled(store, SHOPS, ASKS)
    with store.writing():
        store.put_standards(CEILINGS)
    return desk


def ruled(desk, rules):
    """Return how many prices `rules` look at, and what each and the default rule have found after prices moved."""
    found = {}
    with pytest.raises(Enough), desk.store.writing():
        looked = [using.use(desk, "440000", name, by=WANG)["looked"] for name in rules][-1]
        move(desk)
        for flag, _ in (row for region in (440300, 440400) for row in desk.store.rule_flags(region, most=10_000)):
            found.setdefault(flag.rule_id, set()).add(flag[:-1])
        default = {flag[:16] for region in (440300, 440400) for flag in desk.store.flags(region, most=10_000)}
        raise Enough
    return looked, found, default


def move(desk):
    """One pharmacy asks twice as much of everything, as an upload of its list brings it."""
    one = next(shop for shop in SHOPS if shop.id == 4)
    asked = {(ask.drug, ask.kind): 2 * ask.fen for ask in ASKS if ask.shop == one.id}
    changes = {
        MarketKey(440300, drug, kind): np.array([(one.id, fen, ASKS[0].observed, 1, 0)], SELLER)
        for (drug, kind), fen in asked.items()
    }
    Refresh(desk.store, version=desk.store.next_version(), today=desk.today()).changed(changes)


def test_rules_in_force_together_find_what_each_finds_by_itself(desk):
    alone = {name: ruled(desk, [name]) for name in RULES}
    assert all(found[name] for name, (_, found, _) in alone.items())
    looked, found, default = ruled(desk, RULES)
    assert found == {name: its[name] for name, (_, its, _) in alone.items()}
    assert looked == sum(its for its, _, _ in alone.values())
    nothing = desk.store.rule_flags(440300, most=1)
    assert (nothing, {frozenset(its) for _, _, its in alone.values()}) == ([], {frozenset(default)}) and default


@pytest.mark.parametrize("rule", ALL_KINDS)
def test_a_rule_for_all_kinds_looks_at_every_price_once(desk, rule):
    assert ruled(desk, [rule])[0] == len(ASKS)


@pytest.mark.parametrize("rule", [one for one in ALL_KINDS if one != "ceiling"])
def test_a_rule_for_all_kinds_finds_in_each_of_them(desk, rule):
    assert {flag[2] for flag in ruled(desk, [rule])[1][rule]} == set(KINDS)
