"""Bilateral indices: one outlet against another over the drugs C_jk that both sell, base j; without any, missing.

Laspeyres Σ p_k q_j / Σ p_j q_j; Paasche Σ p_k q_k / Σ p_j q_k; Fisher √(L P); Walsh Σ p_k √(q_j q_k) over
Σ p_j √(q_j q_k); Törnqvist exp Σ ½ (s̃_j + s̃_k) ln(p_k / p_j), shares s̃ of the turnover in C_jk; Jevons the geometric
mean of p_k / p_j.
Source: ILO et al. (2020), Consumer Price Index Manual; equal to R's pricelevels 1.3.0 and gpindex 0.6.3.
"""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.sums import ratio, sums
from pricecompare.calc.sold import Floats

Formula = Literal["laspeyres", "paasche", "fisher", "tornqvist", "walsh", "jevons"]
FORMULAS: tuple[Formula, ...] = get_args(Formula)


class Matched:
    """The rows of all outlets whose drug the base sells too: own price p and quantity q, the base's p0 and q0."""

    def __init__(self, quotes: Quotes, base: int) -> None:
        own = slice(int(quotes.ends[base]), int(quotes.ends[base + 1]))
        price, packs = np.full(quotes.n_drugs, np.nan), np.zeros(quotes.n_drugs)
        price[quotes.drug[own]], packs[quotes.drug[own]] = quotes.price[own], quotes.quantity[own]
        both = packs[quotes.drug] > 0
        self.outlet, self.outlets = quotes.outlet[both], quotes.n_outlets
        self.p, self.q = quotes.price[both], quotes.quantity[both]
        self.p0, self.q0 = price[quotes.drug[both]], packs[quotes.drug[both]]

    def quotient(self, packs: Floats) -> Floats:
        """Return Σ p · packs / Σ p0 · packs for each outlet."""
        return ratio(self.sum(self.p * packs), self.sum(self.p0 * packs))

    def mean_log(self, weight: Floats) -> Floats:
        """Return the mean of ln(p / p0) for each outlet, weighted."""
        return ratio(self.sum(weight * np.log(self.p / self.p0)), self.sum(weight))

    def sum(self, amount: Floats) -> Floats:
        """Return the sum over the rows of each outlet."""
        return sums(self.outlet, amount, self.outlets)


_OF_PAIR: dict[Formula, Callable[[Matched], Floats]] = {
    "laspeyres": lambda both: both.quotient(both.q0),
    "paasche": lambda both: both.quotient(both.q),
    "fisher": lambda both: np.sqrt(both.quotient(both.q0) * both.quotient(both.q)),
    "tornqvist": lambda both: np.exp((both.mean_log(both.p * both.q) + both.mean_log(both.p0 * both.q0)) / 2),
    "walsh": lambda both: both.quotient(np.sqrt(both.q0 * both.q)),
    "jevons": lambda both: np.exp(both.mean_log(np.ones(len(both.p)))),
}


def bilateral(quotes: Quotes, base: int, formula: Formula) -> Floats:
    """Return how dear each outlet is against the outlet `base`, shape (outlets,); nan without a common drug.

    >>> from pricecompare.calc.index.compared import quotes
    >>> value, packs = np.array([10, 24, 5]), np.array([1, 2, 1])
    >>> sold = quotes(np.arange(3), np.array([0, 0, 1]), value, packs, min_others=0)
    >>> bilateral(sold, 0, "fisher").round(6).tolist()
    [1.0, 1.2, nan]
    """
    return _OF_PAIR[formula](Matched(quotes, base))
