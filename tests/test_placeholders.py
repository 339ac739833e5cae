"""Prices that are none: a digit over and over and far from what others ask; errors, held, and in no reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.flags import DEFAULT_RULE, assessed
from pricecompare.calc.placeholders import REPEATED, placeholders
from pricecompare.calc.suspicion import suspicious


@given(
    st.lists(st.one_of(st.integers(1, 10**9), st.sampled_from(REPEATED.tolist())), max_size=20), st.integers(1, 10**6)
)
def test_they_are_what_a_plain_look_at_the_digits_says(fen, middle):
    plain = [
        at for at, one in enumerate(fen)
        if (one >= 3 * middle or one * 3 <= middle)
        and len(bare := str(one).rstrip("0")) >= 4 and len(set(bare)) == 1 and len(str(one)) - len(bare) <= 5
    ]  # fmt: skip
    assert placeholders(np.array(fen, np.int64), float(middle)).tolist() == plain
    assert placeholders(np.array(fen, np.float64), np.full(len(fen), float(middle))).tolist() == plain


OTHERS = [2290, 2310, 2330, 2350, 2370]
CASES = {
    "3.7 times, one digit": (8888, 1), "3.7 times, others": (8890, 0), "4.3 times, one digit": (9999, 1),
    "yuan of one digit": (999900, 1), "a third, one digit": (777, 0), "half, one digit": (1111, 0),
    "near the others": (2222, 0), "5 times": (11700, 1), "a fifth": (460, -1),
}  # fmt: skip


@pytest.mark.parametrize(("fen", "error"), CASES.values(), ids=CASES)
def test_they_are_errors_and_in_no_reference(fen, error):
    prices = np.array([*OTHERS, fen])
    found = assessed(prices, np.zeros(6, int), DEFAULT_RULE, 0.1)
    assert (found.error[-1], bool(found.counted[-1])) == (error, error == 0)
    assert found.error[:-1].tolist() == [0] * 5
    with_it = [int(np.median(np.delete(prices, at)[: 5 - abs(error)])) for at in range(5)]
    assert found.ref_median[:-1].astype(int).tolist() == with_it


def test_far_below_they_are_errors_too():
    prices = np.array([4000, 4100, 4200, 4300, 4400, 1111])
    assert assessed(prices, np.zeros(6, int), DEFAULT_RULE, 0.1).error.tolist() == [0, 0, 0, 0, 0, -1]


def test_they_are_held_where_there_is_a_median_of_enough():
    n, median = np.array([3, 2, 3, 0]), np.array([2300.0, 2300, np.nan, np.nan])
    assert suspicious(np.full(4, 8888), n, median).tolist() == [True, False, False, False]
