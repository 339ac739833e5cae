"""Sums by code and quotients that may be missing."""

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.sold import Codes, Floats


def sums(code: Codes, amount: NDArray, codes: int) -> Floats:
    """Return the sum of `amount` for each code below `codes`.

    >>> sums(np.array([2, 0, 2]), np.array([1, 10, 5]), 4).tolist()
    [10.0, 0.0, 6.0, 0.0]
    """
    return np.bincount(code, amount, codes).astype(np.float64, copy=False)


def ratio(above: NDArray, below: NDArray) -> Floats:
    """Return `above` / `below`, nan where `below` is not above zero.

    >>> ratio(np.array([1.0, 2.0]), np.array([4.0, 0.0])).tolist()
    [0.25, nan]
    """
    return np.divide(above, below, out=np.full(np.shape(below), np.nan), where=np.asarray(below) > 0)
