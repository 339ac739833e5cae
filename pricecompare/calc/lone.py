"""The default rule for a drug that is sold in one region of a province alone, as in most cities.

The prices stay in the order in which they rise, and only those few are looked at closely that the rule can find. What
comes out is to the bit what calc/flags.py says of each price.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.flags import Aside, Rule, graded, shrunk_spread
from pricecompare.calc.found import Found, of_interest
from pricecompare.calc.gross import errors_among
from pricecompare.calc.reference import LOCAL, NOT_ASSESSED, against_mean, distance
from pricecompare.calc.spreads import Spread, spread_of
from pricecompare.calc.stats import middle_of, rising


@dataclass(frozen=True, slots=True)
class Lone:
    """What the prices of one region say by themselves: `x` rises, shape (n,), and `at` says where each one stood.

    `wrong` are the places in `x` of gross errors, `error` which sort they are of; `clean` says which ones are neither
    errors nor set aside, None where all are, and `counted` are those.
    """

    x: NDArray[np.float64]
    at: NDArray[np.intp]
    wrong: NDArray[np.intp]
    error: NDArray[np.int8]
    clean: NDArray[np.bool_] | None
    counted: NDArray[np.float64]
    own: Spread


def lone(fen: NDArray[np.int32], rule: Rule, aside: Aside = None) -> Lone:
    """Return what flags.judged says of prices that are all of one region."""
    at, x = rising(fen)
    held = None if aside is None else aside[at]
    among = x if held is None else x[~held]
    wrong, error = errors_among(x, among, ratio=rule.error_ratio, least=rule.error_min_quotes)
    clean = None
    if held is not None or len(wrong):
        clean = np.ones(len(x), bool) if held is None else ~held
        clean[wrong] = False
    counted = x if clean is None else x[clean]
    return Lone(x, at, wrong, error, clean, counted, spread_of(counted))


def found_among(these: Lone, rule: Rule, s0: float) -> Found:
    """Return what flags.findings finds of them, in the order given."""
    near, n = _near(these, rule), len(these.counted)
    price, count = these.x[near.places], n - near.clean
    median, area = near.median, np.full(len(price), LOCAL, np.int8)
    if n - 1 < rule.min_others:
        few = count < rule.min_others
        median, area = np.where(few, np.nan, median), np.where(few, NOT_ASSESSED, area)
    ratio = price / median
    above = (ratio >= rule.ratio) & (price - median >= rule.min_excess)
    hit = (above & (near.error == 0) if len(these.wrong) else above).nonzero()[0]
    number, times = count[hit], ratio[hit]
    z = distance(times, shrunk_spread(these.own, s0, rule), number)
    total = these.counted.sum() - price[hit] * near.clean[hit]
    over = (against_mean(price[hit], total, number)[1] >= rule.ratio) & (z >= rule.z)
    strong, grade = np.zeros((2, len(price)), np.int8)
    strong[hit] = over & (z >= rule.strong_z) & (number >= rule.strong_others)
    grade[hit] = graded(times, rule) * over
    at = these.at[near.places]
    return of_interest(at, near.error, grade, strong.view(bool), near.clean, median, area, ratio)


class _Near(NamedTuple):
    """Places in `x` that are errors or may be flagged: of which sort, whether clean, the median of the other prices."""

    places: NDArray[np.intp]
    error: NDArray[np.int8]
    clean: NDArray[np.bool_]
    median: NDArray[np.float64]


def _near(these: Lone, rule: Rule) -> _Near:
    n, medians = len(these.counted), _medians(these.counted)
    # The lowest median there is: a price left of this is too near to any of them to be flagged.
    lowest = medians[2] if n > 1 else medians[3]
    first = int(these.x.searchsorted(lowest * rule.ratio * (1 - 1e-9)))
    left = int(these.wrong.searchsorted(first))
    places = np.concatenate([these.wrong[:left], np.arange(first, len(these.x))])
    error = np.zeros(len(places), np.int8)
    error[:left] = these.error[:left]
    error[left + these.wrong[left:] - first] = these.error[left:]
    if these.clean is None:
        clean, rank = np.ones(len(places), bool), places
    else:
        clean = these.clean[places]
        # Those further left are none of them clean, so that all clean ones here are the last of all.
        rank = np.where(clean, n - int(np.count_nonzero(clean)) - 1 + clean.cumsum(), n)
    return _Near(places, error, clean, medians[_without(n).searchsorted(rank)])


def _without(n: int) -> NDArray[np.intp]:
    """Return up to which rank, of `n`, leaving out a price gives the first, second and third of `_medians`."""
    return np.array([(n - 2) // 2, (n - 1) // 2, n - 1])


def _medians(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the medians of rising prices without a low one, without the middle one, without a high one, and of all.

    >>> _medians(np.array([1.0, 2.0, 4.0, 9.0, 11.0])).tolist()
    [6.5, 5.5, 3.0, 4.0]
    """
    n = len(ordered)
    if n < 2:
        return np.array([np.nan, np.nan, np.nan, ordered[0] if n else np.nan])
    lower, upper = (n - 2) // 2, (n - 1) // 2
    below, low, high, above = ordered[[lower, lower + 1, upper, upper + 1]].tolist()
    return np.array([(low + above) / 2, (below + above) / 2, (below + high) / 2, middle_of(ordered)])
