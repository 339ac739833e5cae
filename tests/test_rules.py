"""Rules of every sort against worked examples, the default rule's own code and a model in plain Python."""

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.flags import DEFAULT_RULE, assessed
from pricecompare.calc.reference import LOCAL, NOT_ASSESSED, WIDER
from pricecompare.calc.rules import Quotes, Terms, judged

TEN = np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890, 3200])
ONE_AREA = np.zeros(10, int)
S0 = 0.1
PRICES = st.one_of(st.integers(900, 1400), st.sampled_from([1000, 1300, 1500, 2000]), st.integers(300, 4000))
QUOTES = st.lists(st.tuples(PRICES, st.integers(1, 4), st.booleans()), min_size=1, max_size=25)

NAIVE = {
    k: Terms(above=(("all_mean", k), ("all_median", k)), tiers=(("high", k),), wider=False) for k in (1.3, 1.5, 2.0)
}
INTERVAL = Terms(above=(("upper", 1.3),), tiers=(("high", 1.3),))
ALARMS = Terms(above=(("median", 1.3),), tiers=(("yellow", 1.3), ("red_1", 2.0), ("red_2", 5.0), ("red_3", 10.0)))
TOO_LOW = Terms(below=(("median", 0.5),), tiers=(("low", 0.5), ("very_low", 0.25)))
CEILING = Terms(above=(("ceiling", 1.0),), tiers=(("above", 1.0), ("far_above", 1.5)), min_excess=1)
GAP = Terms(above=(("other_kind", 1.1),), tiers=(("dearer", 1.1),), min_excess=100)


def flagged(found, fen=TEN):
    return np.asarray(fen)[found.flagged].tolist()


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (NAIVE[1.3], [1890, 3200]),
        (NAIVE[1.5], [3200]),
        (NAIVE[2.0], [3200]),
        (INTERVAL, [1890, 3200]),
        (ALARMS, [1890, 3200]),
        (TOO_LOW, []),
    ],
)
def test_ten_prices(terms, expected):
    """The worked example of 18.90 and 32.00 among ten."""
    assert flagged(judged(Quotes(TEN, ONE_AREA), terms, S0)) == expected


@pytest.mark.parametrize(
    ("reference", "ratios"),
    [
        ("all_median", (1.758, 2.977)),
        ("all_mean", (1.389, 2.351)),
        ("mean", (1.451, 2.767)),
        ("median", (1.800, 3.048)),
    ],
)
def test_ten_prices_in_numbers(reference, ratios):
    found = judged(Quotes(TEN, ONE_AREA), Terms(above=((reference, 1.3),), tiers=(("high", 1.3),)), S0)
    assert tuple(found.ratios[reference][-2:].round(3)) == ratios


@pytest.mark.parametrize(("fen", "tier"), [(1299, 0), (1300, 1), (1990, 1), (2000, 2), (4999, 3)])
def test_tiers_are_closed_on_the_left(fen, tier):
    """1.99 times is yellow, 2.00 times is red; five times and more is an error before it is a price."""
    terms = Terms(above=ALARMS.above, tiers=(("yellow", 1.3), ("red_1", 2.0), ("red_2", 4.0)))
    prices = np.array([1000] * 6 + [fen])
    assert judged(Quotes(prices, np.zeros(7, int)), terms, S0).tier[-1] == tier


@pytest.mark.parametrize(("fen", "tier"), [(501, 0), (500, 1), (251, 1), (250, 2), (201, 2), (200, 0)])
def test_far_too_low_prices(fen, tier):
    """Exactly a half is too low; a fifth is a probable error and stands in another list."""
    prices = np.array([1000] * 6 + [fen])
    assert judged(Quotes(prices, np.zeros(7, int)), TOO_LOW, S0).tier[-1] == tier


def test_a_ceiling_comes_with_each_price():
    fen, ceiling = np.array([1000, 1001, 1500, 900, 5000]), np.array([1000, 1000, 1000, np.nan, 4990.0])
    found = judged(Quotes(fen, np.zeros(5, int), given={"ceiling": ceiling}), CEILING, S0)
    assert found.tier.tolist() == [0, 1, 2, 0, 1]
    assert found.area.tolist() == [LOCAL] * 5


