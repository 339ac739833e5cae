"""How widely the prices of one drug lie around the medians of their areas."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.stats import MAD_SCALE, Grouped, median_of_rest, middle_of, quantile

UPPER_QUARTILE_SCALE = 1.1503
"""The upper quartile of |x| for a standard normal x; seldom zero where the median, in a chain town, is."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the logarithms of one drug's prices lie from their area's median; `m` quotes said so."""

    s: float
    m: int


def pooled(prices: Grouped) -> Spread:
    """Return the spread of prices sorted by area, pooled over the areas; flags.spread has the formula."""
    if len(prices.first) == 1:
        return spread_of(prices.x[: int(prices.count[0])])
    return _spread(_gaps(prices))


def spread_of(ordered: NDArray[np.float64]) -> Spread:
    """Return the spread of the counted prices of a single area, rising."""
    return _spread(_gaps_of_one(ordered))


def _spread(gaps: NDArray[np.float64]) -> Spread:
    if not len(gaps):
        return Spread(math.nan, 0)
    gaps.sort()
    return Spread(max(MAD_SCALE * quantile(gaps, 0.5), quantile(gaps, 0.75) / UPPER_QUARTILE_SCALE), len(gaps))


def _gaps(prices: Grouped) -> NDArray[np.float64]:
    """Return how far the logarithm of each counted price lies from its area's median, widened for few prices."""
    logs, count = np.log(prices.x), prices.count[prices.first]
    middle = median_of_rest(logs, prices.first, count, count)[prices.place]
    telling = prices.counted & (prices.count > 1)
    gaps: NDArray[np.float64] = np.abs(logs - middle)[telling] / np.sqrt(1 - 1 / prices.count[telling])
    return gaps


def _gaps_of_one(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `_gaps` of a single area."""
    if len(ordered) < 2:
        return ordered[:0]
    logs: NDArray[np.float64] = np.log(ordered)
    np.subtract(logs, middle_of(logs), out=logs)
    np.abs(logs, out=logs)
    logs /= math.sqrt(1 - 1 / len(logs))
    return logs


def is_middle(n: int, below: int, within: int) -> bool:
    """Say whether the median of `n` values surely lies in a range: `below` of them lie under it, `within` not above it.

    >>> is_middle(4, 1, 3), is_middle(4, 1, 2), is_middle(5, 2, 3), is_middle(0, 0, 0)
    (True, False, True, False)
    """
    return below <= (n - 1) // 2 and n // 2 < within
