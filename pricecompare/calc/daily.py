"""Statistics of one drug in a region day by day, made of the spans of days on which each price counted.

How often each price was asked on each day is one table; medians, quartiles and means of all its days are read off it at
once, however many prices there are.
"""

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.flags import Rule

DAY = np.dtype([("n", "<i8"), *((name, "<f8") for name in ("median", "mean", "q1", "q3", "low", "high"))])
"""Statistics of one day, in fen; nan where no price counts. Quartiles are of type 7."""

SHARES = (("low", 0.0), ("q1", 0.25), ("median", 0.5), ("q3", 0.75), ("high", 1.0))

DAYS_AT_ONCE = 64
"""How many days a table has: with twenty thousand different prices it takes some tens of megabytes."""

Array = NDArray[np.void]


def daily(here: Array, elsewhere: Array, *, first: int, days: int, rule: Rule) -> Array:
    """Return the statistics (DAY) of `days` days from the number `first` on, as `on_days` does."""
    return on_days(here, elsewhere, np.arange(first, first + days), rule=rule)


def on_days(here: Array, elsewhere: Array, days: NDArray[np.int64], *, rule: Rule) -> Array:
    """Return the statistics (DAY) of some days, rising numbers of shape (n,), of prices that are sound on each.

    `here` and `elsewhere` are the spans (past.SPAN) of a region and of the rest of its province. What is a probable
    data error on a day, the median of the whole province on that day says.
    """
    pieces = [_block(here, elsewhere, days[at : at + DAYS_AT_ONCE], rule) for at in range(0, len(days), DAYS_AT_ONCE)]
    return np.concatenate([np.zeros(0, DAY), *pieces])


def _block(here: Array, elsewhere: Array, days: NDArray[np.int64], rule: Rule) -> Array:
    ours, theirs = (_within(these[these["held"] == 0], days) for these in (here, elsewhere))
    prices = np.unique(np.concatenate([ours["fen"], theirs["fen"]]))
    asked = _counts(ours, prices, len(days))
    sound = _sound(asked + _counts(theirs, prices, len(days)), prices, rule)
    return _statistics(np.where(sound, asked, 0), prices)


def _within(these: Array, days: NDArray[np.int64]) -> Array:
    """Return the spans that hold any of some days; they start and stop at places among these."""
    start, stop = np.searchsorted(days, these["start"]), np.searchsorted(days, these["stop"])
    there = start < stop
    found = these[there]
    found["start"], found["stop"] = start[there], stop[there]
    return found


def _counts(these: Array, prices: NDArray, days: int) -> NDArray[np.int64]:
    """Return how often each of `prices` was asked on each day, shape (days, prices)."""
    changes = np.zeros((days + 1, len(prices)), np.int64)
    at = np.searchsorted(prices, these["fen"])
    np.add.at(changes, (these["start"], at), 1)
    np.add.at(changes, (these["stop"], at), -1)
    return np.cumsum(changes[:-1], axis=0)


def _sound(counts: NDArray[np.int64], prices: NDArray, rule: Rule) -> NDArray[np.bool_]:
    """Say which prices are no gross errors on each day (flags.gross_errors), shape (days, prices)."""
    middle = _quantiles(np.cumsum(counts, axis=1), prices, 0.5)[:, None]
    wrong = (prices / middle >= rule.error_ratio) | (middle / prices >= rule.error_ratio)
    return ~wrong | (counts.sum(axis=1) < max(rule.error_min_quotes, 1))[:, None]


def _statistics(counts: NDArray[np.int64], prices: NDArray) -> Array:
    found, below = np.zeros(len(counts), DAY), np.cumsum(counts, axis=1)
    found["n"] = counts.sum(axis=1)
    for name, share in SHARES:
        found[name] = _quantiles(below, prices, share)
    total = (counts @ prices.astype(np.int64)).astype(np.float64)
    found["mean"] = np.where(found["n"] > 0, total, np.nan) / np.maximum(found["n"], 1)
    return found


def _quantiles(below: NDArray[np.int64], prices: NDArray, share: float) -> NDArray[np.float64]:
    """Return the type 7 quantile of each day; nan for a day without prices.

    `prices` are rising, `below` says how many of a day's prices are at most each of them, shape (days, prices).

    >>> _quantiles(np.array([[1, 2, 3], [0, 0, 0]]), np.array([10, 20, 40]), 0.75).tolist()
    [30.0, nan]
    """
    if not len(prices):
        return np.full(len(below), np.nan)
    count = below[:, -1]
    position = np.maximum(count - 1, 0) * share
    rank = position.astype(np.int64)
    low, high = _at(below, prices, rank), _at(below, prices, rank + 1)
    return np.where(count > 0, low + (position - rank) * (high - low), np.nan)


def _at(below: NDArray[np.int64], prices: NDArray, rank: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the price at a rank (from 0) of each day; the highest of all beyond the last."""
    return prices[np.minimum((below <= rank[:, None]).sum(axis=1), len(prices) - 1)].astype(np.float64)
