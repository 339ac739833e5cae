"""Drugs that are sold in one region alone: few prices looked at, of many drugs at once, tell what each tells alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pricecompare.calc.flags import DEFAULT_RULE, findings, judged
from pricecompare.calc.found import Found, found_of
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
FIRST = [(1000, 1)] * 9 + [(1300, 1), (900_000_000, 1)]


def columns(shops):
    """Return prices of {fen, chance}: one in ten is held."""
    fen, chance = np.array(shops, np.int32).reshape(-1, 2).T
    held = chance == 0
    return np.ascontiguousarray(fen), np.zeros(len(fen), np.int64), held if held.any() else None


def together(drugs):
    """Return prices of many drugs, one drug behind the other, where each begins and ends, and which are held."""
    fen, _, held = columns([shop for shops in drugs for shop in shops])
    return fen, np.append(0, np.cumsum([*map(len, drugs)], dtype=np.intp)), held


def by_itself(drugs, rule, s0):
    """Return spread, counted prices and what is found of each drug as all its prices by themselves say."""
    for shops in drugs:
        fen, area, aside = columns(shops)
        these = judged(fen, area, rule, aside)
        yield repr(these.own), np.sort(fen[these.clean]).tolist(), found_of(findings(these, rule, s0))


@given(st.lists(SHOPS, max_size=5), RULES, st.sampled_from([0.03, 0.1]))
@example([[(1000, 1)] * 4], replace(DEFAULT_RULE, min_others=0), 0.1)
@example([FIRST, [(1000, 1)] * 9 + [(1300, 1)]], replace(DEFAULT_RULE, z=-1.0), 0.1)
@example([[], [(1000, 0)] * 4, FIRST, []], DEFAULT_RULE, 0.1)
@example([[(1000, 1), (9000, 0)], FIRST, [(8888, 3)]], replace(DEFAULT_RULE, min_others=0), 0.1)
def test_many_drugs_at_once_are_to_the_bit_what_each_is_by_itself(drugs, rule, s0):
    fen, bounds, aside = together(drugs)
    these, alone = lone(fen, bounds, rule, aside), [*by_itself(drugs, rule, s0)]
    counted = np.split(these.counted.values, these.counted.bounds[1:-1]) if drugs else []
    ours = [(repr(own), one.tolist()) for own, one in zip(these.own, counted, strict=True)]
    assert ours == [(own, counted) for own, counted, _ in alone]
    found = found_among(these, rule, s0)
    for name in Found._fields:
        theirs = [
            getattr(one, name) + (start if name == "at" else 0)
            for (*_, one), start in zip(alone, bounds[:-1], strict=True)
        ]
        np.testing.assert_array_equal(getattr(found, name), np.concatenate([[], *theirs]), err_msg=name)


@pytest.mark.parametrize("shops", [[], [(1000, 1)], [(1000, 0)]], ids=["nobody", "one", "one that is held"])
def test_nothing_is_found_where_nothing_can_be_compared(shops):
    fen, bounds, aside = together([shops])
    assert len(found_among(lone(fen, bounds, DEFAULT_RULE, aside), DEFAULT_RULE, 0.1).at) == 0
