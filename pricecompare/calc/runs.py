"""Values in runs, one behind the other, each of them rising: sorted, searched and summed up run by run at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.stats import median_of_rest, quantile_of_rest

_PLACES = 31

_BEYOND = (1 << _PLACES) - 1
"""More than any price."""


class Runs(NamedTuple):
    """Run i of m is ``values[bounds[i]:bounds[i + 1]]``, which rises and may be empty; `bounds` has shape (m + 1,)."""

    values: NDArray[np.float64]
    bounds: NDArray[np.intp]

    @property
    def sizes(self) -> NDArray[np.intp]:
        """How many values each run has, shape (m,)."""
        return self.bounds[1:] - self.bounds[:-1]

    def each(self, of_run: NDArray) -> NDArray:
        """Return for every value what is said of its run."""
        return np.repeat(of_run, self.sizes)

    def only(self, chosen: NDArray[np.bool_]) -> "Runs":
        """Return the runs of the values that are chosen."""
        return Runs(self.values[chosen], bounds_of(chosen, self.bounds))

    def run_of(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the run in which each of some places lies."""
        return self.bounds.searchsorted(places, side="right") - 1

    def take(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the values at some places, any value for those that lie outside."""
        return self.values.take(places, mode="clip") if len(self.values) else np.full(len(places), np.nan)

    def middle(self) -> NDArray[np.float64]:
        """Return the median of each run, nan for an empty one, to the bit as stats.middle_of."""
        return median_of_rest(self.values, self.bounds[:-1], self.sizes, self.sizes)

    def quantile(self, share: float) -> NDArray[np.float64]:
        """Return the quantile of each run, nan for an empty one, to the bit as stats.quantile."""
        return quantile_of_rest(self.values, self.bounds[:-1], self.sizes, self.sizes, share)

    def sums(self) -> NDArray[np.float64]:
        """Return the sum of each run."""
        found = np.zeros(len(self.sizes))
        if (some := self.sizes > 0).any():
            found[some] = np.add.reduceat(self.values, self.bounds[:-1][some])
        return found

    def from_(self, *least: NDArray[np.float64]) -> list[NDArray[np.intp]]:
        """Return the place in each run, of whole numbers below 2³¹, from which on values are `least`; nan: its end.

        >>> runs = Runs(np.array([1.0, 5.0, 2.0, 7.0]), np.array([0, 2, 2, 4]))
        >>> [places.tolist() for places in runs.from_(np.array([4.5, 1, np.nan]), np.array([0, 1, 2]))]
        [[1, 2, 4], [0, 2, 2]]
        """
        run = np.arange(len(self.sizes)) << _PLACES
        # With its run in front every value is a number by itself, and all of them rise.
        numbers = self.values.astype(np.int64)
        numbers += self.each(run)
        wholes = (np.fmin(np.ceil(one), _BEYOND).astype(np.int64) for one in least)
        return [numbers.searchsorted(run + np.maximum(whole, 0)) for whole in wholes]


def bounds_of(chosen: NDArray[np.bool_], bounds: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the bounds that runs have when only those values are left that are chosen; also of any other places.

    >>> bounds_of(np.array([True, False, True, True]), np.array([0, 2, 4])).tolist()
    [0, 1, 3]
    """
    # Few are left out, mostly: a sum over all of them would take twenty times as long.
    return bounds - (~chosen).nonzero()[0].searchsorted(bounds)


def rising(x: NDArray[np.int32], bounds: NDArray[np.intp]) -> tuple[NDArray[np.intp], Runs]:
    """Return the places that sort each run of whole numbers from zero on, and the runs in that order.

    >>> at, found = rising(np.array([300, 100, 200, 50], np.int32), np.array([0, 3, 4]))
    >>> at.tolist(), found.values.tolist()
    ([1, 2, 0, 3], [100.0, 200.0, 300.0, 50.0])
    """
    # Price and position in one number: sorting these takes half as long as sorting positions by prices.
    both = (x.astype(np.int64) << _PLACES) | np.arange(len(x))
    _sort(both, bounds)
    return both & _BEYOND, Runs((both >> _PLACES).astype(np.float64), bounds)


def sorted_(values: NDArray[np.float64], bounds: NDArray[np.intp]) -> Runs:
    """Return values, which are given up, as runs that rise."""
    _sort(values, bounds)
    return Runs(values, bounds)


def _sort(values: NDArray, bounds: NDArray[np.intp]) -> None:
    places = bounds.tolist()
    for start, end in zip(places[:-1], places[1:], strict=True):
        values[start:end].sort()


def between(starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the places from each start to the end of the same run.

    >>> between(np.array([1, 5, 9]), np.array([3, 5, 11])).tolist()
    [1, 2, 9, 10]
    """
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
