"""Single prices that are too far from what others ask to be believed at once."""

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.placeholders import placeholders

RATIO = 5
"""Over five times, or under a fifth of the drug's regional median."""

LEAST_QUOTES = 3
"""A median of fewer prices accuses nobody."""


def suspicious(fen: NDArray, n: NDArray, median: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which prices are over `RATIO` times their median of `n` others or under that part of it; all of shape (n,).

    So is one digit over and over that is less far off (calc/placeholders.py).

    >>> suspicious(np.array([5000, 5001, 199, 9999, 4444]), np.array([3, 3, 3, 2, 3]), np.full(5, 1000.0)).tolist()
    [False, True, True, False, True]
    """
    enough = n >= LEAST_QUOTES
    far = (fen > RATIO * median) | (fen * RATIO < median)
    far[placeholders(fen, median)] = True
    return enough & far
