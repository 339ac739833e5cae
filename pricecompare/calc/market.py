"""A market: the sellers of one drug in one pooling region, packed as one small array, masked and ranked with numpy.

Layout 1: records of 18 bytes, little-endian, in the order of pharmacy ids, one for each seller.
"""

import numpy as np
from numpy.typing import NDArray

LAYOUT = 1

SELLER = np.dtype([("pharmacy", "<i4"), ("fen", "<i4"), ("observed", "<i8"), ("stock", "i1"), ("mark", "i1")])
"""pharmacy id, price in fen, second of observation (UTC), position in models.STOCKS, position in MARKS."""

MARKS = ("", "error_high", "error_low", "notice", "high", "very_high")
"""What the abnormal-price rule says of a price; the two errors are probable data errors."""

FRESH, DOUBTFUL, STALE = 0, 1, 2
"""Tiers of an answer: a price that is old or probably wrong never comes before a sound one."""

Sellers = NDArray[np.void]


def sellers(rows: list[tuple]) -> Sellers:
    """Return `rows` of (pharmacy, fen, observed, stock) as unmarked sellers, in the order given."""
    return np.array([(*row, 0) for row in rows], dtype=SELLER)


def packed(these: Sellers) -> bytes:
    """Return sellers as the bytes to store."""
    return these.tobytes()


def unpacked(stored: bytes, *, layout: int = LAYOUT) -> Sellers:
    """Return stored bytes as sellers (read-only); ValueError for a layout this program does not know.

    >>> unpacked(packed(sellers([(7, 1250, 0, 1)])))["fen"].tolist()
    [1250]
    """
    if layout != LAYOUT:
        raise ValueError(f"market layout {layout}, this program reads {LAYOUT}: run pricecompare rebuild")
    return np.frombuffer(stored, SELLER)


def merged(old: Sellers, new: Sellers) -> Sellers:
    """Return `old` with each seller of `new` added or put in place; one with 0 fen is taken out.

    Both are in the order of pharmacy ids, each pharmacy once; so is the result.

    >>> merged(sellers([(1, 100, 0, 0), (2, 200, 0, 0)]), sellers([(2, 0, 0, 0), (3, 300, 0, 0)]))["fen"].tolist()
    [100, 300]
    """
    kept = old[~np.isin(old["pharmacy"], new["pharmacy"], assume_unique=True)]
    both = np.concatenate([kept, new[new["fen"] > 0]])
    return both[np.argsort(both["pharmacy"], kind="stable")]


def tiers(stale: NDArray[np.bool_], mark: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the tier of each price: FRESH, DOUBTFUL or STALE."""
    doubtful = (mark == 1) | (mark == 2)
    return np.where(stale, STALE, np.where(doubtful, DOUBTFUL, FRESH)).astype(np.int8)


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
    found: list[NDArray[np.intp]] = []
    for number in range(after[0] if after else FRESH, STALE + 1):
        here = np.flatnonzero(tier == number)
        if after and after[0] == number:
            here = here[_beyond(first[here], second[here], identity[here], after[1:])]
        found.append(_lowest(here, first, second, identity, limit - sum(map(len, found))))
    return np.concatenate(found)


def _beyond(
    first: NDArray[np.float64], second: NDArray[np.float64], identity: NDArray[np.int32], last: tuple[float, float, int]
) -> NDArray[np.bool_]:
    """Say which ranks come after `last`."""
    later = (second > last[1]) | ((second == last[1]) & (identity > last[2]))
    return (first > last[0]) | ((first == last[0]) & later)


def _lowest(
    here: NDArray[np.intp],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    identity: NDArray[np.int32],
    limit: int,
) -> NDArray[np.intp]:
    """Return the `limit` lowest of the positions `here`: a partition finds the cut, only what is below it is sorted."""
    if 0 < limit < len(here):
        keys = first[here]
        here = here[keys <= np.partition(keys, limit - 1)[limit - 1]]
    return here[np.lexsort((identity[here], second[here], first[here]))][: max(limit, 0)]
