"""What held when: all that uploads said of one pharmacy's prices of one kind, told as steps, offers and runs.

The plain rules, which tests hold this module to:
- a statement is a price (and stock) at an instant; a full list also says, as of its own instant, that all it names is
  asked so, and that nothing else is;
- of statements about one instant the later upload's counts;
- a step begins where the price differs from what held before, or where the same price is stated again after a silence
  of more than `max_age` days: within a step a price was never out of sight for longer;
- a price is seen when an upload of changes states it, or when a full list alters its price or stock. That a full list
  merely repeats it is kept once for the whole list, as a run.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import groups
from pricecompare.calc.days import day_number

SAID = np.dtype([("drug", "<i4"), ("fen", "<i4"), ("observed", "<i8"), ("stock", "i1"), ("held", "i1")])
"""One statement: drug id, fen, second of observation, stock (stocked.py), whether it was held as suspicious."""

STEP = np.dtype(
    [("drug", "<i4"), ("since", "<i8"), ("fen", "<i4"), ("seen_before", "<i8"), ("held", "i1"), ("upload", "<i8")]
)
"""From when a drug costs what (0: it is not on the list any more), when the price before was last seen (−1: there was
none), whether it is held, and which upload said so."""

OFFER = np.dtype([("drug", "<i4"), ("fen", "<i4"), ("observed", "<i8"), ("stock", "i1"), ("held", "i1")])
"""What is asked in the end: as SAID, `observed` being when it was last seen."""

_EVENT = np.dtype([*SAID.descr, ("upload", "<i8"), ("last_upload", "<i8"), ("seen", "?"), ("seen_by", "<i8")])

_NOBODY = np.iinfo(np.int64).max

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What one upload says; `quotes` (SAID) are by drug and instant, each once. `full_at` dates a full list."""

    upload: int
    full_at: int | None
    quotes: Array


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """`steps` (STEP) by drug and time, `offers` (OFFER) by drug, and runs of full lists as (first, last) second."""

    steps: Array
    offers: Array
    runs: list[tuple[int, int]]


def timeline(lists: Sequence[Said], *, max_age: int, vouched: Collection[tuple[int, int]] = ()) -> Timeline:
    """Return what `lists`, in the order of uploads, come to; `vouched` are (drug, fen) that are never held."""
    events = _settled(_events(lists))
    first = groups.starts(events["drug"])
    before = _shifted(events["fen"], first)
    # A drug that is not listed before it was ever listed, or twice, is no news.
    told = events[(events["fen"] > 0) | (before > 0)]
    first = groups.starts(told["drug"])
    same_price = ~first & (told["fen"] == _shifted(told["fen"], first))
    alters = ~same_price | (told["stock"] != _shifted(told["stock"], first))
    seen = told["seen"] | alters
    last_seen = told["observed"][groups.last_true(seen)]
    silence = day_number(told["observed"]) - day_number(_shifted(last_seen, first))
    starts = ~same_price | (seen & (silence > max_age) & (told["fen"] > 0))
    held = _held(told, ~same_price, vouched)
    return Timeline(
        _steps(told, starts, alters, first, last_seen, held),
        _offers(told, first, last_seen, held),
        runs(sorted({one.full_at for one in lists if one.full_at is not None}), max_age=max_age),
    )


def runs(instants: Sequence[int], *, max_age: int) -> list[tuple[int, int]]:
    """Return ascending instants as runs (first, last) in which no two neighbours are over `max_age` days apart.

    >>> day = 86_400
    >>> runs([0, day, 40 * day], max_age=30) == [(0, day), (40 * day, 40 * day)]
    True
    """
    found: list[tuple[int, int]] = []
    for instant in instants:
        if found and day_number(instant) - day_number(found[-1][1]) <= max_age:
            found[-1] = (found[-1][0], instant)
        else:
            found.append((instant, instant))
    return found


def _events(lists: Sequence[Said]) -> Array:
    """Return every statement, and what full lists say without writing it, by drug, instant and upload."""
    every = np.unique(np.concatenate([one.quotes["drug"] for one in lists] or [np.zeros(0, np.int32)]))
    pieces = [piece for one in lists for piece in _said_by(one, every)] or [np.zeros(0, _EVENT)]
    events = np.concatenate(pieces)
    return events[np.lexsort((events["upload"], events["observed"], events["drug"]))]


