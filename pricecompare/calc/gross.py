"""Prices too high or too low to be meant: told apart before anything is compared."""

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.placeholders import RATIO, placeholders
from pricecompare.calc.stats import quantile


def errors_against(
    fen: NDArray, counted: NDArray, *, ratio: float, least: int, by_value: NDArray[np.intp] | None = None
) -> NDArray[np.int8]:
    """Return gross errors against the median of the `counted` prices, which rise; none against fewer than `least`.

    1 is at least `ratio` times that median, −1 at most that part of it, 0 neither; one digit over and over is
    wrong sooner. `by_value` are the positions that sort `fen`, where they are known already.
    """
    found = np.zeros(len(fen), np.int8)
    if len(counted) < max(least, 1):
        return found
    middle = quantile(counted, 0.5)
    if by_value is None:
        return _errors(fen, middle, ratio)
    # Only the lowest and the highest are looked at closely, from a little nearer than any error lies.
    ordered, near = fen[by_value], min(ratio, RATIO) * (1 - 1e-9)
    low, high = ordered.searchsorted((middle / near, middle * near)).tolist()
    if low or high < len(fen):
        far = np.concatenate([by_value[:low], by_value[max(low, high) :]])
        found[far] = _errors(fen[far], middle, ratio)
    return found


def _errors(fen: NDArray, middle: float, ratio: float) -> NDArray[np.int8]:
    error = (fen / middle >= ratio).astype(np.int8) - (middle / fen >= ratio)
    if len(none := placeholders(fen, middle)):
        error[none] = np.where(fen[none] > middle, 1, -1)
    return error
