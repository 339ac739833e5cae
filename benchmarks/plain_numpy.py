"""The index as a plain numpy program writes it: whole dense tables, no errors, no gaps in pairs, no groups."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.sales import Columns

Floats = NDArray[np.float64]


class Tables:
    """Prices, quantities and values, zero for gaps, shape (outlets, drugs), and 1 where something is sold."""

    def __init__(self, columns: Columns) -> None:
        shape = int(columns.outlet.max()) + 1, int(columns.drug.max()) + 1
        self.p, self.q, self.v = (np.zeros(shape) for _ in range(3))
        at = columns.outlet, columns.drug
        self.q[at], self.v[at] = columns.quantity, columns.value
        self.p[at] = columns.value / columns.quantity
        self.m = (self.q > 0).astype(np.float64)


def headline(t: Tables) -> Floats:
    """Return Σ p q / Σ p̄ q."""
    average = t.v.sum(axis=0) / t.q.sum(axis=0)
    return t.v.sum(axis=1) / (t.q @ average)


def geary_khamis(t: Tables) -> Floats:
    """Return Geary-Khamis levels to 1e-10."""
    paid, packs = t.v.sum(axis=1), t.q.sum(axis=0)
    level = np.ones(len(paid))
    while True:
        new = paid / (t.q @ ((1 / level) @ t.v / packs))
        if np.abs(new / level - 1).max() < 1e-10:
            return new
        level = new


def cpd_weighted(t: Tables) -> Floats:
    """Return weighted CPD levels, geometric mean 1, without standard errors."""
    share = t.v / t.v.sum(axis=1)[:, None]
    total = share.sum(axis=0)
    logs = share * np.log(np.where(t.m > 0, t.p, 1.0))
    matrix = np.eye(len(share)) - (share / total) @ share.T
    right = logs.sum(axis=1) - share @ (logs.sum(axis=0) / total)
    theta = np.linalg.solve(matrix + 1 / len(share), right)
    return np.exp(theta - theta.mean())


def geks_fisher(t: Tables) -> Floats:
    """Return GEKS-Fisher levels where every pair has a common drug, geometric mean 1."""
    laspeyres = (t.q @ t.p.T) / (t.v @ t.m.T)
    theta = np.log(np.sqrt(laspeyres / laspeyres.T)).mean(axis=0)
    return np.exp(theta)


METHODS = {
    "headline": headline,
    "geary_khamis": geary_khamis,
    "cpd_weighted": cpd_weighted,
    "geks_fisher": geks_fisher,
}
