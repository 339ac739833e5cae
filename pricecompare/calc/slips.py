"""Slips behind probable data errors: a decimal point out of place, a box entered as a piece."""

import math


def likely_factor(ratio: float, pack_count: int | None) -> float | None:
    """Return the usual slip that `ratio`, a data error's multiple of the median, comes nearest to.

    Ten and a hundred are a decimal point, the pack count is a box entered as a piece or a piece as a box.
    None when no slip lies within a factor of 1.6.

    >>> likely_factor(15.4, 24), likely_factor(0.04, 24), likely_factor(5.2, 50)
    (10.0, 0.041666666666666664, None)
    """
    if not ratio > 0:
        return None
    slips = [10.0, 100.0] + ([float(pack_count)] if pack_count and pack_count > 1 else [])
    factors = slips + [1 / slip for slip in slips]
    gaps = [abs(math.log(ratio / factor)) for factor in factors]
    least = min(gaps)
    return factors[gaps.index(least)] if least <= math.log(1.6) else None
