"""Reference prices: what the region pays for a drug, with the outlet's own price among them or left out."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.sums import ratio, sums
from pricecompare.calc.sold import Codes, Floats
from pricecompare.calc.stats import grouped_order, median_of_rest

Reference = Literal[
    "mean", "median", "mode", "geometric", "mean_others", "median_others", "mode_others", "geometric_others"
]
REFERENCES: tuple[Reference, ...] = get_args(Reference)
"""Kinds of reference price; "…_others" leave the outlet's own price out."""


def reference_prices(drug: Codes, value: NDArray, quantity: NDArray, n_drugs: int) -> Floats:
    """Return p̄_i = Σ_j v_ij / Σ_j q_ij, the volume-weighted average price per drug code, nan where none was sold.

    >>> reference_prices(np.array([0, 0, 2]), np.array([1000, 2700, 500]), np.array([1, 3, 1]), 3).tolist()
    [925.0, nan, 500.0]
    """
    return ratio(sums(drug, value, n_drugs), sums(drug, quantity, n_drugs))


def reference_of_rows(quotes: Quotes, kind: Reference) -> Floats:
    """Return the reference price that each quote is held against, shape (n,), in fen per pack; nan where none is left.

    - mean: Σ v / Σ q, weighted by volume; the only kind with which the weighted mean of all indices is exactly 1
    - median, mode, geometric: of the outlets' unit values, one vote each; the mode (众数价) is the most frequent
      unit value in whole fen, halves upwards, the lowest of several
    - …_others: the same over the other outlets, as Σ_k≠j; an index against them is monotone in the own price
    """
    own = not kind.endswith("_others")
    name = kind.removesuffix("_others")
    if not len(quotes.drug):
        return np.zeros(0)
    if kind == "mean":
        return reference_prices(quotes.drug, quotes.value, quotes.quantity, quotes.n_drugs)[quotes.drug]
    if name == "mean":
        value, packs = (_rest(quotes, column, own) for column in (quotes.value, quotes.quantity))
        return ratio(value, packs)
    if name == "geometric":
        logs = _rest(quotes, np.log(quotes.price), own)
        return np.exp(ratio(logs, quotes.sellers[quotes.drug] - (not own)))
    return _median(quotes, own) if name == "median" else _mode(quotes, own)


def _rest(quotes: Quotes, amount: Floats, own: bool) -> Floats:
    """Return for each quote the sum of `amount` over its drug, with or without its own."""
    total = sums(quotes.drug, amount, quotes.n_drugs)[quotes.drug]
    if own:
        return total
    # What rounding leaves of a sole seller's sum is not a price.
    return np.where(quotes.sellers[quotes.drug] > 1, total - amount, 0.0)


def _median(quotes: Quotes, own: bool) -> Floats:
    """Return for each quote the median unit value of its drug, with or without its own."""
    order = grouped_order(quotes.drug, quotes.price)
    drug = quotes.drug[order]
    start = (np.cumsum(quotes.sellers) - quotes.sellers)[drug]
    count = quotes.sellers[drug]
    rank = count if own else np.arange(len(order)) - start
    found = np.empty(len(order))
    found[order] = median_of_rest(quotes.price[order], start, count, rank)
    return found


def _mode(quotes: Quotes, own: bool) -> Floats:
    """Return for each quote the most frequent whole-fen unit value of its drug, with or without its own.

    Without its own, it is the best of two: the most frequent value, once less if it is the own, and the runner-up.
    """
    fen = np.floor(quotes.price + 0.5)
    order = np.lexsort((fen, quotes.drug))
    begins = np.ones(len(order), np.bool_)
    begins[1:] = (np.diff(fen[order]) != 0) | (np.diff(quotes.drug[order]) != 0)
    first = np.flatnonzero(begins)
    times = np.diff(np.append(first, len(order)))
    drug, value = quotes.drug[order][first], fen[order][first]
    best = _places(drug, times, value, quotes.n_drugs)
    winner = best[0][quotes.drug]
    if own:
        return value[winner]
    return _without(fen, value, times, winner, best[1][quotes.drug])


def _places(drug: Codes, times: Codes, value: Floats, drugs: int) -> tuple[Codes, Codes]:
    """Return for each drug the place of the most frequent value and of the runner-up, -1 where there is none."""
    ranked = np.lexsort((value, -times, drug))
    first = np.searchsorted(drug[ranked], np.arange(drugs))
    count = np.bincount(drug, minlength=drugs)
    best, second = (np.where(count > more, ranked.take(first + more, mode="clip"), -1) for more in (0, 1))
    return best, second


def _without(fen: Floats, value: Floats, times: Codes, winner: Codes, second: Codes) -> Floats:
    """Return the mode of the others, given each quote's own value and its drug's winner and runner-up."""
    own = fen == value[winner]
    left = times[winner] - own
    rival = np.where(second >= 0, times[second], 0)
    loses = own & ((rival > left) | ((rival == left) & (value[second] < value[winner])))
    price = np.where(loses, value[second], value[winner])
    return np.where(np.maximum(left, rival) > 0, price, np.nan)
