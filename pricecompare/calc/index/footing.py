"""What an outlet's index rests on, whatever the method: how much was compared, and how far it is its own reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.sums import ratio, sums
from pricecompare.calc.sold import Floats

OWN_REFERENCE = 0.5
"""Above this share of a drug's volume in the region, a pharmacy is held mostly against itself."""


@dataclass(frozen=True, slots=True)
class Footing:
    """Arrays of shape (outlets,); shares lie in 0..1 and are nan for an outlet without what they are shares of.

    `n_items` drugs were compared; `n_eff` = 1 / Σ w², w the drugs' weights at the region's average prices, is how
    many drugs of equal weight that amounts to, and `largest_weight` the largest w. `coverage` is the compared part
    of the turnover. `own_reference` and `single_seller` are the parts of the compared turnover in drugs of which the
    outlet sells more than half of the region's volume, and of which nobody else sells any.
    """

    n_items: NDArray[np.intp]
    n_eff: Floats
    largest_weight: Floats
    coverage: Floats
    own_reference: Floats
    single_seller: Floats


def footing(quotes: Quotes) -> Footing:
    """Return what each outlet's index rests on.

    >>> from pricecompare.calc.index.compared import quotes
    >>> outlet, drug, value = np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([90, 10, 30])
    >>> sold = quotes(outlet, drug, value, np.array([9, 1, 1]), min_others=0)
    >>> found = footing(sold)
    >>> found.n_items.tolist(), found.own_reference.tolist(), found.single_seller.tolist(), found.n_eff.tolist()
    ([1, 2], [1.0, 0.75], [0.0, 0.75], [1.0, 1.6])
    """
    outlets = quotes.n_outlets
    regional = sums(quotes.drug, quotes.value, quotes.n_drugs)[quotes.drug] / quotes.packs[quotes.drug]
    cost = regional * quotes.quantity
    total, largest = sums(quotes.outlet, cost, outlets), np.zeros(outlets)
    np.maximum.at(largest, quotes.outlet, cost)
    mostly = quotes.quantity > OWN_REFERENCE * quotes.packs[quotes.drug]
    alone = quotes.sellers[quotes.drug] == 1
    return Footing(
        n_items=np.bincount(quotes.outlet, minlength=outlets),
        n_eff=ratio(total**2, sums(quotes.outlet, cost**2, outlets)),
        largest_weight=ratio(largest, total),
        coverage=ratio(quotes.paid, quotes.turnover),
        own_reference=ratio(sums(quotes.outlet, quotes.value * mostly, outlets), quotes.paid),
        single_seller=ratio(sums(quotes.outlet, quotes.value * alone, outlets), quotes.paid),
    )
