"""Prices too high or too low to be meant: told apart before anything is compared."""

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.placeholders import RATIO, placeholders
from pricecompare.calc.runs import Runs, between
from pricecompare.calc.stats import quantile

NOWHERE, NONE = np.zeros(0, np.intp), np.zeros(0, np.int8)


def errors_against(
    fen: NDArray, counted: NDArray, *, ratio: float, least: int, by_value: NDArray[np.intp] | None = None
) -> NDArray[np.int8]:
    """Return gross errors against the median of the `counted` prices, which rise; none against fewer than `least`.

    1 is at least `ratio` times that median, −1 at most that part of it, 0 neither; one digit over and over is
    wrong sooner. `by_value` are the positions that sort `fen`, where they are known already.
    """
    if by_value is None:
        least_there = len(counted) >= max(least, 1)
        return _errors(fen, quantile(counted, 0.5), ratio) if least_there else np.zeros(len(fen), np.int8)
    found = np.zeros(len(fen), np.int8)
    at, error = errors_among(fen[by_value], counted, ratio=ratio, least=least)
    found[by_value[at]] = error
    return found


def errors_among(
    ordered: NDArray, counted: NDArray, *, ratio: float, least: int
) -> tuple[NDArray[np.intp], NDArray[np.int8]]:
    """Return where gross errors lie among prices that rise, and of which sort each is: the same, but only those.

    >>> at, error = errors_among(*[np.array([200, 1000, 1100, 1200, 6000])] * 2, ratio=5, least=5)
    >>> at.tolist(), error.tolist()
    ([0, 4], [-1, 1])
    """
    if len(counted) < max(least, 1):
        return NOWHERE, NONE
    # Only the lowest and the highest are looked at closely, from a little nearer than any error lies.
    middle, near = quantile(counted, 0.5), min(ratio, RATIO) * (1 - 1e-9)
    low, high = ordered.searchsorted((middle / near, middle * near)).tolist()
    if not low and high >= len(ordered):
        return NOWHERE, NONE
    far = np.concatenate([np.arange(low), np.arange(max(low, high), len(ordered))])
    error = _errors(ordered[far], middle, ratio)
    at = error.nonzero()[0]
    return far[at], error[at]


def errors_of_runs(
    ordered: Runs, counted: Runs, *, ratio: float, least: int
) -> tuple[NDArray[np.intp], NDArray[np.int8]]:
    """Return the same of whole prices that rise in runs, each run against its own.

    >>> prices = Runs(np.array([200.0, 1000, 1100, 1200, 6000]), np.array([0, 5]))
    >>> at, error = errors_of_runs(prices, prices, ratio=5, least=5)
    >>> at.tolist(), error.tolist()
    ([0, 4], [-1, 1])
    """
    middle, near = counted.quantile(0.5), min(ratio, RATIO) * (1 - 1e-9)
    middle[counted.sizes < least] = np.nan
    starts, ends = ordered.bounds[:-1], ordered.bounds[1:]
    low, high = ordered.from_(middle / near, middle * near)
    low[np.isnan(middle)] = starts[np.isnan(middle)]
    far = np.concatenate([between(starts, low), between(np.maximum(low, high), ends)])
    error = _errors(ordered.values[far], middle[ordered.run_of(far)], ratio)
    at = error.nonzero()[0]
    at = at[far[at].argsort()]
    return far[at], error[at]


def _errors(fen: NDArray, middle: NDArray[np.float64] | float, ratio: float) -> NDArray[np.int8]:
    error = (fen / middle >= ratio).astype(np.int8) - (middle / fen >= ratio)
    if len(none := placeholders(fen, middle)):
        error[none] = np.where((fen > middle)[none], 1, -1)
    return error
