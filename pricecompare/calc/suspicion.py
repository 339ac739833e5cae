"""Single prices that are too far from what others ask to be believed at once."""

import numpy as np
from numpy.typing import NDArray

RATIO = 5
"""Over five times, or under a fifth of the drug's regional median."""

LEAST_QUOTES = 3
"""A median of fewer prices accuses nobody."""


def suspicious(fen: NDArray, n: NDArray, median: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which prices are over `RATIO` times their median of `n` others or under that part of it; all of shape (n,).

    >>> suspicious(np.array([5000, 5001, 199, 9999]), np.array([3, 3, 3, 2]), np.full(4, 1000.0)).tolist()
    [False, True, True, False]
    """
    enough = n >= LEAST_QUOTES
    far = (fen > RATIO * median) | (fen * RATIO < median)
    return enough & far
