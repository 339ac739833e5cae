"""How often is too often: the generic cell rate algorithm (ITU-T I.371), which keeps one number for each caller."""

import math
from typing import NamedTuple


class Pace(NamedTuple):
    """What a caller may ask for: so many units at once, and as many again within so many seconds."""

    most: int
    seconds: int


class Verdict(NamedTuple):
    """Whether a caller was let in (`wait` is 0.0) or in how many seconds that will be.

    `left` units could be asked for at once now; all of them can from the second `full_at` on, the number to keep.
    """

    full_at: float
    left: int
    wait: float


def asked(pace: Pace, full_at: float, now: float, cost: int) -> Verdict:
    """Return what becomes of a question that costs so many units; what is refused costs nothing.

    A question that costs more than all of a pace costs all of it.

    >>> asked(Pace(2, 60), 0.0, 100.0, 1)
    Verdict(full_at=130.0, left=1, wait=0.0)
    >>> asked(Pace(2, 60), 160.0, 100.0, 1)
    Verdict(full_at=160.0, left=0, wait=30.0)
    """
    each = pace.seconds / pace.most
    # What was kept under another pace may lie further ahead than this one ever goes.
    begin = min(max(full_at, now), now + pace.seconds)
    after = begin + min(cost, pace.most) * each
    over = after - now - pace.seconds
    # A millionth of a unit is what is lost in adding up.
    late = over > each * 1e-6
    kept = begin if late else after
    left = max(math.floor((now + pace.seconds - kept) / each + 1e-6), 0)
    return Verdict(kept, left, over if late else 0.0)
