"""Small tables as bytes to store: column after column, deflated, each layout with its number.

Layout 1 of quotes is timeline.SAID, of effects EFFECT, of totals TOTAL. A column is written as the differences of
neighbours modulo its size, which makes ids and instants nearly constant: a pharmacy's list takes some four bytes a row.
"""

import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.timeline import SAID

LAYOUT = 1

EFFECT = np.dtype(
    [("drug", "<i4"), ("what", "i1"), ("fen", "<i4"), ("before", "<i4"), ("observed", "<i8"), ("stock", "i1"),
     ("held", "i1")]
)  # fmt: skip
"""What became of one offer: drug id, position in EFFECTS, fen after (0: gone) and before (0: none), when it was last
stated, stock (stocked.py), whether it is held."""

EFFECTS = ("new", "changed", "gone", "seen", "late")
"""A new offer, another price, off the list, the same price stated or in stock anew, something new about the past."""

NEW, CHANGED, GONE, SEEN, LATE = range(len(EFFECTS))

TOTAL = np.dtype([("drug", "<i4"), ("quantity", "<f8"), ("amount_fen", "<i8")])
"""What was sold of a drug: drug id, packs, fen."""

SOLD = np.dtype([("pharmacy", "<i4"), ("drug", "<i4"), ("quantity", "<f8"), ("amount", "<i8")])
"""What a pharmacy sold of a drug in a month, net of returns: ids, packs, fen."""

Table = NDArray[np.void]


def packed(table: Table) -> bytes:
    """Return a table as the bytes to store."""
    return next(packed_pieces(table, [0], [len(table)]))


def packed_pieces(table: Table, starts: Sequence[int], ends: Sequence[int]) -> Iterator[bytes]:
    """Yield pieces of a table, each `packed` as a table of its own: many small ones at a time cost half.

    Pieces start one behind the other and do not overlap; empty ones are allowed.
    """
    first = [start for start, end in zip(starts, ends, strict=True) if start < end]
    columns = [_differences(table[name], first) for name in table.dtype.names or ()]
    for start, end in zip(starts, ends, strict=True):
        yield zlib.compress(b"".join([column[start:end].data for column in columns]), level=1)


def unpacked(stored: bytes, dtype: np.dtype = SAID, *, layout: int = LAYOUT) -> Table:
    """Return stored bytes as a table; ValueError for a layout this program does not know.

    >>> unpacked(packed(np.array([(7, 1250, 86400, 1, 0), (9, 80, 86400, 0, 1)], SAID))).tolist()
    [(7, 1250, 86400, 1, 0), (9, 80, 86400, 0, 1)]
    """
    if layout != LAYOUT:
        raise ValueError(f"layout {layout} of a list, this program reads {LAYOUT}")
    plain = zlib.decompress(stored)
    table = np.zeros(len(plain) // dtype.itemsize, dtype)
    at = 0
    for name in dtype.names or ():
        size = dtype[name].itemsize
        differences = np.frombuffer(plain, _unsigned(size), len(table), at)
        table[name] = np.cumsum(differences, dtype=_unsigned(size)).view(dtype[name])
        at += size * len(table)
    return table


def _differences(column: NDArray, starts: list[int]) -> NDArray:
    """Return each value less the one before it, and as it is where a piece starts."""
    plain = np.ascontiguousarray(column).view(_unsigned(column.dtype.itemsize))
    found = plain.copy()
    found[1:] -= plain[:-1]
    found[starts] = plain[starts]
    return found


def _unsigned(size: int) -> np.dtype:
    return np.dtype(f"<u{size}")