def test_a_ceiling_needs_nobody_else():
    found = judged(Quotes(np.array([1200]), np.array([7]), given={"ceiling": np.array([1000.0])}), CEILING, S0)
    assert found.flagged.tolist() == [True]


def test_another_kind_of_price_at_the_same_shop():
    fen, other = np.array([1099, 1100, 1200, 500]), np.array([1000, 1000, 0, 400.0])
    found = judged(Quotes(fen, np.zeros(4, int), given={"other_kind": other}), GAP, S0)
    assert found.flagged.tolist() == [False, True, False, True]


def test_an_error_is_never_a_reference_nor_flagged():
    fen = np.array([1000, 1000, 1000, 1000, 1000, 10_000, 1400])
    found = judged(Quotes(fen, np.zeros(7, int)), NAIVE[1.3], S0)
    assert flagged(found, fen) == [1400]
    assert found.references["all_mean"][-1] == pytest.approx(6400 / 6)


def test_few_sellers_widen_the_area_only_where_the_rule_says_so():
    fen, area = np.array([1000, 1000, 1000, 1000, 1400]), np.array([1, 1, 1, 1, 2])
    for wider, expected, where in ((True, [1400], WIDER), (False, [], NOT_ASSESSED)):
        found = judged(Quotes(fen, area), Terms(above=(("median", 1.3),), tiers=(("high", 1.3),), wider=wider), S0)
        assert (flagged(found, fen), found.area[-1]) == (expected, where)


@given(QUOTES)
def test_the_default_rule_said_in_terms_is_the_default_rule(rows):
    fen, area, aside = (np.array(column) for column in zip(*rows, strict=True))
    terms = Terms(
        above=(("median", 1.3), ("mean", 1.3)),
        tiers=(("notice", 1.3), ("high", 1.5), ("very_high", 2.0)),
        min_excess=100,
        z=3.0,
    )
    found, plain = judged(Quotes(fen, area, aside), terms, S0), assessed(fen, area, DEFAULT_RULE, S0, aside)
    assert found.flagged.tolist() == plain.flagged.tolist()
    assert found.tier.tolist() == plain.grade.tolist()
    np.testing.assert_array_equal(found.references["median"], plain.ref_median)
    assert found.area.tolist() == plain.ref_area.tolist()


PLAIN = {
    "median": lambda others, _: statistics.median(others),
    "mean": lambda others, _: statistics.mean(others),
    "upper": lambda others, _: statistics.quantiles(others, n=4, method="inclusive")[2],
    "all_median": lambda _, everybody: statistics.median(everybody),
    "all_mean": lambda _, everybody: statistics.mean(everybody),
}


def plain_reference(name, i, fen, area, clean):
    """Return one reference as a person would compute it, and where from."""
    own = [fen[i]] if clean[i] else []
    for where in (LOCAL, WIDER):
        near = [k for k in range(len(fen)) if clean[k] and k != i and (where == WIDER or area[k] == area[i])]
        if len(near) >= DEFAULT_RULE.min_others:
            others = [fen[k] for k in near]
            return PLAIN[name](others, others + own), where
    return None, NOT_ASSESSED


@pytest.mark.parametrize("name", ["median", "mean", "upper", "all_median", "all_mean"])
@given(QUOTES)
def test_references_are_what_a_person_would_compute(name, rows):
    fen, area, aside = (np.array(column) for column in zip(*rows, strict=True))
    counted = [(int(x), 0) for x, held in zip(fen, aside, strict=True) if not held]
    middle = statistics.median(x for x, _ in counted) if len(counted) >= 5 else None
    error = [middle is not None and (x >= 5 * middle or 5 * x <= middle) for x in fen]
    clean = [not held and not wrong for held, wrong in zip(aside, error, strict=True)]
    found = judged(Quotes(fen, area, aside), Terms(above=((name, 1.3),), tiers=(("high", 1.3),)), S0)
    for i in range(len(fen)):
        expected, where = plain_reference(name, i, fen.tolist(), area.tolist(), clean)
        assert found.area[i] == where
        if expected is None:
            assert np.isnan(found.references[name][i])
        else:
            assert found.references[name][i] == pytest.approx(expected, rel=1e-12)
            assert found.flagged[i] == (not error[i] and fen[i] / expected >= 1.3 - 1e-12)
