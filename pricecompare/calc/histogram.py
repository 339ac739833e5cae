"""Prices counted in bins whose edges a person can read."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.stats import quantile

FEWEST, MOST = 5, 20
"""How many bins there are, where prices lie far enough apart for so many."""

Bin = tuple[int, int, int]
"""First fen, the fen before which it ends, and how many prices lie in it."""


def histogram(fen: NDArray) -> list[Bin]:
    """Return how many of the prices (n,) lie in each bin, lowest first; none for no prices.

    Bins follow each other and are of one width: 1, 2 or 5 times a power of ten, the narrowest that is at least that of
    Freedman & Diaconis (1981), 2 · IQR · n^(-1/3), and makes no more than 20 bins; where that makes fewer than 5 the
    widest that makes at least 5, if a fen is not too wide for so many.

    >>> histogram(np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890]))[:2]
    [(900, 1000, 1), (1000, 1100, 4)]
    """
    if not len(fen):
        return []
    width = _width(np.sort(fen))
    first = int(fen.min()) // width
    counts = np.bincount(np.asarray(fen, np.int64) // width - first).tolist()
    return [((first + at) * width, (first + at + 1) * width, count) for at, count in enumerate(counts)]


def _width(ordered: NDArray) -> int:
    """Return the width of bins for prices in rising order, in fen."""
    low, high = int(ordered[0]), int(ordered[-1])
    wanted = 2 * (quantile(ordered, 0.75) - quantile(ordered, 0.25)) / math.cbrt(len(ordered))
    fitting = []
    for width in _round():
        fitting.append(width)
        if width >= wanted and high // width - low // width < MOST:
            break
    return next((width for width in reversed(fitting) if high // width - low // width >= FEWEST - 1), fitting[0])


def _round() -> Iterator[int]:
    """Yield 1, 2, 5, 10, 20, 50 … for ever."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
