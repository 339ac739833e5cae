"""A drug that is sold in one region alone: what looking at few prices finds is to the bit what looking at all finds."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pricecompare.calc.flags import DEFAULT_RULE, findings, judged
from pricecompare.calc.found import found_of
from pricecompare.calc.lone import found_among, lone

NEAR = st.integers(900, 1400)
AT_THE_EDGES = st.sampled_from([199, 200, 201, 222, 333, 1299, 1300, 1301, 1950, 2000, 2222, 4999, 5000, 5001, 8888])
SHOPS = st.lists(st.tuples(st.one_of(NEAR, st.just(1000), AT_THE_EDGES), st.integers(0, 9)), max_size=30)
RULES = st.builds(
    replace,
    st.just(DEFAULT_RULE),
    ratio=st.sampled_from([0.5, 1.0, 1.3, 1.5]),
    min_others=st.sampled_from([0, 1, 3, 6]),
    error_min_quotes=st.sampled_from([0, 5]),
    min_excess=st.sampled_from([0, 100]),
    z=st.sampled_from([-1.0, 3.0]),
)


def columns(shops):
    """Return prices of {fen, chance}: one in ten is held."""
    fen, chance = np.array(shops, np.int32).reshape(-1, 2).T
    held = chance == 0
    return np.ascontiguousarray(fen), np.zeros(len(fen), np.int64), held if held.any() else None


@given(SHOPS, RULES, st.sampled_from([0.03, 0.1]))
@example([(1000, 1)] * 4, replace(DEFAULT_RULE, min_others=0), 0.1)
@example([(1000, 1)] * 9 + [(1300, 1)], replace(DEFAULT_RULE, z=-1.0), 0.1)
@example([(1000, 0)] * 4, DEFAULT_RULE, 0.1)
@example([(1000, 1), (9000, 0)], replace(DEFAULT_RULE, min_others=0), 0.1)
def test_few_prices_looked_at_are_all_that_is_found(shops, rule, s0):
    fen, area, aside = columns(shops)
    few, all_of_them = lone(fen, rule, aside), judged(fen, area, rule, aside)
    assert (repr(few.own), few.counted.tolist()) == (repr(all_of_them.own), np.sort(fen[all_of_them.clean]).tolist())
    ours, theirs = found_among(few, rule, s0), found_of(findings(all_of_them, rule, s0))
    for name, column in theirs._asdict().items():
        np.testing.assert_array_equal(getattr(ours, name), column, err_msg=name)


@pytest.mark.parametrize("shops", [[], [(1000, 1)], [(1000, 0)]], ids=["nobody", "one", "one that is held"])
def test_nothing_is_found_where_nothing_can_be_compared(shops):
    fen, _, aside = columns(shops)
    assert len(found_among(lone(fen, DEFAULT_RULE, aside), DEFAULT_RULE, 0.1).at) == 0
