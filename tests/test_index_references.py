"""Reference prices: which price is the usual one, with the own price among them or left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.index import REFERENCES, quotes, reference_of_rows
from tests import plain_index
from tests.made_quotes import EVERYTHING

MODES = {
    "one price most often": ([10, 10, 12], [10, 10, 10], [10, 10, 10]),
    "the lowest of several": ([12, 12, 10, 10], [10] * 4, [10, 10, 12, 12]),
    "the own price decided": ([12, 12, 10], [12] * 3, [10, 10, 12]),
    "nobody else": ([9], [9], [None]),
    "whole fen, halves upwards": ([10.5, 10.9, 11.4, 9], [11] * 4, [11, 11, 11, 11]),
}
"""Unit values of one drug, the mode for each seller, and the mode of the others for each."""


def sold(prices, packs=None):
    """Return the quotes of one drug, one outlet for each price."""
    packs = np.ones(len(prices)) if packs is None else np.array(packs, float)
    return quotes(np.arange(len(prices)), np.zeros(len(prices), int), np.array(prices) * packs, packs, **EVERYTHING)


@pytest.mark.parametrize(("prices", "modes", "of_others"), MODES.values(), ids=MODES)
def test_the_mode_is_the_most_frequent_price(prices, modes, of_others):
    assert reference_of_rows(sold(prices), "mode").tolist() == modes
    found = reference_of_rows(sold(prices), "mode_others")
    assert [None if np.isnan(one) else one for one in found] == of_others


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(8, 11), st.integers(1, 9)), min_size=1, max_size=9), st.sampled_from(REFERENCES))
def test_prices_that_many_share(pairs, kind):
    """Few different prices, so that modes and medians tie."""
    prices, packs = zip(*pairs, strict=True)
    sales = {(outlet, 0): (price * n, n) for outlet, (price, n) in enumerate(pairs)}
    expected = [plain_index.reference(sales, 0, outlet, kind) for outlet in range(len(pairs))]
    found = reference_of_rows(sold(prices, packs), kind)
    assert found == pytest.approx([np.nan if one is None else one for one in expected], rel=1e-12, nan_ok=True)
