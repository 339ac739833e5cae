"""Statistics of prices: one summary of a market, and for each price the statistics of all the others."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.groups import starts

MAD_SCALE = 1.4826
"""Makes a median absolute deviation comparable with a standard deviation; the constant of R's `mad`."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the prices of one market look like, in fen; `mad` is scaled by 1.4826, quartiles are of type 7."""

    n: int
    mean: float
    median: float
    mad: float
    q1: float
    q3: float
    low: float
    high: float


def summary(fen: NDArray) -> Summary | None:
    """Return the summary of prices of shape (n,), in any order, or None when there are none.

    Quartiles are type 7 of Hyndman & Fan (1996), as in R, numpy and spreadsheets;
    mad = 1.4826 · median |x − median|.

    >>> summary(np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890, 3200]))
    Summary(n=10, mean=1361.0, median=1075.0, mad=96.369, q1=1027.5, q3=1180.0, low=980.0, high=3200.0)
    """
    return summary_of(np.sort(fen))


def summary_of(ordered: NDArray) -> Summary | None:
    """Return the `summary` of prices that rise."""
    n = len(ordered)
    if n == 0:
        return None
    middle = quantile(ordered, 0.5)
    mad = MAD_SCALE * quantile(np.sort(np.abs(ordered - middle)), 0.5)
    q1, q3 = quantile(ordered, 0.25), quantile(ordered, 0.75)
    return Summary(n, float(ordered.sum()) / n, middle, mad, q1, q3, float(ordered[0]), float(ordered[-1]))


def quantile(ordered: NDArray, share: float) -> float:
    """Return the type 7 quantile of values already in rising order, at least one; `share` lies in 0..1.

    >>> quantile(np.array([10.0, 20.0, 40.0]), 0.75)
    30.0
    """
    position = (len(ordered) - 1) * share
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    low = float(ordered[below])
    return low + (position - below) * (float(ordered[above]) - low)


