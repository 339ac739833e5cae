"""What each pharmacy asks for anything of a group of drugs: one vote, on the scale of one pack.

Packs and makers are brought to one scale by calc/packs.py before. A pharmacy with ten packs of a group has no more say
in what is usual than one with a single pack: its vote is the median of its sound prices.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.stats import grouped, median_of_rest


class Votes(NamedTuple):
    """One vote of each pharmacy (rising ids) in fen, its area, and whether it has none: no price of it is sound."""

    pharmacy: NDArray[np.int64]
    fen: NDArray[np.float64]
    area: NDArray[np.int64]
    aside: NDArray[np.bool_]


def votes(
    fen: NDArray[np.float64], pharmacy: NDArray[np.integer], area: NDArray[np.integer], sound: NDArray[np.bool_]
) -> Votes:
    """Return the vote of each pharmacy from its prices, all of shape (n,); one without `sound` prices is aside.

    >>> fen, sound = np.array([9.0, 5.0, 7.0, 4.0]), np.array([True, True, True, False])
    >>> found = votes(fen, np.array([1, 2, 2, 3]), np.zeros(4, int), sound)
    >>> found.fen.tolist(), found.aside.tolist()
    ([9.0, 6.0, 4.0], [False, False, True])
    """
    ids, first, which = np.unique(pharmacy, return_index=True, return_inverse=True)
    if not len(ids):
        return Votes(ids.astype(np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, bool))
    these = grouped(fen, which, sound)
    start, count = these.start[these.first], these.count[these.first]
    middle = median_of_rest(these.x, start, count, count)
    return Votes(
        ids.astype(np.int64),
        np.where(count > 0, middle, these.x[these.first]),
        area[first].astype(np.int64),
        count == 0,
    )
