"""Prices that are none: one digit over and over, as people write where a form wants something."""

import numpy as np
from numpy.typing import NDArray

RATIO = 3.0
"""From how many times the median on, or below which part of it, such a number is no price; nearer ones may be meant."""

LARGEST = 10**9
"""What no price exceeds (calc/money.py)."""


def _repeated() -> NDArray[np.int64]:
    """Return every number of four equal digits or more with zeros behind, up to LARGEST, in order."""
    runs = [int(str(digit) * count) for digit in range(1, 10) for count in range(4, 10)]
    return np.array(sorted({run * 10**zeros for run in runs for zeros in range(6) if run * 10**zeros <= LARGEST}))


REPEATED = _repeated()


def placeholders(fen: NDArray, middle: NDArray[np.float64] | float) -> NDArray[np.intp]:
    """Return where prices are a digit over and over and at least RATIO times `middle`, or at most that part of it.

    `fen` has shape (n,), `middle` is one number, or one for each. 88.88 yuan is a price where others ask 60.

    >>> placeholders(np.array([8888, 8888, 8887, 999900, 1111]), np.array([2300.0, 6000, 2300, 2300, 4000])).tolist()
    [0, 3, 4]
    """
    at = np.flatnonzero((fen >= RATIO * middle) | (fen * RATIO <= middle))
    # Few prices are far off, so that few are looked up.
    return at[repeated(fen[at])] if len(at) else at


def repeated(fen: NDArray) -> NDArray[np.bool_]:
    """Say which numbers, shape (n,), are one digit over and over.

    >>> repeated(np.array([8888, 888, 99900, 999900])).tolist()
    [True, False, False, True]
    """
    at = np.minimum(REPEATED.searchsorted(fen), len(REPEATED) - 1)
    found: NDArray[np.bool_] = REPEATED[at] == fen
    return found
