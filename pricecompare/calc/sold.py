"""Sales made fit for an index: unit values per pharmacy ("outlet") and drug, and which of them may be compared."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.stats import grouped_order, median_of_rest

Codes = NDArray[np.integer]
Floats = NDArray[np.float64]

ERROR_MIN_OUTLETS = 5
"""Sellers a drug needs before one of them can be called a gross error."""


class Sales(NamedTuple):
    """One row per outlet and drug, sorted by both: codes, amount in fen, quantity in packs."""

    outlet: Codes
    drug: Codes
    value: NDArray
    quantity: NDArray


def unit_values(outlet: Codes, drug: Codes, value: NDArray, quantity: NDArray) -> Sales:
    """Return raw sales rows summed per outlet and drug; returns are rows below zero and net themselves out.

    Pairs whose amount or quantity does not remain above zero are dropped: they have no price.

    >>> sales = unit_values(np.array([0, 0, 0]), np.array([4, 4, 7]), np.array([500, -100, 0]), np.array([5, -1, 2]))
    >>> [column.tolist() for column in sales]
    [[0], [4], [400], [4]]
    """
    if not len(drug):
        return Sales(outlet, drug, value, quantity)
    key = outlet.astype(np.int64) * (int(drug.max()) + 1) + drug
    if (np.diff(key) > 0).all():
        # As a database gives them: nothing to sort or to sum.
        sales, sold = Sales(outlet, drug, value, quantity), (value > 0) & (quantity > 0)
        return sales if sold.all() else Sales(*(column[sold] for column in sales))
    order = np.argsort(key)
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    value, quantity = (np.add.reduceat(column[order], first) for column in (value, quantity))
    sold = (value > 0) & (quantity > 0)
    place = order[first[sold]]
    return Sales(outlet[place], drug[place], value[sold], quantity[sold])


def comparable(
    drug: Codes, value: NDArray, quantity: NDArray, *, min_others: int = 3, error_ratio: float = 5.0
) -> NDArray[np.bool_]:
    """Say of each row, shape (n,), whether it may enter the index.

    Gross errors go first: unit values of at least `error_ratio` times the drug's median unit value, or at most
    that part of it, among at least five sellers. Then a drug needs `min_others` other sellers besides each one:
    a drug with one seller has a ratio of exactly 1 and would drag its index towards the average.

    >>> comparable(np.zeros(6, int), np.array([10, 11, 12, 9, 10, 60]), np.ones(6, int)).tolist()
    [True, True, True, True, True, False]
    """
    if not len(drug):
        return np.zeros(0, np.bool_)
    clean = ~gross_errors(drug, value / quantity, error_ratio)
    sellers = np.bincount(drug, clean)
    return clean & (sellers > min_others)[drug]


def gross_errors(drug: Codes, price: Floats, ratio: float) -> NDArray[np.bool_]:
    """Say of each unit value whether it is out of all proportion to its drug's median."""
    if math.isinf(ratio):
        return np.zeros(len(drug), np.bool_)
    median, sellers = median_unit_values(drug, price)
    return is_gross(price, median[drug], sellers[drug], ratio)


def median_unit_values(drug: Codes, price: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the median unit value and the number of sellers of each drug code, in the unit of `price`.

    >>> [column.tolist() for column in median_unit_values(np.array([0, 0, 1]), np.array([10.0, 30.0, 7.0]))]
    [[20.0, 7.0], [2, 1]]
    """
    sellers = np.bincount(drug)
    ordered = price[grouped_order(drug, price)]
    return median_of_rest(ordered, np.cumsum(sellers) - sellers, sellers, sellers), sellers


def is_gross(price: Floats, median: Floats, sellers: NDArray[np.integer], ratio: float = 5.0) -> NDArray[np.bool_]:
    """Say of each price whether it is `ratio` times the median of enough sellers or more, or that part or less."""
    return ((price / median >= ratio) | (median / price >= ratio)) & (sellers >= ERROR_MIN_OUTLETS)
