"""GEKS: the levels that agree best, by least squares, with all bilateral indices that exist.

Minimises Σ ω_jk (ln I_jk − (θ_k − θ_j))² over ordered pairs with a common drug. A pair without one is left out: neither
1 nor what is left of a geometric mean. Source: Gini (1931), Eltetö & Köves (1964), Szulc (1964); for gaps and weights
Rao (2009); equal to R's pricelevels 1.3.0.

Over both orders of a pair only ½ (ln I_jk − ln I_kj) counts, so Laspeyres, Paasche and Fisher give the same levels. For
every formula that is ½ (f_jk − f_kj) with an f that one or two products of dense matrices give for all pairs, and the
right side of the normal equations is half the difference of its sums over columns and rows.
"""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.levels import Logs
from pricecompare.calc.index.pairs import Formula
from pricecompare.calc.index.tables import blocks, dense, table
from pricecompare.calc.sold import Floats
from pricecompare.errors import Invalid

PairWeights = Literal["none", "overlap", "shares"]
PAIR_WEIGHTS: tuple[PairWeights, ...] = get_args(PairWeights)

WIDEST = 12_000
"""Most outlets whose pairs are all looked at; beyond, their number squared is out of reach and of little use."""

Half = Callable[[slice], tuple[Floats, NDArray[np.bool_]]]
"""Given some outlets, f of them as bases against all, zero where no drug is common, and where one is."""


def geks(quotes: Quotes, formula: Formula = "fisher", weights: PairWeights = "none") -> Logs:
    """Return ln level of each outlet of one connected group, adding up to zero.

    ω is 1 ("none"), the number of common drugs ("overlap"), or their mean share of both turnovers,
    Σ_C (s_ij + s_ik) / 2 ("shares"). Raises `Invalid` (too_many_outlets) above 12,000 outlets.
    """
    if quotes.n_outlets > WIDEST:
        raise Invalid("too_many_outlets", field="method", value=quotes.n_outlets, most=WIDEST)
    half, weight = _HALVES[formula](quotes), _weight(quotes, weights)
    right, omega = np.zeros(quotes.n_outlets), []
    for rows in blocks(quotes.n_outlets):
        f, there = half(rows)
        omega.append(there if weight is None else weight(rows))
        f = f if weight is None else f * omega[-1]
        right += f.sum(axis=0) / 2
        right[rows] -= f.sum(axis=1) / 2
    return Logs(_balanced(np.vstack(omega), right))


def _balanced(omega: NDArray, right: Floats) -> Floats:
    """Return θ of (diag(Σ ω) − ω) θ = right, adding up to zero."""
    if omega.dtype == np.bool_ and omega.all():
        return right / len(right)
    matrix = -omega.astype(np.float64)
    np.fill_diagonal(matrix, 0.0)
    of_each = -matrix.sum(axis=1)
    matrix[np.diag_indices(len(right))] = of_each
    matrix += of_each.mean() / len(right) if len(right) > 1 else 1.0
    found = cho_solve(cho_factor(matrix, overwrite_a=True), right)
    return found - found.mean()


def _weight(quotes: Quotes, weights: PairWeights) -> Callable[[slice], Floats] | None:
    """Return the function that gives ω of some outlets against all; None where all pairs weigh the same."""
    if weights == "none":
        return None
    there, share = _sold(quotes), table(quotes, quotes.share)
    whole = dense(there, slice(None))
    if weights == "overlap":
        return lambda rows: whole[rows] @ whole.T
    shares = dense(share, slice(None))
    return lambda rows: (shares[rows] @ whole.T + whole[rows] @ shares.T) / 2


def _fisher(quotes: Quotes) -> Half:
    """f = ln of the Laspeyres index, Q Pᵀ / V Mᵀ with M where something is sold."""
    packs, value = table(quotes, quotes.quantity), table(quotes, quotes.value)
    price, sold = (dense(matrix, slice(None)).T for matrix in (table(quotes, quotes.price), _sold(quotes)))

    def half(rows: slice) -> tuple[Floats, NDArray[np.bool_]]:
        own = dense(value, rows) @ sold
        return _logs(np.divide(dense(packs, rows) @ price, own, out=own, where=own > 0))

    return half


def _walsh(quotes: Quotes) -> Half:
    """f = 2 ln Σ p_k √(q_j q_k), of which the difference over both orders is twice ln of the Walsh index."""
    root = np.sqrt(quotes.quantity)
    packs, priced = table(quotes, root), dense(table(quotes, root * quotes.price), slice(None)).T

    def half(rows: slice) -> tuple[Floats, NDArray[np.bool_]]:
        return _logs((dense(packs, rows) @ priced) ** 2)

    return half


def _tornqvist(quotes: Quotes) -> Half:
    """f = Σ s̃_j ln(p_k / p_j) over the common drugs, (V Lᵀ − (V∘L) Mᵀ) / V Mᵀ with L = ln p."""
    logs = np.log(quotes.price)
    value, valued = table(quotes, quotes.value), table(quotes, quotes.value * logs)
    log, sold = (dense(matrix, slice(None)).T for matrix in (table(quotes, logs), _sold(quotes)))

    def half(rows: slice) -> tuple[Floats, NDArray[np.bool_]]:
        some = dense(value, rows)
        return _quotient(some @ log - dense(valued, rows) @ sold, some @ sold)

    return half


def _jevons(quotes: Quotes) -> Half:
    """f = 2 Σ ln p_k / n over the n common drugs."""
    log = dense(table(quotes, 2 * np.log(quotes.price)), slice(None)).T
    sold = dense(_sold(quotes), slice(None))

    def half(rows: slice) -> tuple[Floats, NDArray[np.bool_]]:
        return _quotient(sold[rows] @ log, sold[rows] @ sold.T)

    return half


_HALVES: dict[Formula, Callable[[Quotes], Half]] = {
    "laspeyres": _fisher,
    "paasche": _fisher,
    "fisher": _fisher,
    "walsh": _walsh,
    "tornqvist": _tornqvist,
    "jevons": _jevons,
}


def _quotient(above: Floats, below: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return above / below, zero where `below` is, and where it is not."""
    there = below > 0
    return np.divide(above, below, out=np.zeros_like(above), where=there), there


def _logs(x: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return ln x, zero where x is, and where it is not; overwrites x."""
    there = x > 0
    return np.log(x, out=x, where=there), there


def _sold(quotes: Quotes) -> csr_array:
    """Return 1 where an outlet sells a drug."""
    return table(quotes, np.ones(len(quotes.value)))
