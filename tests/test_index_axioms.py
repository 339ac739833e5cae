"""What must hold of every method, or of those that claim it: identity, proportions, units, order, groups, sums."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.index import (
    REFERENCES,
    contributions,
    headline_of,
    multilateral,
    quotes,
    reference_of_rows,
)
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.levels import grouped_levels
from pricecompare.calc.index.pairs import FORMULAS
from pricecompare.calc.index.registry import METHODS, method
from pricecompare.calc.index.volumes import volumes
from pricecompare.errors import Invalid
from tests.made_quotes import EVERYTHING, ROWS, columns, compared

IDS = st.sampled_from(sorted(METHODS))
FULL = st.tuples(*[st.tuples(st.integers(500, 2000), st.integers(1, 60))] * 12)
"""Price and packs of three outlets and four drugs, all sold by all."""
STARS = {"headline", "region_fisher", "region_tornqvist", "region_walsh", "geary_khamis_one_step"}
"""Held against a region that an outlet is part of: true differences come out too small."""
PROPORTIONAL = sorted(set(METHODS) - STARS)
"""Where prices of outlets are exactly 1 : 1.25 : 0.8 and all sell all, these methods say so."""
WITH_GAPS = sorted(set(PROPORTIONAL) - {"region_volume", "region_jevons", "gerardi"})
"""These say so whoever sells what."""
UNMOVED = sorted(set(WITH_GAPS) - {"geary_khamis"})
"""Here a dearer outlet moves none of the others, whatever its size."""
SINGLES = ["geary_khamis", *sorted(f"geks_{formula}{w}" for formula in FORMULAS for w in ("", "_overlap"))]


def levels(id, these, reference=None):
    return METHODS[id].levels(these, reference).level


@settings(deadline=None)
@given(ROWS, IDS)
def test_equal_prices_are_exactly_the_average(rows, id):
    outlet, drug, _, packs = columns(rows)
    found = METHODS[id].levels(quotes(outlet, drug, packs * (drug + 7), packs, **EVERYTHING))
    sold = found.component >= 0
    assert found.level[sold] == pytest.approx(1.0, abs=1e-12)
    assert np.isnan(found.level[~sold]).all()
    if found.se is not None:
        known = found.se[~np.isnan(found.se)]
        assert known == pytest.approx(0.0, abs=1e-12)


@settings(deadline=None)
@given(FULL, st.sampled_from(PROPORTIONAL))
def test_proportional_prices_are_told_as_such(cells, id):
    outlet, drug = np.divmod(np.arange(12), 4)
    price, packs = np.array(cells).T
    factor = np.array([1.0, 1.25, 0.8])
    found = levels(id, quotes(outlet, drug, price[drug] * factor[outlet] * packs, packs, **EVERYTHING))
    assert found / found[0] == pytest.approx(factor, rel=1e-9)


@settings(deadline=None)
@given(ROWS, st.sampled_from(WITH_GAPS), st.lists(st.floats(0.5, 2), min_size=6, max_size=6))
def test_proportional_prices_with_gaps_are_told_as_such(rows, id, factors):
    outlet, drug, _, packs = columns(rows)
    factor = np.array(factors)
    found = METHODS[id].levels(quotes(outlet, drug, (drug + 7) * factor[outlet] * packs, packs, **EVERYTHING))
    for group in range(found.component.max() + 1):
        here = found.component == group
        relative = found.level[here] / factor[: len(here)][here]
        assert relative == pytest.approx(relative[0], rel=1e-9)


@settings(deadline=None)
@given(ROWS, IDS, st.lists(st.sampled_from([1, 2, 10, 24]), min_size=5, max_size=5))
def test_units_of_measure_do_not_matter(rows, id, pieces):
    outlet, drug, value, packs = columns(rows)
    in_pieces = quotes(outlet, drug, value, packs * np.array(pieces)[drug], **EVERYTHING)
    assert levels(id, in_pieces) == pytest.approx(levels(id, compared(rows)), rel=1e-9, nan_ok=True)


@settings(deadline=None)
@given(ROWS, IDS, st.randoms(use_true_random=False))
def test_order_and_duplicates_do_not_matter(rows, id, random):
    twice = [(outlet, drug, fen, packs) for outlet, drug, fen, packs in rows for _ in (0, 1)]
    random.shuffle(twice)
    assert levels(id, compared(twice)) == pytest.approx(levels(id, compared(rows)), rel=1e-9, nan_ok=True)


@settings(deadline=None)
@given(ROWS, st.sampled_from(UNMOVED))
def test_dearer_by_three_tenths_is_a_level_higher_by_three_tenths(rows, id):
    """Against the others of its group: a level is known up to a factor."""
    outlet, drug, value, packs = columns(rows)
    before, after = (
        METHODS[id].levels(quotes(outlet, drug, value * np.where(outlet == outlet[0], by, 1.0), packs, **EVERYTHING))
        for by in (1.0, 1.3)
    )
    same = np.flatnonzero(before.component == before.component[outlet[0]])
    moved = after.level[same] / before.level[same]
    expected = np.where(same == outlet[0], 1.3, 1.0)
    assert moved / moved[same == outlet[0]] * 1.3 == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(ROWS)
def test_the_weighted_mean_of_the_headline_is_one(rows):
    found = headline_of(compared(rows))
    assert np.nansum(found.index * found.cost) == pytest.approx(found.cost.sum(), rel=1e-12)


@settings(deadline=None)
@given(ROWS)
def test_one_step_of_geary_khamis_is_the_headline(rows):
    these = compared(rows)
    assert levels("geary_khamis_one_step", these) == pytest.approx(headline_of(these).index, rel=1e-12, nan_ok=True)


@settings(deadline=None)
@given(ROWS)
def test_the_rao_system_is_weighted_cpd(rows):
    these = compared(rows)
    rao = grouped_levels(these, multilateral.rao).level
    assert levels("cpd_weighted", these) == pytest.approx(rao, rel=1e-9, nan_ok=True)


@settings(deadline=None)
@given(ROWS, st.sampled_from(SINGLES))
def test_a_drug_of_a_single_seller_does_not_move_levels(rows, id):
    """Up to the factor of a group, which turnover has a say in."""
    before = METHODS[id].levels(compared(rows))
    after = levels(id, compared([*rows, (rows[0][0], 9, 7777, 30)]))
    for group in range(before.component.max() + 1):
        here = before.component == group
        ratio = after[here] / before.level[here]
        assert ratio == pytest.approx(ratio[0], rel=1e-9)


@settings(deadline=None)
@given(ROWS, ROWS, IDS)
def test_groups_without_a_common_drug_do_not_know_of_each_other(rows, others, id):
    """Headline-like indices too: each drug's average is made of one group only."""
    moved = [(outlet + 6, drug + 5, fen, packs) for outlet, drug, fen, packs in others]
    both, alone = METHODS[id].levels(compared(rows + moved)), METHODS[id].levels(compared(rows))
    there = slice(0, len(alone.level))
    assert both.level[there] == pytest.approx(alone.level, rel=1e-9, nan_ok=True)
    first, second = both.component[there], both.component[6:]
    assert not set(first[first >= 0].tolist()) & set(second[second >= 0].tolist())