def middle_of(ordered: NDArray[np.float64]) -> float:
    """Return the median of rising values, at least one, to the bit as `median_of_rest` has it.

    >>> middle_of(np.array([10.0, 20.0, 40.0, 50.0]))
    30.0
    """
    n = len(ordered)
    return (float(ordered[(n - 1) // 2]) + float(ordered[n // 2])) / 2


def percent(value: float, base: float) -> float:
    """Return how much more `value` is than `base` (above zero), in per cent, one decimal, halves upwards.

    >>> percent(112, 100), percent(88, 100), percent(100.04, 100)
    (12.0, -12.0, 0.0)
    """
    return math.floor((value / base - 1) * 1000 + 0.5) / 10


@dataclass(frozen=True, slots=True)
class Grouped:
    """Values sorted by group, counted ones first, then by value: row i is the one given at ``order[i]``.

    The counted values of a row's group are ``x[start:start + count]``, `rank` is the row's place among them or,
    for a value that does not count, beyond them. `first` and `place` name the groups: row i is in ``first[place[i]]``.
    """

    order: NDArray[np.intp]
    x: NDArray[np.float64]
    counted: NDArray[np.bool_]
    first: NDArray[np.intp]
    place: NDArray[np.intp]
    start: NDArray[np.intp]
    count: NDArray[np.intp]
    rank: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Others:
    """Median, sum and number of the other counted values of the same group, shape (n,), in the order given."""

    median: NDArray[np.float64]
    total: NDArray[np.float64]
    count: NDArray[np.intp]


def grouped(
    x: NDArray, group: NDArray[np.integer], counted: NDArray[np.bool_], by_value: NDArray[np.intp] | None = None
) -> Grouped:
    """Return values sorted inside their groups; all of shape (n,), `counted` says which ones are in statistics.

    `by_value` are the positions that sort `x`, where they are known already.
    """
    if len(group) and group[0] == group[-1] and (group == group[0]).all():
        return _of_one_group(x, counted, np.argsort(x) if by_value is None else by_value)
    order = grouped_order(group.astype(np.int64) * 2 + ~counted, x, by_value)
    counted = counted[order]
    begins = starts(group[order])
    first, place = np.flatnonzero(begins), np.cumsum(begins) - 1
    start = first[place]
    count = np.add.reduceat(counted, first, dtype=np.intp)[place]
    return Grouped(
        order, x[order].astype(np.float64, copy=False), counted, first, place, start, count, np.arange(len(x)) - start
    )


def _of_one_group(x: NDArray, counted: NDArray[np.bool_], by_value: NDArray[np.intp]) -> Grouped:
    """Return `grouped` values of a single group: a city by itself, which is what most books are."""
    counted = counted[by_value]
    order, n = by_value, len(x)
    if (count := int(np.count_nonzero(counted))) < n:
        order = np.concatenate([by_value[counted], by_value[~counted]])
    nowhere, places = np.zeros(n, np.intp), np.arange(n)
    here = (order, x[order].astype(np.float64, copy=False), places < count, nowhere[:1], nowhere, nowhere)
    return Grouped(*here, np.full(n, count), places)


def others(values: Grouped) -> Others:
    """Return, for each value, what the other counted values of its group are like; the median of none is nan."""
    amount = np.where(values.counted, values.x, 0)
    total = np.add.reduceat(amount, values.first)[values.place] - amount
    alone = len(values.first) == 1
    median = _medians_of_one(values) if alone else median_of_rest(values.x, values.start, values.count, values.rank)
    found = Others(np.empty_like(median), np.empty_like(total), np.empty_like(values.count))
    found.median[values.order], found.total[values.order] = median, total
    found.count[values.order] = values.count - values.counted
    return found


def _medians_of_one(values: Grouped) -> NDArray[np.float64]:
    """Return `median_of_rest` of a single group: but for ranks in the middle, one number below and one above it."""
    x, count = values.x, int(values.count[0])
    found = np.full(len(x), np.nan)
    if count:
        found[count:] = middle_of(x[:count])
    if count > 1:
        lower, upper = (count - 2) // 2, (count - 1) // 2
        found[: lower + 1] = (x[lower + 1] + x[upper + 1]) / 2
        found[lower + 1 : upper + 1] = (x[lower] + x[upper + 1]) / 2
        found[upper + 1 : count] = (x[lower] + x[upper]) / 2
    return found


def median_of_rest(ordered: NDArray, start: NDArray, count: NDArray, rank: NDArray) -> NDArray[np.float64]:
    """Return medians of runs of `ordered`, each without the value at `rank` inside its run.

    A run is ``ordered[start:start + count]`` in rising order. A rank of `count` or more leaves nothing out.
    `start`, `count` and `rank` have one shape, which is that of the answer; nan where nothing is left.

    >>> ordered = np.array([1.0, 2.0, 9.0, 5.0])
    >>> median_of_rest(ordered, np.array([0, 0, 3]), np.array([3, 3, 1]), np.array([0, 3, 0])).tolist()
    [5.5, 2.0, nan]
    """
    rest = count - (rank < count)
    lower, upper = (rest - 1) // 2, rest // 2
    lower = start + lower + (lower >= rank)
    upper = start + upper + (upper >= rank)
    if not len(ordered):
        return np.full(len(rest), np.nan)
    # Where nothing is left the places may lie outside; they are clipped here and answered with nan.
    middle = (ordered.take(lower, mode="clip") + ordered.take(upper, mode="clip")) / 2
    return np.where(rest > 0, middle, np.nan)


def quantile_of_rest(
    ordered: NDArray, start: NDArray, count: NDArray, rank: NDArray, share: float
) -> NDArray[np.float64]:
    """Return type 7 quantiles of the runs that `median_of_rest` knows, each without its value at `rank`; nan of none.

    >>> one = np.array([1])
    >>> quantile_of_rest(np.array([10.0, 20.0, 30.0, 40.0]), one - 1, one + 3, one, 0.75).tolist()
    [35.0]
    """
    rest = count - (rank < count)
    position = (np.maximum(rest, 1) - 1) * share
    below = position.astype(np.intp)
    above = np.minimum(below + 1, np.maximum(rest, 1) - 1)
    if not len(ordered):
        return np.full(len(rest), np.nan)
    low, high = (ordered.take(start + at + (at >= rank), mode="clip") for at in (below, above))
    return np.where(rest > 0, low + (position - below) * (high - low), np.nan)


def by_price(x: NDArray) -> NDArray[np.intp]:
    """Return the positions that sort `x`, shape (n,).

    >>> by_price(np.array([300, 100, 200], np.int32)).tolist()
    [1, 2, 0]
    """
    return rising(x)[0] if x.dtype == np.int32 else np.argsort(x)


def rising(x: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the positions that sort whole numbers of 32 bits from zero on, and these in that order; shape (n,).

    >>> [found.tolist() for found in rising(np.array([300, 100, 200], np.int32))]
    [[1, 2, 0], [100.0, 200.0, 300.0]]
    """
    # Price and position in one number: sorting these takes half as long as sorting positions by prices.
    both = (x.astype(np.int64) << _PLACES) | np.arange(len(x))
    both.sort()
    return both & ((1 << _PLACES) - 1), (both >> _PLACES).astype(np.float64)


_PLACES = 31


def grouped_order(group: NDArray[np.integer], x: NDArray, by_value: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
    """Return the positions that sort `x` inside each group, the groups one after the other; all of shape (n,).

    `by_value` are the positions that sort `x`, where they are known already.

    >>> grouped_order(np.array([7, 3, 7, 3]), np.array([5, 9, 4, 8])).tolist()
    [3, 1, 2, 0]
    """
    if not len(group):
        return np.zeros(0, np.intp)
    labels = group - group.min()
    if labels.max() <= np.iinfo(np.uint16).max:
        # numpy sorts 16-bit integers by radix, five to twenty times faster than wider ones.
        labels = labels.astype(np.uint16)
    by_value = np.argsort(x) if by_value is None else by_value
    return by_value[np.argsort(labels[by_value], kind="stable")]
