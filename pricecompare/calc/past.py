"""What was asked in the past: steps of one drug's prices as terms, what was listed at an instant, and on which days.

All of it follows from three things: the steps (calc/timeline.py), when the prices that hold now were last stated, and
the runs of full lists. Within a step a price was never out of sight for over `max_age` days, nor was a list within a
run: so that at every instant between the first and the last time it was seen a price counts as just seen.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.days import day_number
from pricecompare.calc.market import Sellers

TERM = np.dtype(
    [("pharmacy", "<i4"), ("since", "<i8"), ("until", "<i8"), ("seen", "<i8"), ("fen", "<i4"), ("stock", "i1"),
     ("held", "i1")]
)  # fmt: skip
"""A price and how long it held: the second it began and the one before which it ended (STILL for none), when it was
last stated by itself, stock (stocked.py) as far as it is known, whether it is held."""

RUN = np.dtype([("pharmacy", "<i4"), ("since", "<i8"), ("until", "<i8")])
"""First and last second of full lists that followed each other closely enough, by pharmacy and time."""

SPAN = np.dtype([("start", "<i8"), ("stop", "<i8"), ("fen", "<i4"), ("held", "i1")])
"""Numbers of the days from which on, and before which, a price was listed and fresh."""

STILL = 1 << 61
"""Later than any instant."""

Array = NDArray[np.void]


def terms(steps: list[tuple], live: Sellers) -> Array:
    """Return the TERMs of one drug in a region, by pharmacy and time, without the times in which it was off the list.

    `steps` are (pharmacy, since, fen, seen before or None, held, upload), `live` is who sells it now, all by pharmacy.
    """
    rows = [(*step[:3], -1 if step[3] is None else step[3], step[4]) for step in steps]
    pharmacy, since, fen, before, held = np.array(rows, np.int64).reshape(-1, 5).T
    last = np.append(pharmacy[1:] != pharmacy[:-1], True)[: len(rows)]
    found = np.zeros(len(rows), TERM)
    for name, column in (("pharmacy", pharmacy), ("since", since), ("fen", fen), ("held", held)):
        found[name] = column
    found["until"] = np.where(last, STILL, np.roll(since, -1))
    found["seen"] = np.where(last, since, np.roll(before, -1))
    ours, theirs = np.intersect1d(np.where(last, pharmacy, -1), live["pharmacy"], return_indices=True)[1:]
    found["seen"][ours], found["stock"][ours] = live["observed"][theirs], live["stock"][theirs]
    return found[found["fen"] > 0]


def ended(these: Array, gone: Mapping[int, int]) -> Array:
    """Return TERMs that end, at the latest, at the second at which their pharmacy closed for good (by its id)."""
    found = these.copy()
    for pharmacy, second in gone.items():
        ours = found["pharmacy"] == pharmacy
        found["until"][ours] = np.minimum(found["until"][ours], second)
    return found[found["since"] < found["until"]]


def runs(rows: list[tuple[int, int, int]]) -> Array:
    """Return (pharmacy, first, last second) rows, in order, as RUN."""
    return np.array(rows, RUN)


def covers_alike(before: Array, now: Array, *, last: int, max_age: int) -> bool:
    """Say whether on every day up to the number `last` the same prices count by two tables of RUN, one as by the other.

    They do when nothing but the ends of runs differs that kept their prices fresh for `last` anyway.
    """
    if len(before) != len(now) or any((before[name] != now[name]).any() for name in ("pharmacy", "since")):
        return False
    ends = np.minimum(before["until"], now["until"])[before["until"] != now["until"]]
    return bool((day_number(ends) + max_age >= last).all())


def as_of(these: Array, confirmed: Array, end: int) -> Array:
    """Return the TERMs that held at the second `end`, in the order of pharmacies, as they were known to hold then.

    `seen` is when the price was last seen up to then, by itself or with the whole list (`confirmed`: RUN); the stock is
    the one of then, or unknown (0).
    """
    found = these[(these["since"] <= end) & (these["until"] > end)]
    found["stock"] = np.where(found["seen"] <= end, found["stock"], 0)
    begun = confirmed[confirmed["since"] <= end]
    at = np.searchsorted(begun["pharmacy"], found["pharmacy"], side="right") - 1
    listed = at >= 0
    listed[listed] = begun["pharmacy"][at[listed]] == found["pharmacy"][listed]
    found["seen"][listed] = np.maximum(found["seen"][listed], begun["until"][at[listed]])
    found["seen"] = np.minimum(found["seen"], end)
    return found


def spans(these: Array, confirmed: Array, *, max_age: int) -> Array:
    """Return the SPANs of TERMs: the days at whose end each price was listed and fresh, no day of a price twice."""
    start, stop = day_number(these["since"]), day_number(these["until"])
    ends = np.minimum(stop, day_number(these["seen"]) + max_age + 1)
    which, run = _pairs(these["pharmacy"], confirmed["pharmacy"])
    # What a whole list adds to the days on which the price was fresh by itself.
    begins = np.maximum(ends[which], day_number(confirmed["since"][run]))
    found = np.zeros(len(these) + len(which), SPAN)
    found["start"] = np.concatenate([start, begins])
    found["stop"] = np.concatenate([ends, np.minimum(stop[which], day_number(confirmed["until"][run]) + max_age + 1)])
    for name in ("fen", "held"):
        found[name] = np.concatenate([these[name], these[name][which]])
    return found[found["start"] < found["stop"]]


def _pairs(ours: NDArray[np.int32], theirs: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the positions of all pairs of equal values; `theirs` is in order.

    >>> [side.tolist() for side in _pairs(np.array([7, 8, 7], np.int32), np.array([6, 7, 7], np.int32))]
    [[0, 0, 2, 2], [1, 2, 1, 2]]
    """
    first, last = np.searchsorted(theirs, ours), np.searchsorted(theirs, ours, side="right")
    count = last - first
    which = np.repeat(np.arange(len(ours)), count)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
