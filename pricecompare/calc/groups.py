"""Groups of equal neighbours in sorted columns, as flags of each row; all arrays have shape (n,)."""

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def starts(*columns: NDArray) -> Flags:
    """Say where a group of rows equal in all `columns`, sorted by them, begins.

    >>> starts(np.array([7, 7, 9])).tolist()
    [True, False, True]
    """
    found = np.ones(len(columns[0]), bool)
    found[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return found


def ends(*columns: NDArray) -> Flags:
    """Say where such a group ends.

    >>> ends(np.array([7, 7, 9])).tolist()
    [False, True, True]
    """
    return np.append(starts(*columns)[1:], True)[: len(columns[0])]


def last_true(flags: Flags) -> NDArray[np.intp]:
    """Return for each row the nearest one at or before it that is flagged, 0 where there is none.

    >>> last_true(np.array([True, False, False, True])).tolist()
    [0, 0, 0, 3]
    """
    return np.maximum.accumulate(np.where(flags, np.arange(len(flags)), 0))
