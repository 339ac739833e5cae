"""The headline price-volume comparison index (量价比较指数) of pharmacies, drug by drug.

``I_j = Σ_i p_ij q_ij / Σ_i p̄_i q_ij``: what a pharmacy's customers paid, against what the same purchases cost at
the region's volume-weighted average prices p̄. It is a Paasche index against a pseudo-pharmacy "region" and the
first iteration of Geary-Khamis; contributions drug by drug add up to it, and over all pharmacies its mean weighted
by Σ p̄ q is exactly 1.

Known defect, to be disclosed wherever it is printed: it is not proportional. A pharmacy is part of its own
reference, so true differences come out too small, most of all where few pharmacies share the drugs, and a
pharmacy's assortment colours its figure. A like-for-like level belongs beside it.

Sales come as four arrays of shape (n,), one row per pharmacy ("outlet") and drug: two integer codes counting from
zero, the amount in fen and the quantity in packs. `sold.unit_values` makes such rows from raw sales.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.references import Reference, reference_of_rows, reference_prices
from pricecompare.calc.index.sums import ratio, sums
from pricecompare.calc.sold import Codes, Floats, comparable

METHOD_ID = "headline"
METHOD_VERSION = 1


@dataclass(frozen=True, slots=True)
class HeadlineIndex:
    """Arrays of shape (outlets,), place j for outlet code j; 1.0 is the region's average.

    `index` is nan when nothing was compared, `se` when fewer than two drugs were, `coverage` without turnover.
    `turnover` and `cost` are in fen: all sales, and the compared ones at reference prices.
    """

    index: Floats
    n_items: NDArray[np.intp]
    coverage: Floats
    n_eff: Floats
    se: Floats
    largest_weight: Floats
    turnover: Floats
    cost: Floats


@dataclass(frozen=True, slots=True)
class Contributions:
    """The compared drugs of one outlet: weight w, price ratio p/p̄, and what w·(p/p̄ − 1) adds to index − 1."""

    drug: Codes
    weight: Floats
    ratio: Floats
    contribution: Floats


def headline(
    outlet: Codes,
    drug: Codes,
    value: NDArray,
    quantity: NDArray,
    *,
    n_outlets: int | None = None,
    min_others: int = 3,
    error_ratio: float = 5.0,
) -> HeadlineIndex:
    """Return the headline index of every outlet of a region; rows as `unit_values` makes them.

    The reference prices are those of the comparable rows themselves, hence Σ_j D_j I_j = Σ_j D_j, D = `cost`.

    >>> outlet, drug = np.array([0, 1]), np.array([0, 0])
    >>> headline(outlet, drug, np.array([1000, 600]), np.array([100, 50]), min_others=1).index.round(4).tolist()
    [0.9375, 1.125]
    """
    compared = comparable(drug, value, quantity, min_others=min_others, error_ratio=error_ratio)
    n_drugs = int(drug.max(initial=-1)) + 1
    reference = reference_prices(drug[compared], value[compared], quantity[compared], n_drugs)
    return against(outlet, drug, value, quantity, reference, compared=compared, n_outlets=n_outlets)


def headline_of(quotes: Quotes, reference: Reference = "mean") -> HeadlineIndex:
    """Return the headline index of every outlet, `Σ p q / Σ p̄ q`, against a kind of reference price.

    Quotes without a reference (a sole seller's, where the own price is left out) only lower the coverage.
    """
    price = reference_of_rows(quotes, reference)
    there = ~np.isnan(price)
    if there.all():
        return _indices(quotes.outlet, quotes.value, price * quotes.quantity, quotes.turnover)
    cost = price[there] * quotes.quantity[there]
    return _indices(quotes.outlet[there], quotes.value[there], cost, quotes.turnover)


def against(
    outlet: Codes,
    drug: Codes,
    value: NDArray,
    quantity: NDArray,
    reference: Floats,
    *,
    compared: NDArray[np.bool_] | None = None,
    n_outlets: int | None = None,
) -> HeadlineIndex:
    """Return the headline index of outlets against given reference prices, in fen per pack by drug code.

    Rows outside `compared`, and drugs whose reference is nan, only lower the coverage.

    >>> value, quantity = np.array([100000, 60000, 220000]), np.array([100, 20, 400])
    >>> found = against(np.zeros(3, int), np.arange(3), value, quantity, np.array([900.0, 3300.0, 500.0]))
    >>> found.index.round(6).tolist(), found.n_items.tolist(), found.coverage.tolist()
    ([1.067416], [3], [1.0])
    """
    outlets = int(outlet.max(initial=-1)) + 1 if n_outlets is None else n_outlets
    turnover = sums(outlet, value, outlets)
    price = reference[drug]
    enters = ~np.isnan(price) if compared is None else compared & ~np.isnan(price)
    return _indices(outlet[enters], value[enters], price[enters] * quantity[enters], turnover)


def contributions(drug: Codes, value: NDArray, quantity: NDArray, reference: Floats) -> Contributions:
    """Return how each compared drug of one outlet moves its index; the contributions add up to index − 1.

    w_i = p̄_i q_i / Σ p̄ q. Drugs whose reference is nan are left out; the others keep their order.

    >>> value, quantity = np.array([100000, 60000, 220000]), np.array([100, 20, 400])
    >>> found = contributions(np.arange(3), value, quantity, np.array([900.0, 3300.0, 500.0]))
    >>> found.contribution.round(4).tolist(), float(found.contribution.sum().round(6))
    ([0.0281, -0.0169, 0.0562], 0.067416)
    """
    enters = ~np.isnan(reference[drug])
    drug, value, quantity = drug[enters], value[enters], quantity[enters]
    cost = reference[drug] * quantity
    weight, ratio = cost / cost.sum(), value / cost
    return Contributions(drug, weight, ratio, weight * (ratio - 1))


def _indices(outlet: Codes, value: NDArray, cost: Floats, turnover: Floats) -> HeadlineIndex:
    """Return the index and its companions from compared rows only.

    n_eff = 1/Σw², w = cost/D. se = √(n/(n−1) Σ e²) / D, e = v − I·cost: the linearised error of a ratio with the
    drugs as units, as `svyratio` of R's survey package.
    """
    outlets = len(turnover)
    paid, cost_sum = sums(outlet, value, outlets), sums(outlet, cost, outlets)
    index = ratio(paid, cost_sum)
    n_items = np.bincount(outlet, minlength=outlets)
    squares = sums(outlet, (value - index[outlet] * cost) ** 2, outlets)
    largest = np.zeros(outlets)
    np.maximum.at(largest, outlet, cost)
    return HeadlineIndex(
        index=index,
        n_items=n_items,
        coverage=ratio(paid, turnover),
        n_eff=ratio(cost_sum**2, sums(outlet, cost**2, outlets)),
        se=ratio(np.sqrt(squares * ratio(n_items, np.maximum(n_items - 1, 0))), cost_sum),
        largest_weight=ratio(largest, cost_sum),
        turnover=turnover,
        cost=cost_sum,
    )
