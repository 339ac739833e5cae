"""What takes a shorter way, for a city by itself or for few prices only, is to the bit what the long way says."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.flags import BY_PRICE, DEFAULT_RULE, assessed, findings, gross_errors, judged, spread

USUAL = st.one_of(st.integers(900, 1400), st.just(1000))
AT_THE_EDGES = st.sampled_from([199, 200, 201, 222, 333, 334, 2222, 2999, 3000, 3333, 4999, 5000, 5001, 5050, 8888])
PRICES = st.lists(st.one_of(USUAL, USUAL, AT_THE_EDGES), min_size=1, max_size=30)


def columns(prices):
    return np.array(prices, np.int32), np.full(len(prices), 210201)


@given(PRICES)
def test_a_city_by_itself_has_the_spread_that_it_has_beside_another(prices):
    """One held price of another area says nothing of the spread."""
    fen, area = columns(prices)
    aside = np.append(np.zeros(len(fen), bool), True)
    alone = spread(fen, area, DEFAULT_RULE, aside[:-1])
    beside = spread(np.append(fen, 1000), np.append(area, 210202), DEFAULT_RULE, aside)
    assert (repr(alone.s), alone.m) == (repr(beside.s), beside.m)


@given(st.integers(1000, 1111), st.lists(AT_THE_EDGES, max_size=4))
def test_errors_looked_for_at_the_ends_are_all_errors(usual, edges):
    fen, area = columns([*edges, *[usual] * 9])
    assert judged(fen, area, DEFAULT_RULE).error.tolist() == gross_errors(fen, DEFAULT_RULE).tolist()


@given(PRICES, st.sampled_from([0.03, 0.1]))
def test_findings_are_those_of_the_whole_assessment(prices, s0):
    """z and the ratio to the mean are computed for few prices; said plainly of all, they flag the same."""
    fen, area = columns(prices)
    found, whole = findings(judged(fen, area, DEFAULT_RULE), DEFAULT_RULE, s0), assessed(fen, area, DEFAULT_RULE, s0)
    for name in BY_PRICE:
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
    rule, ratios = DEFAULT_RULE, (whole.ratio_median >= 1.3) & (whole.ratio_mean >= 1.3)
    dear = (whole.error == 0) & ratios & (fen - whole.ref_median >= rule.min_excess) & (whole.z >= rule.z)
    assert found.flagged.tolist() == dear.tolist()
    assert found.strong.tolist() == (dear & (whole.z >= rule.strong_z) & (whole.others >= 5)).tolist()
