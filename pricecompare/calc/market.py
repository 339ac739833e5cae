"""A market: the sellers of one drug in one pooling region, packed as one small array, masked and ranked with numpy.

Layout 1: records of 18 bytes, little-endian, in the order of pharmacy ids, one for each seller.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

LAYOUT = 1

SELLER = np.dtype([("pharmacy", "<i4"), ("fen", "<i4"), ("observed", "<i8"), ("stock", "i1"), ("mark", "i1")])
"""pharmacy id, price in fen, second of observation (UTC), stock (stocked.py), position in MARKS."""

MARKS = ("", "error_high", "error_low", "notice", "high", "very_high", "held")
"""What the abnormal-price rule says of a price, the two errors being probable data errors; a held price was so far from
what others ask when it came that it waits to be confirmed or repeated."""

UNMARKED, ERROR_HIGH, ERROR_LOW, NOTICE, HELD = 0, 1, 2, 3, 6
"""Positions in MARKS; the grades of flags follow each other from NOTICE on."""

FRESH, DOUBTFUL, STALE = 0, 1, 2
"""Tiers of an answer: a price that is old or probably wrong never comes before a sound one."""

Sellers = NDArray[np.void]


def sellers(rows: list[tuple]) -> Sellers:
    """Return `rows` of (pharmacy, fen, observed, stock, held) as sellers no rule has marked, in the order given."""
    return np.array([(*row[:4], HELD if row[4] else UNMARKED) for row in rows], dtype=SELLER)


def packed(these: Sellers) -> bytes:
    """Return sellers as the bytes to store."""
    return these.tobytes()


def unpacked(stored: bytes, *, layout: int = LAYOUT) -> Sellers:
    """Return stored bytes as sellers (read-only); ValueError for a layout this program does not know.

    >>> unpacked(packed(sellers([(7, 1250, 0, 1, 0)])))["fen"].tolist()
    [1250]
    """
    if layout != LAYOUT:
        raise ValueError(f"market layout {layout}, this program reads {LAYOUT}: run pricecompare rebuild")
    return np.frombuffer(stored, SELLER)


_BYTES = np.dtype((np.void, SELLER.itemsize))


def copied(these: Sellers) -> Sellers:
    """Return sellers that can be written to; as bytes they are copied in a seventh of the time of their columns."""
    return these.view(_BYTES).copy().view(SELLER)


def joined(parts: Iterable[Sellers]) -> Sellers:
    """Return the sellers of several markets behind each other, read-only; as bytes, since columns take eight times it.

    >>> joined([sellers([(7, 1250, 0, 1, 0)])] * 2)["pharmacy"].tolist()
    [7, 7]
    """
    return np.frombuffer(b"".join([np.ascontiguousarray(part).data for part in parts]), SELLER)


def merged(old: Sellers, new: Sellers) -> Sellers:
    """Return `old` with each seller of `new` added or put in place; one with 0 fen is taken out.

    Both are in the order of pharmacy ids, each pharmacy once; so is the result.

    >>> old, new = sellers([(1, 100, 0, 0, 0), (2, 200, 0, 0, 0)]), sellers([(2, 0, 0, 0, 0), (3, 300, 0, 0, 0)])
    >>> merged(old, new)["fen"].tolist()
    [100, 300]
    """
    if not len(new) or not len(old):
        return new[new["fen"] > 0] if len(new) else old
    ids = np.ascontiguousarray(old["pharmacy"])
    at = ids.searchsorted(new["pharmacy"])
    known = ids.take(at, mode="clip") == new["pharmacy"]
    both = copied(old)
    both[at[known]] = new[known]
    if not known.all():
        both = np.insert(both, at[~known], new[~known])
    return both if (new["fen"] > 0).all() else both[both["fen"] > 0]


_TIER_OF_MARK = np.array([DOUBTFUL if mark.startswith("error") or mark == "held" else FRESH for mark in MARKS], np.int8)


def tiers(stale: NDArray[np.bool_], mark: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the tier of each price: FRESH, DOUBTFUL or STALE."""
    found = _TIER_OF_MARK[mark]
    found[stale] = STALE
    return found


def best(
    tier: NDArray[np.int8],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    identity: NDArray[np.int32],
    *,
    limit: int,
    after: tuple[int, float, float, int] | None = None,
) -> NDArray[np.intp]:
    """Return the positions of the `limit` lowest by (tier, first, second, identity), in that order.

    Every candidate is ranked before the limit cuts. `after` is the rank of the last one already seen.
    All arrays have shape (n,).

    >>> best(np.zeros(3, np.int8), np.array([3., 1., 2.]), np.zeros(3), np.arange(3, dtype=np.int32), limit=2).tolist()
    [1, 2]
    """
    if after is None and len(tier) <= _FEW * limit:
        return np.lexsort((identity, second, first, tier))[:limit]
    below = None if after is None else _beyond(tier, first, second, identity, after)
    # Rounding cannot turn this order round, so whatever belongs below the cut stays below it.
    rough = np.minimum(first, _HIGHEST) + tier * (2 * _HIGHEST)
    ranked = _lowest(rough, limit) if below is None else below[_lowest(rough[below], limit)]
    return ranked[np.lexsort((identity[ranked], second[ranked], first[ranked], tier[ranked]))][:limit]


def _lowest(values: NDArray[np.float64], limit: int) -> NDArray[np.intp]:
    """Return the positions of the `limit` lowest values and of all that equal the last of them."""
    if limit >= len(values):
        return np.arange(len(values))
    return np.flatnonzero(values <= np.partition(values, limit - 1)[limit - 1])


_FEW = 5
"""Up to how many times as many as are wanted are sorted in less time than the lowest of them take to find."""

_HIGHEST = 1e12
"""More than any price in fen or distance in metres that is not infinite."""


def _beyond(
    tier: NDArray[np.int8],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    identity: NDArray[np.int32],
    last: tuple[int, float, float, int],
) -> NDArray[np.intp]:
    """Return the positions that rank after `last`."""
    later = identity > last[3]
    for column, value in ((second, last[2]), (first, last[1]), (tier, last[0])):
        later = (column > value) | ((column == value) & later)
    return np.flatnonzero(later)
