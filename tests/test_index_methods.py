"""Every method of the index against the formulas written out in plain Python."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.index import REFERENCES, headline_of, multilateral, registry, stars
from pricecompare.calc.index import quotes as index_quotes
from pricecompare.calc.index.components import components
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.footing import footing
from pricecompare.calc.index.geks import PAIR_WEIGHTS, geks
from pricecompare.calc.index.levels import geometric, grouped_levels
from pricecompare.calc.index.pairs import FORMULAS, bilateral
from pricecompare.calc.index.references import reference_of_rows
from pricecompare.calc.index.shrinkage import shrunk
from pricecompare.calc.index.volumes import volumes
from pricecompare.models import indexing
from tests import plain_index
from tests.made_quotes import ROWS, compared, placed, plain

ERRORS = ("const", "HC0", "HC1", "HC2", "HC3", "cluster0", "cluster1")
close = partial(np.testing.assert_allclose, rtol=1e-9, atol=1e-9)


def by_group(sales, count, method):
    """Return what `method` gives for each group of outlets, at the outlets' places."""
    found = np.full(count, np.nan)
    for group in plain_index.groups(sales):
        found[group] = method(group)
    return found


@settings(deadline=None)
@given(ROWS)
def test_groups_are_what_can_be_reached(rows):
    found = components(compared(rows))
    expected = np.full(len(found), -1)
    for number, group in enumerate(plain_index.groups(plain(rows))):
        expected[group] = number
    assert found.tolist() == expected.tolist()


@settings(deadline=None)
@given(ROWS, st.sampled_from(REFERENCES))
def test_the_headline_is_that_of_its_reference(rows, kind):
    found, sales = headline_of(compared(rows), kind).index, plain(rows)
    outlets = plain_index.outlets_of(sales)
    close(found, placed([plain_index.headline(sales, one, kind) for one in outlets], outlets, len(found)))


@settings(deadline=None)
@given(ROWS)
def test_against_the_region_as_a_shop(rows):
    these, sales = compared(rows), plain(rows)
    region, outlets = plain_index.region_as_shop(sales), plain_index.outlets_of(sales)
    functions = {"laspeyres": stars.region_volume, "tornqvist": stars.tornqvist, "paasche": stars.paasche}
    functions |= {"fisher": stars.fisher, "walsh": stars.walsh, "jevons": stars.jevons}
    for formula, function in functions.items():
        expected = [plain_index.of_pair(region, plain_index.own_of(sales, one), formula) for one in outlets]
        close(function(these), placed(expected, outlets, these.n_outlets))


@settings(deadline=None)
@given(ROWS, st.sampled_from(FORMULAS))
def test_two_outlets_are_compared_over_their_common_drugs(rows, formula):
    these, sales = compared(rows), plain(rows)
    outlets = plain_index.outlets_of(sales)
    own = {one: plain_index.own_of(sales, one) for one in outlets}
    for base in outlets:
        expected = [plain_index.of_pair(own[base], own[one], formula) for one in outlets]
        close(bilateral(these, base, formula), placed(expected, outlets, these.n_outlets))


@settings(deadline=None)
@given(ROWS, st.sampled_from(FORMULAS), st.sampled_from(PAIR_WEIGHTS))
def test_geks_is_least_squares_over_the_pairs_there_are(rows, formula, weights):
    these, sales = compared(rows), plain(rows)
    found = grouped_levels(these, partial(geks, formula=formula, weights=weights), geometric).level
    expected = by_group(sales, these.n_outlets, lambda group: plain_index.geks(sales, group, formula, weights))
    close(np.log(found), expected)


@settings(deadline=None)
@given(ROWS, st.sampled_from(("equal", "shares")), st.sampled_from(ERRORS), st.sampled_from(("money", "geometric")))
def test_cpd_and_its_errors_are_the_sandwich_written_out(rows, weights, kind, centre):
    these, sales = compared(rows), plain(rows)
    found = cpd(these, weights, kind, centre)
    paid = {one: sum(v for _, _, v in plain_index.own_of(sales, one).values()) for one in plain_index.outlets_of(sales)}
    for group in plain_index.groups(sales):
        weight = np.array([paid[one] / found.level[one] if centre == "money" else 1.0 for one in group])
        theta, se = plain_index.cpd(sales, group, weights, kind, weight / weight.sum())
        level = np.log(found.level[group])
        close(level - weight @ level / weight.sum(), theta)
        told = ~np.isnan(found.se[group])
        np.testing.assert_allclose(found.se[group][told], se[told], rtol=1e-6, atol=1e-8)
        assert kind in ("HC2", "HC3") or (told == ~np.isnan(se)).all()


