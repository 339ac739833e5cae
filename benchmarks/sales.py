"""Invented sales of a region of which the true levels are known, as they come out of a database: sorted columns."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVELS, SCATTER, VOLUMES = 0.085, 0.10, 1.0
"""Standard deviations of logarithms: of the pharmacies' levels, of a price around them, of a quantity."""


class Columns(NamedTuple):
    """One row per pharmacy and drug, sorted by both: codes, amount in fen, packs."""

    outlet: NDArray[np.int32]
    drug: NDArray[np.int32]
    value: NDArray[np.float64]
    quantity: NDArray[np.float64]


def region(outlets: int, drugs: int, filled: float, seed: int = 7) -> Columns:
    """Return the sales of a region in which each pharmacy sells a drug with the chance `filled`."""
    rng = np.random.default_rng(seed)
    usual = np.exp(rng.normal(np.log(2500), 0.9, drugs))
    level = np.exp(LEVELS * rng.standard_normal(outlets))
    counts = rng.binomial(drugs, filled, outlets)
    ends = np.concatenate([[0], np.cumsum(counts)])
    found = Columns(np.repeat(np.arange(outlets, dtype=np.int32), counts), *_empty(int(ends[-1])))
    for at in range(outlets):
        rows = slice(ends[at], ends[at + 1])
        n = counts[at]
        found.drug[rows] = np.sort(rng.choice(drugs, n, replace=False))
        price = usual[found.drug[rows]] * level[at] * np.exp(SCATTER * rng.standard_normal(n))
        found.quantity[rows] = np.ceil(np.exp(VOLUMES * rng.standard_normal(n) + 1.5))
        found.value[rows] = np.rint(price * found.quantity[rows])
    return found


def _empty(rows: int) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    return np.empty(rows, np.int32), np.empty(rows), np.empty(rows)
