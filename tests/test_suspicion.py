"""Single prices too far from what others ask: both sides of each limit."""

import numpy as np
import pytest

from pricecompare.calc.suspicion import suspicious


@pytest.mark.parametrize(
    ("fen", "n", "median", "found"),
    [
        (5000, 3, 1000.0, False),
        (5001, 3, 1000.0, True),
        (200, 3, 1000.0, False),
        (199, 3, 1000.0, True),
        (1000, 3, 1000.0, False),
        (9999, 2, 1000.0, False),
        (1, 2, 1000.0, False),
        (9999, 0, np.nan, False),
        (5003, 4, 1000.5, True),
        (5002, 4, 1000.5, False),
    ],
    ids=[
        *(
            "five times",
            "over five times",
            "a fifth",
            "under a fifth",
            "the same",
            "dear beside two",
            "cheap beside two",
        ),
        *("nobody else", "half fen, over", "half fen, under"),
    ],
)
def test_over_five_times_or_under_a_fifth_of_three_or_more(fen, n, median, found):
    assert suspicious(np.array([fen]), np.array([n]), np.array([median])).tolist() == [found]


def test_each_price_is_judged_by_its_own_market():
    found = suspicious(np.array([900, 900, 900]), np.array([5, 5, 2]), np.array([1000.0, 100.0, 100.0]))
    assert found.tolist() == [False, True, False]
    assert suspicious(np.zeros(0, int), np.zeros(0), np.zeros(0)).tolist() == []