SYSTEMS = {
    "geary_khamis": multilateral.geary_khamis,
    "idb": multilateral.idb,
    "rao_hajargasht": multilateral.rao_hajargasht,
    "gerardi": multilateral.gerardi,
}


@settings(deadline=None)
@given(ROWS, st.sampled_from(sorted(SYSTEMS)))
def test_systems_agree_with_plain_rounds(rows, name):
    these, sales = compared(rows), plain(rows)
    found = grouped_levels(these, SYSTEMS[name], geometric)

    def logs(group):
        level = np.log(plain_index.system(sales, group, name))
        return level - level.mean()

    close(np.log(found.level), by_group(sales, these.n_outlets, logs), rtol=1e-8, atol=1e-8)


@settings(deadline=None)
@given(ROWS)
def test_the_volume_half_is_that_of_the_average_pharmacy(rows):
    these, sales = compared(rows), plain(rows)
    outlets, region = plain_index.outlets_of(sales), plain_index.region_as_shop(sales)
    average = {drug: (p, q / len(outlets), v / len(outlets)) for drug, (p, q, v) in region.items()}
    found = volumes(these)
    for one in outlets:
        own = plain_index.own_of(sales, one)
        at_region = sum(region[drug][0] * q for drug, (_, q, _) in own.items())
        laspeyres = at_region / sum(region[drug][0] * average[drug][1] for drug in own)
        paasche = sum(v for _, _, v in own.values()) / sum(p * average[drug][1] for drug, (p, _, _) in own.items())
        basket = sum(v for _, _, v in average.values())
        expected = at_region / basket, math.sqrt(laspeyres * paasche), sum(average[drug][2] for drug in own) / basket
        assert (found.volume[one], found.fisher_volume[one], found.assortment[one]) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(ROWS)
def test_what_an_index_rests_on(rows):
    these, sales = compared(rows), plain(rows)
    found, region = footing(these), plain_index.region_as_shop(sales)
    for one in plain_index.outlets_of(sales):
        own = plain_index.own_of(sales, one)
        paid = sum(v for _, _, v in own.values())
        weight = np.array([region[drug][0] * q for drug, (_, q, _) in own.items()])
        mostly = sum(v for drug, (_, q, v) in own.items() if q > region[drug][1] / 2) / paid
        alone = sum(v for drug, (_, _, v) in own.items() if len(plain_index.sellers_of(sales, drug)) == 1) / paid
        expected = len(own), weight.sum() ** 2 / (weight @ weight), weight.max() / weight.sum(), 1.0, mostly, alone
        names = ("n_items", "n_eff", "largest_weight", "coverage", "own_reference", "single_seller")
        assert [getattr(found, name)[one] for name in names] == pytest.approx(expected)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(0.01, 0.3)), min_size=2, max_size=20))
def test_shrinkage_solves_paule_and_mandel(pairs):
    log, se = np.array(pairs).T
    found = shrunk(log, se)
    assert found.variance == pytest.approx(plain_index.paule_mandel(log, se), rel=1e-9, abs=1e-12)
    assert ((found.reliability >= 0) & (found.reliability <= 1)).all()
    inside = (found.log - found.mean) * (log - found.mean) >= -1e-15
    assert inside.all() and (np.abs(found.log - found.mean) <= np.abs(log - found.mean) + 1e-15).all()


def test_questions_know_every_method_and_kind_of_reference():
    assert list(indexing.METHODS) == list(registry.METHODS)
    assert set(indexing.REFERENCES) == {kind for one in registry.METHODS.values() for kind in one.references}


@pytest.mark.parametrize("kind", REFERENCES)
def test_where_nothing_was_sold_there_is_no_reference(kind):
    drug, price = np.array([0, 0]), np.array([1000, 1200])
    quotes = index_quotes(np.array([0, 1]), drug, price, np.ones(2), min_others=1)
    assert reference_of_rows(quotes.rows(np.zeros(2, np.bool_)), kind).tolist() == []
