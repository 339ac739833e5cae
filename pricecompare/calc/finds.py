"""What a query found, in order: one number for each entry, so that ranking, pages and groups are array operations."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.intp]

_SELLERS, _RANK, _POSITION = 22, 17, 20
"""Bits of the parts of a key under the grade: the most sellers, ranks and entries that are told apart."""


class Hits(NamedTuple):
    """Entries that a query found: positions, grades (lower is better), ranks in a grade, the field of each hit."""

    positions: Positions
    grades: NDArray[np.int32]
    ranks: NDArray[np.int32]
    fields: NDArray[np.int32]


NOTHING = Hits(np.zeros(0, np.intp), *(np.zeros(0, np.int32) for _ in Hits._fields[1:]))


class Finds:
    """Hits in order: grade, then most sellers, then rank, then position.

    >>> hits = Hits(*map(np.array, ([0, 1, 2], [1, 0, 1], [5, 7, 9], [4, 5, 4])))
    >>> Finds(hits, np.array([1, 1, 8])).positions.tolist()
    [1, 2, 0]
    """

    def __init__(self, hits: Hits, sellers: NDArray[np.int64]):
        keys = _keys(hits, sellers)
        order = np.argsort(keys)
        self.keys, self.positions, self.fields = keys[order], hits.positions[order], hits.fields[order]

    def __len__(self) -> int:
        return len(self.keys)

    def kept(self, these: NDArray[np.bool_] | slice) -> "Finds":
        """Return some of the finds, in the same order."""
        some = object.__new__(Finds)
        some.keys, some.positions, some.fields = self.keys[these], self.positions[these], self.fields[these]
        return some

    def heads(self, groups: NDArray[np.intp]) -> "Finds":
        """Return the best of each group; `groups` is by position."""
        these = groups[self.positions]
        firsts = np.zeros(int(these.max(initial=-1)) + 1, np.intp)
        # Later assignments win, so in reverse the first of a group does.
        firsts[these[::-1]] = np.arange(len(these))[::-1]
        return self.kept(firsts[these] == np.arange(len(these)))

    def after(self, key: int | None) -> int:
        """Return where the page behind the find with that key begins."""
        return 0 if key is None else int(np.searchsorted(self.keys, key, side="right"))


def _keys(hits: Hits, sellers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for each hit: grade, sellers (more is less), rank, position."""
    most, last = (1 << _SELLERS) - 1, (1 << _RANK) - 1
    keys = hits.grades.astype(np.int64) << _SELLERS | most - np.minimum(sellers[hits.positions], most)
    return (keys << _RANK | np.minimum(hits.ranks, last).astype(np.int64)) << _POSITION | hits.positions
