"""What an upload of prices changes: quotes that come in against what is live, as arrays."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

QUOTE = np.dtype(
    [
        ("key", "<i8"),
        ("observed", "<i8"),
        ("fen", "<i8"),
        ("stock", "<i8"),
        ("row", "<i8"),
    ]
)
"""One quote: the key of its offer (`offer_key`), second of observation, fen, stock, row in the file."""

Quotes = NDArray[np.void]

Number = TypeVar("Number", int, NDArray[np.int64])

_DRUG_BITS, _KIND_BITS = 32, 2


def offer_key(pharmacy_id: Number, drug_id: Number, kind: Number) -> Number:
    """Return one number for (pharmacy, drug, position of the kind in models.KINDS); works on arrays.

    >>> parts(offer_key(7, 5, 1))
    (7, 5, 1)
    """
    return (pharmacy_id << (_DRUG_BITS + _KIND_BITS)) | (drug_id << _KIND_BITS) | kind


def parts(key: Number) -> tuple[Number, Number, Number]:
    """Return pharmacy id, drug id and kind of an `offer_key`; works on arrays."""
    drug_id = (key >> _KIND_BITS) & ((1 << _DRUG_BITS) - 1)
    return key >> (_DRUG_BITS + _KIND_BITS), drug_id, key & ((1 << _KIND_BITS) - 1)


def in_order(quotes: Quotes) -> Quotes:
    """Return quotes by key, then time, then row."""
    return quotes[np.lexsort((quotes["row"], quotes["observed"], quotes["key"]))]


def conflicts(quotes: Quotes) -> NDArray[np.bool_]:
    """Say which quotes (in order) contradict another of the same key and instant: another price."""
    if not len(quotes):
        return np.zeros(0, bool)
    starts = _starts(quotes["key"], quotes["observed"])
    low = np.minimum.reduceat(quotes["fen"], starts)
    high = np.maximum.reduceat(quotes["fen"], starts)
    return np.repeat(low != high, np.diff(np.append(starts, len(quotes))))


def last_of_each(quotes: Quotes) -> Quotes:
    """Return quotes (in order) with repeats of the same key and instant left out; the last row's stock stands."""
    if not len(quotes):
        return quotes
    ends = np.append(_starts(quotes["key"], quotes["observed"])[1:], len(quotes)) - 1
    return quotes[ends]


@dataclass(frozen=True, slots=True)
class Intake:
    """What a batch of quotes does: offers to write, changes for the history, late quotes to be placed in it.

    `new` says which of `offers` had none before, `live` is what was live for each of `late`. The counts are of quotes.
    """

    offers: Quotes
    new: NDArray[np.bool_]
    changes: Quotes
    late: Quotes
    live: Quotes
    added: int
    changed: int
    unchanged: int


def intake(quotes: Quotes, live: Quotes) -> Intake:
    """Return what `quotes` (in order, no two of the same key and instant) do to the `live` ones (by key, one each).

    A quote older than the live one is late and moves nothing. One as old with another price is a correction.
    A price that stays the same is no change, whenever it was seen.
    """
    at = np.searchsorted(live["key"], quotes["key"])
    known = at < len(live)
    known[known] = live["key"][at[known]] == quotes["key"][known]
    was = np.zeros(len(quotes), QUOTE)
    was[known] = live[at[known]]
    late = known & (quotes["observed"] < was["observed"])
    return _applied(quotes[~late], known[~late], was[~late], quotes[late], was[late])


def _applied(quotes: Quotes, known: NDArray[np.bool_], was: Quotes, late: Quotes, live: Quotes) -> Intake:
    """Return the intake of quotes that are not late; `was` is the live quote of each, where `known`."""
    first = np.ones(len(quotes), bool)
    first[1:] = quotes["key"][1:] != quotes["key"][:-1]
    before = np.where(known, was["fen"], 0)
    before[~first] = quotes["fen"][:-1][~first[1:]]
    differs = quotes["fen"] != before
    last = np.append(first[1:], True)[: len(quotes)]
    moved = differs | (quotes["observed"] != was["observed"]) | (quotes["stock"] != was["stock"]) | ~known
    written = last & moved
    added = int((first & ~known).sum())
    return Intake(
        offers=quotes[written],
        new=~known[written],
        changes=quotes[differs],
        late=late,
        live=live,
        added=added,
        changed=int(differs.sum()) - added,
        unchanged=int((~differs).sum()),
    )


def placed(history: list[tuple[int, int]], live: tuple[int, int], late: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the (observed, fen) to append to one price's `history` so that `late` quotes stand at their place.

    `history` is the changes so far, oldest first; `live` is what holds now and must still hold after.

    >>> placed([(1, 100), (9, 120)], (9, 120), [(5, 110)])
    [(5, 110)]
    >>> placed([(1, 100)], (9, 100), [(5, 110)])
    [(5, 110), (9, 100)]
    """
    appended: list[tuple[int, int]] = []
    for observed, fen in late:
        known = sorted(history + appended, key=lambda change: change[0])
        if _held(known, observed) != fen:
            appended.append((observed, fen))
    known = sorted(history + appended, key=lambda change: change[0])
    if appended and _held(known, live[0]) != live[1]:
        appended.append(live)
    return appended


def _held(changes: list[tuple[int, int]], observed: int) -> int | None:
    """Return the price that held at an instant; None before the first change."""
    held = [fen for since, fen in changes if since <= observed]
    return held[-1] if held else None


def _starts(*columns: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where a new group begins in sorted columns."""
    changes = np.zeros(len(columns[0]), bool)
    changes[0] = True
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changes)