def _said_by(one: Said, every: NDArray[np.int32]) -> list[Array]:
    written = _event(one.quotes, one)
    if one.full_at is None:
        return [written]
    ends = one.quotes[groups.ends(one.quotes["drug"])]
    again = _event(ends[ends["observed"] < one.full_at], one)
    again["observed"] = one.full_at
    gone = np.zeros(np.setdiff1d(every, ends["drug"]).size, _EVENT)
    gone["drug"], gone["observed"] = np.setdiff1d(every, ends["drug"]), one.full_at
    gone["upload"] = gone["last_upload"] = gone["seen_by"] = one.upload
    return [written, again, gone]


def _event(quotes: Array, one: Said) -> Array:
    events = np.zeros(len(quotes), _EVENT)
    for name in SAID.names or ():
        events[name] = quotes[name]
    events["upload"] = events["last_upload"] = events["seen_by"] = one.upload
    events["seen"] = one.full_at is None
    return events


def _settled(events: Array) -> Array:
    """Return one event for each drug and instant: the last one's price and stock, by the upload that said so first."""
    instants = groups.starts(events["drug"], events["observed"])
    starts = np.flatnonzero(instants | groups.starts(events["fen"]))
    ends = np.append(starts[1:], len(events))[: len(starts)] - 1
    found = events[starts]
    found["stock"], found["last_upload"] = events["stock"][ends], events["upload"][ends]
    if len(starts):
        found["seen"] = np.logical_or.reduceat(events["seen"], starts)
        by = np.minimum.reduceat(np.where(events["seen"], events["upload"], _NOBODY), starts)
        found["seen_by"] = np.where(found["seen"], by, found["upload"])
    return found[groups.ends(found["drug"], found["observed"])]


def _held(told: Array, price_starts: NDArray[np.bool_], vouched: Collection[tuple[int, int]]) -> NDArray[np.bool_]:
    """Say which events belong to a price that is held: nobody vouched for it, and no other upload repeated it."""
    starts = np.flatnonzero(price_starts)
    if not len(starts):
        return np.zeros(0, bool)
    repeated = np.maximum.reduceat(told["last_upload"], starts) != np.minimum.reduceat(told["upload"], starts)
    trusted = np.array([pair in vouched for pair in zip(*_lists(told[starts], "drug", "fen"), strict=True)], bool)
    held = (told["held"][starts] > 0) & ~repeated & ~trusted
    return np.repeat(held, np.diff(np.append(starts, len(told))))


def _steps(told: Array, starts: Array, alters: Array, first: Array, last_seen: Array, held: Array) -> Array:
    steps = np.zeros(int(starts.sum()), STEP)
    listed_before = ~first & (_shifted(told["fen"], first) > 0)
    steps["drug"], steps["since"] = told["drug"][starts], told["observed"][starts]
    steps["fen"] = told["fen"][starts]
    # Who changed the price, or who saw it again after a silence.
    steps["upload"] = np.where(alters, told["upload"], told["seen_by"])[starts]
    steps["seen_before"] = np.where(listed_before, _shifted(last_seen, first), -1)[starts]
    steps["held"] = held[starts]
    return steps


def _offers(told: Array, first: Array, last_seen: Array, held: Array) -> Array:
    ends = np.append(first[1:], True)[: len(told)] & (told["fen"] > 0)
    offers = np.zeros(int(ends.sum()), OFFER)
    for name in ("drug", "fen", "stock"):
        offers[name] = told[name][ends]
    offers["observed"], offers["held"] = last_seen[ends], held[ends]
    return offers


def _shifted(column: Array, first: NDArray[np.bool_]) -> Array:
    """Return what each row's predecessor of the same drug has; 0 for the first."""
    before = np.zeros_like(column)
    before[1:] = column[:-1]
    before[first] = 0
    return before


def _lists(rows: Array, *names: str) -> list[list[int]]:
    return [rows[name].tolist() for name in names]