@settings(deadline=None)
@given(ROWS, st.sampled_from(REFERENCES))
def test_contributions_add_up(rows, kind):
    these = compared(rows)
    reference, found = reference_of_rows(these, kind), headline_of(these, kind)
    for one in np.unique(these.outlet):
        own = these.outlet == one
        parts = contributions(np.arange(own.sum()), these.value[own], these.quantity[own], reference[own])
        if len(parts.drug):
            assert parts.contribution.sum() == pytest.approx(found.index[one] - 1, abs=1e-12)
            assert parts.weight.sum() == pytest.approx(1)


@settings(deadline=None)
@given(ROWS)
def test_value_is_price_times_volume(rows):
    these = compared(rows)
    found = volumes(these)
    assert found.price * found.volume == pytest.approx(found.value, rel=1e-12, nan_ok=True)
    fisher = found.fisher_price * found.fisher_volume * found.assortment
    assert fisher == pytest.approx(found.value, rel=1e-12, nan_ok=True)
    assert found.price == pytest.approx(headline_of(these).index, rel=1e-12, nan_ok=True)


@settings(deadline=None)
@given(ROWS, st.sampled_from([kind for kind in REFERENCES if kind.endswith("_others")]), st.integers(1, 400))
def test_against_the_others_a_higher_price_is_a_higher_index(rows, kind, more):
    these = compared(rows)
    dearer = these.value.copy()
    dearer[0] += more * these.quantity[0]
    after = quotes(these.outlet, these.drug, dearer, these.quantity, **EVERYTHING)
    one = these.outlet[0]
    before, now = (headline_of(sold, kind).index[one] for sold in (these, after))
    own_reference = reference_of_rows(these, kind)[0]
    assert now > before if not math.isnan(own_reference) else now == before or math.isnan(now)


def test_the_median_one_belongs_to_moves_with_ones_own_price():
    """Why the median of the others exists: a price that rises from 10 to 14 lowers this outlet's index."""
    outlet, drug = np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1])
    packs = np.array([1, 1, 1, 10, 1, 1])
    prices = np.array([[10.0, 10, 30, 30, 20, 20], [14.0, 10, 30, 30, 20, 20]])
    inside, others = (
        [headline_of(quotes(outlet, drug, price * packs, packs, **EVERYTHING), kind).index[0] for price in prices]
        for kind in ("median", "median_others")
    )
    assert inside[1] < inside[0]
    assert others[1] > others[0]


def test_a_method_says_what_it_takes():
    these = compared([(0, 0, 900, 1), (1, 0, 1000, 1)])
    with pytest.raises(Invalid, match="mode"):
        METHODS["headline"].levels(these, "middle")
    with pytest.raises(Invalid):
        METHODS["idb"].levels(these, "mean")
    with pytest.raises(Invalid, match="headline"):
        method("secret")
    assert method("idb").id == "idb"


def test_every_method_is_named_in_both_languages():
    for id, one in METHODS.items():
        assert (one.id, one.version >= 1) == (id, True)
        assert one.title_en and one.formula and any("一" <= letter <= "鿿" for letter in one.title_zh)
    titles = {(one.title_zh, one.title_en) for one in METHODS.values()}
    assert len({zh for zh, _ in titles}) == len({en for _, en in titles}) == len(METHODS)


def test_errors_are_not_given_to_who_hangs_by_one_quote():
    """Outlets 4 and 5 share drugs with each other, and one drug with the rest: nobody knows how sure that is."""
    outlet = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5])
    drug = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 2, 2, 3, 4, 3, 4])
    price = 1000 + 37 * (np.arange(16) * 7 % 11)
    found = cpd(quotes(outlet, drug, price * 10.0, np.full(16, 10.0), **EVERYTHING))
    assert np.isnan(found.se).tolist() == [False] * 4 + [True] * 2
    assert not np.isnan(found.level).any()
