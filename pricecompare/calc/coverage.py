"""Whether a few pharmacies together sell all drugs of a basket but some: sets of drugs as bits of one number."""

import numpy as np
from numpy.typing import NDArray

Masks = NDArray[np.uint64]


def masks_of(sold: NDArray[np.bool_]) -> Masks:
    """Return for each column of `sold` (rows, columns; at most 64 rows) which rows it has, row i as bit i.

    >>> masks_of(np.array([[True, False], [True, True]])).tolist()
    [3, 2]
    """
    bits = np.uint64(1) << np.arange(len(sold), dtype=np.uint64)
    return (sold * bits[:, None]).sum(axis=0, dtype=np.uint64)


def covering(masks: Masks, count: int, *, wanted: int, spare: int) -> tuple[int, ...] | None:
    """Return at most `count` positions in `masks` that together have all bits of `wanted` but at most `spare`.

    None when there are none: every choice that could do it has been ruled out. The bit that fewest have is branched
    on: one of the chosen has it, or it is one of those left out.

    >>> covering(np.array([1, 2, 4], np.uint64), 2, wanted=7, spare=1)
    (0, 1)
    >>> covering(np.array([1, 2, 4], np.uint64), 2, wanted=7, spare=0) is None
    True
    """
    need = wanted.bit_count() - spare
    if need <= 0:
        return ()
    left = masks & np.uint64(wanted)
    counts = np.bitwise_count(left)
    if count == 1:
        at = int(counts.argmax()) if len(counts) else 0
        return (at,) if len(counts) and counts[at] >= need else None
    _, first = np.unique(left, return_index=True)
    first = first[np.argsort(-counts[first].astype(int), kind="stable")]
    return _branched(left[first], first, count, wanted, spare)


def _branched(left: Masks, at: NDArray[np.intp], count: int, wanted: int, spare: int) -> tuple[int, ...] | None:
    """Return what `covering` does for different masks, those with most bits first, which stand at `at`."""
    need = wanted.bit_count() - spare
    counts = np.bitwise_count(left).astype(int)
    others = int(counts[: count - 1].sum())
    if counts[:count].sum() < need:
        return None
    bits = [1 << place for place in range(wanted.bit_length()) if wanted >> place & 1]
    scarce = min(bits, key=lambda bit: int(np.count_nonzero(left & np.uint64(bit))))
    has = (left & np.uint64(scarce)) > 0
    for one in np.flatnonzero(has & (counts + others >= need)).tolist():
        rest = covering(left, count - 1, wanted=wanted & ~int(left[one]), spare=spare)
        if rest is not None:
            return (int(at[one]), *(int(at[other]) for other in rest))
    if spare == 0:
        return None
    return _branched(left[~has], at[~has], count, wanted & ~scarce, spare - 1)
