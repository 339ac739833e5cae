"""What a price is compared with: median and mean of the other prices of its area, or of a wider one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.stats import Grouped, grouped, others

LOCAL, WIDER, NOT_ASSESSED = 0, 1, -1
"""Where the reference of a price comes from: its own area, the wide area, nowhere."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Median, sum and number of the prices each price is compared with, and where they come from."""

    median: NDArray[np.float64]
    total: NDArray[np.float64]
    count: NDArray[np.intp]
    area: NDArray[np.int8]


def compared(
    price: NDArray[np.float64], by_area: Grouped, clean: NDArray[np.bool_], by_value: NDArray[np.intp], least: int
) -> Reference:
    """Return what each price is compared with: its own area, or the wide area where that has under `least` others.

    Only `clean` prices are compared with; `by_value` are the positions of rising prices.
    """
    local = others(by_area)
    short = local.count < least
    everywhere = np.zeros(len(short), np.int8)
    if not short.any():
        return Reference(local.median, local.total, local.count, everywhere)
    wide = others(grouped(price, everywhere, clean, by_value))
    count = np.where(short, wide.count, local.count)
    enough = count >= least
    return Reference(
        np.where(enough, np.where(short, wide.median, local.median), np.nan),
        np.where(enough, np.where(short, wide.total, local.total), np.nan),
        count,
        np.where(enough, np.where(short, WIDER, LOCAL), NOT_ASSESSED).astype(np.int8),
    )


def against_mean(price: NDArray, total: NDArray, count: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of `count` others that come to `total` fen, and the multiple of it that each price is."""
    # price · count / total, not price / mean: exact for whole fen, so that exactly 1.3 times is 1.3.
    return total / np.maximum(count, 1), price * count / total


def distance(ratio_median: NDArray, scale: float | NDArray, count: NDArray) -> NDArray[np.float64]:
    """Return z: how many of the drug's shrunk spreads (`scale`) a price lies above the median of `count` others."""
    return np.log(ratio_median) / (scale * np.sqrt(1 + 1.57 / np.maximum(count, 1)))
