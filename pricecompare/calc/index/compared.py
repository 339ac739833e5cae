"""What an index is made of: one row per pharmacy ("outlet") and drug that are compared in a region and period."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.index.sums import sums
from pricecompare.calc.sold import Codes, Floats, comparable, unit_values


@dataclass(frozen=True, eq=False)
class Quotes:
    """Compared rows, sorted by outlet and then drug, each pair once; arrays of shape (n,).

    Codes count from zero, `value` is in fen and above zero, `quantity` in packs and above zero. `turnover`, shape
    (outlets,), is all that was sold, the drugs that could not be compared too. `n_drugs` is one more than the
    largest drug code.
    """

    outlet: Codes
    drug: Codes
    value: Floats
    quantity: Floats
    turnover: Floats
    n_drugs: int

    @property
    def n_outlets(self) -> int:
        """How many outlets there are, those without a compared row too."""
        return len(self.turnover)

    @cached_property
    def price(self) -> Floats:
        """p_ij: fen per pack, shape (n,)."""
        return self.value / self.quantity

    @cached_property
    def paid(self) -> Floats:
        """E_j = Σ_i v_ij: the compared turnover of each outlet, shape (outlets,)."""
        return sums(self.outlet, self.value, self.n_outlets)

    @cached_property
    def share(self) -> Floats:
        """s_ij = v_ij / E_j: what each row is of its outlet's compared turnover, shape (n,)."""
        return self.value / self.paid[self.outlet]

    @cached_property
    def packs(self) -> Floats:
        """Q_i = Σ_j q_ij: the region's quantity of each drug, shape (drugs,)."""
        return sums(self.drug, self.quantity, self.n_drugs)

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """Where each outlet's rows begin, and after the last where they end, shape (outlets + 1,)."""
        return np.searchsorted(self.outlet, np.arange(self.n_outlets + 1))

    @cached_property
    def sellers(self) -> NDArray[np.intp]:
        """How many outlets have a row of each drug, shape (drugs,)."""
        return np.bincount(self.drug, minlength=self.n_drugs)

    def rows(self, chosen: NDArray[np.bool_]) -> "Quotes":
        """Return the quotes of `chosen` rows only; outlets, drugs and turnover stay as they are."""
        outlet, drug = self.outlet[chosen], self.drug[chosen]
        return Quotes(outlet, drug, self.value[chosen], self.quantity[chosen], self.turnover, self.n_drugs)


def quotes(
    outlet: Codes,
    drug: Codes,
    value: NDArray,
    quantity: NDArray,
    *,
    n_outlets: int | None = None,
    min_others: int = 3,
    error_ratio: float = 5.0,
) -> Quotes:
    """Return what may be compared of raw sales: the way from a database's columns to any index.

    Rows may come in any order and more than once per pair: they are summed, returns net themselves out. Then gross
    errors and drugs with fewer than `min_others` other sellers go (`sold.comparable`); both stay in `turnover`.

    >>> outlet, drug = np.array([1, 0, 1, 0]), np.array([0, 0, 0, 1])
    >>> found = quotes(outlet, drug, np.array([300, 1000, 300, 50]), np.array([25, 100, 25, 1]), min_others=1)
    >>> found.outlet.tolist(), found.price.tolist(), found.turnover.tolist()
    ([0, 1], [10.0, 12.0], [1050.0, 600.0])
    """
    sales = unit_values(outlet, drug, value, quantity)
    outlets = int(outlet.max(initial=-1)) + 1 if n_outlets is None else n_outlets
    compared = comparable(*sales[1:], min_others=min_others, error_ratio=error_ratio)
    turnover = sums(sales.outlet, sales.value, outlets)
    outlet, drug, value, quantity = sales if compared.all() else (column[compared] for column in sales)
    return Quotes(
        outlet.astype(np.int32, copy=False),
        drug.astype(np.int32, copy=False),
        value.astype(np.float64, copy=False),
        quantity.astype(np.float64, copy=False),
        turnover,
        int(drug.max(initial=-1)) + 1,
    )


def coded(ids: NDArray[np.integer]) -> tuple[NDArray[np.integer], NDArray[np.int32]]:
    """Return the ids there are, rising, and for each row the place of its id among them.

    As `np.unique` with its inverse, but for the dense ids of a database in one pass instead of a sort.

    >>> [column.tolist() for column in coded(np.array([70, 12, 70]))]
    [[12, 70], [1, 0, 1]]
    """
    if not len(ids) or int(ids.min()) < 0 or int(ids.max()) > 16 * len(ids) + (1 << 20):
        known, place = np.unique(ids, return_inverse=True)
        return known, place.astype(np.int32)
    there = np.zeros(int(ids.max()) + 1, np.bool_)
    there[ids] = True
    return np.flatnonzero(there), (np.cumsum(there, dtype=np.int32) - 1)[ids]
