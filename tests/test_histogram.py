"""Bins: all prices are in them, their edges are round, and there are neither too few nor too many."""

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pricecompare.calc.histogram import FEWEST, MOST, histogram

PRICES = st.one_of(
    st.lists(st.integers(1, 10_000_000), max_size=60),
    st.lists(st.integers(995, 1005), max_size=60),
    st.lists(st.sampled_from([1000, 1000, 1000, 1010, 99_999]), max_size=60),
)


@given(PRICES)
@example([])
@example([1])
@example([1, 10_000_000])
def test_every_price_lies_in_one_bin(prices):
    bins = histogram(np.array(prices, np.int32))
    assert [n for _, _, n in bins] == [sum(low <= price < high for price in prices) for low, high, _ in bins]
    assert sum(n for *_, n in bins) == len(prices)
    assert all(after[0] == before[1] for before, after in zip(bins, bins[1:], strict=False))


@given(PRICES.filter(bool))
def test_bins_are_round_and_neither_few_nor_many(prices):
    bins = histogram(np.array(prices, np.int32))
    [width] = {high - low for low, high, _ in bins}
    assert re.fullmatch("[125]0*", str(width))
    assert bins[0][0] % width == 0
    assert bins[0][2] and bins[-1][2]
    assert len(bins) <= MOST
    assert len(bins) >= FEWEST or width == 1


@pytest.mark.parametrize(("times", "width"), [(1, 20), (10, 200), (100, 2000)])
def test_the_width_is_the_next_round_one_after_that_of_freedman_and_diaconis(times, width):
    # 0, 1 … 99: the quartiles lie 49.5 apart, so that 2 · 49.5 / 100^(1/3) = 21.3 asks for 50, which makes two bins;
    # 20 is the widest that makes five.
    assert histogram(np.arange(100) * times)[0][:2] == (0, width)
