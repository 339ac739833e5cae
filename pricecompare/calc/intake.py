"""What an upload of prices changes: quotes that come in against what is live, as arrays.

This is the quick way of `calc.timeline`: where everything an upload says is newer than all that was known, what it
changes follows from the live offers alone. Pharmacies of which it says something older are named, to be told again
from all their lists.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import groups
from pricecompare.calc.days import day_number
from pricecompare.calc.groups import Flags
from pricecompare.calc.quotes import NEVER, QUOTE, Quotes, pair_of

STEP_OF_KEY = np.dtype([("key", "<i8"), ("since", "<i8"), ("fen", "<i4"), ("seen_before", "<i8"), ("held", "i1")])
"""As timeline.STEP, by the key of its offer."""


@dataclass(frozen=True, eq=False)
class Against:
    """Quotes (in order, no two of the same key and instant) beside what is live of the pharmacies they speak of.

    `live` is QUOTE by key; `confirmed` has the second of the last full list of each pair of `pairs` (ascending), NEVER
    where there was none. `full`: the quotes are whole lists. `known` and `was`: whether and what is live of each quote.
    """

    quotes: Quotes
    live: Quotes
    pairs: NDArray[np.int64]
    confirmed: NDArray[np.int64]
    full: bool
    known: Flags
    was: Quotes

    @cached_property
    def full_at(self) -> NDArray[np.int64]:
        """The second of each pair's list: that of its newest quote; NEVER for a pair without quotes."""
        newest = np.full(len(self.pairs), NEVER, np.int64)
        np.maximum.at(newest, self.at(self.quotes["key"]), self.quotes["observed"])
        return newest

    @cached_property
    def absent(self) -> Flags:
        """Which live offers a full list does not name."""
        return ~np.isin(self.live["key"], self.quotes["key"]) if self.full else np.zeros(len(self.live), bool)

    def at(self, keys: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the position in `pairs` of the pair each key belongs to."""
        return np.searchsorted(self.pairs, pair_of(keys))

    def of(self, chosen: NDArray[np.int64]) -> "Against":
        """Return the same for some of the pairs only."""
        ours, theirs = np.isin(pair_of(self.quotes["key"]), chosen), np.isin(pair_of(self.live["key"]), chosen)
        confirmed = self.confirmed[np.isin(self.pairs, chosen)]
        return Against(
            self.quotes[ours], self.live[theirs], chosen, confirmed, self.full, self.known[ours], self.was[ours]
        )


def against(quotes: Quotes, live: Quotes, confirmed: dict[int, int], *, full: bool) -> Against:
    """Return `quotes` beside what is `live`; `confirmed` is the second of the last full list by pair."""
    pairs = np.unique(pair_of(np.concatenate([quotes["key"], live["key"]])))
    at = np.searchsorted(live["key"], quotes["key"])
    known = at < len(live)
    known[known] = live["key"][at[known]] == quotes["key"][known]
    was = np.zeros(len(quotes), QUOTE)
    was[known] = live[at[known]]
    last = np.array([confirmed.get(one, NEVER) for one in pairs.tolist()], np.int64)
    return Against(quotes, live, pairs, last, full, known, was)


def late_quotes(these: Against) -> Flags:
    """Say which quotes are no news: something is known of their offers that is as new or newer, and they differ."""
    quotes, was = these.quotes, these.was
    confirmed = these.confirmed[these.at(quotes["key"])]
    last = np.where(these.known, np.maximum(was["observed"], confirmed), confirmed)
    alters = ~these.known | (quotes["fen"] != was["fen"]) | (quotes["stock"] != was["stock"])
    return np.where(alters, quotes["observed"] <= last, quotes["observed"] < was["observed"])


def late_pairs(these: Against) -> NDArray[np.int64]:
    """Return the pairs of which something is said that is older than what is known: they need `calc.timeline`."""
    late = np.zeros(len(these.pairs), bool)
    late[these.at(these.quotes["key"][late_quotes(these)])] = True
    if these.full:
        gone = these.live[these.absent]
        newest = np.full(len(late), NEVER, np.int64)
        np.maximum.at(newest, these.at(gone["key"]), gone["observed"])
        ends = newest > NEVER
        late |= (these.full_at < these.confirmed) | (ends & (these.full_at <= np.maximum(newest, these.confirmed)))
    return these.pairs[late]


@dataclass(frozen=True, slots=True, eq=False)
class Intake:
    """What quotes do that are all news: offers to write, of which `new` had none before; steps to append to history.

    `gone` are live offers that a full list ends, `fresher` those it merely saw again after they had become stale,
    `released` those that were held and are repeated now. The counts are of quotes.
    """

    offers: Quotes
    new: Flags
    steps: NDArray[np.void]
    gone: Quotes
    fresher: Quotes
    released: Quotes
    added: int
    changed: int
    unchanged: int


def intake(these: Against, *, today: int, max_age: int) -> Intake:
    """Return what quotes do of which none is late; `today` is a day number, `max_age` in days."""
    quotes, was, known = these.quotes, these.was, these.known
    first = groups.starts(quotes["key"])
    differs = quotes["fen"] != _before(quotes["fen"], was["fen"], first)
    steps, final = _told(these, first, differs, max_age)
    moved = groups.ends(quotes["key"]) & (~known | _unlike(final, was))
    written = final[moved]
    added = int((first & ~known).sum())
    return Intake(
        offers=written,
        new=~known[moved],
        steps=np.concatenate([steps, _endings(these)]),
        gone=these.live[these.absent],
        fresher=_fresher(these, written, today - max_age),
        released=was[first & known & ~differs & (was["held"] > 0)],
        added=added,
        changed=int(differs.sum()) - added,
        unchanged=int((~differs).sum()),
    )


def _told(these: Against, first: Flags, differs: Flags, max_age: int) -> tuple[NDArray[np.void], Quotes]:
    """Return the steps that quotes begin, and the quotes as offers: when last seen, and whether still held."""
    quotes, was = these.quotes, these.was
    seen = differs | (quotes["stock"] != _before(quotes["stock"], was["stock"], first)) | (not these.full)
    seen_at = np.where(seen, quotes["observed"], was["observed"])[groups.last_true(seen | first)]
    seen_before = _before(seen_at, np.where(these.known, was["observed"], -1), first)
    silence = day_number(quotes["observed"]) - day_number(seen_before)
    held = np.where(differs, quotes["held"], 0)[groups.last_true(differs | first)]
    final = quotes.copy()
    final["observed"], final["held"] = seen_at, held
    return _steps(quotes, differs | (seen & (silence > max_age)), seen_before, held), final


def _unlike(final: Quotes, was: Quotes) -> Flags:
    return np.logical_or.reduce([final[name] != was[name] for name in ("fen", "stock", "observed", "held")])


def _steps(quotes: Quotes, starts: Flags, seen_before: NDArray[np.int64], held: NDArray) -> NDArray[np.void]:
    steps = np.zeros(int(starts.sum()), STEP_OF_KEY)
    steps["key"], steps["since"], steps["fen"] = (quotes[name][starts] for name in ("key", "observed", "fen"))
    steps["seen_before"], steps["held"] = seen_before[starts], held[starts]
    return steps


def _endings(these: Against) -> NDArray[np.void]:
    """Return the steps with which offers end that a full list does not name."""
    gone = these.live[these.absent]
    steps = np.zeros(len(gone), STEP_OF_KEY)
    steps["key"], steps["seen_before"] = gone["key"], gone["observed"]
    steps["since"] = these.full_at[these.at(gone["key"])]
    return steps


def _fresher(these: Against, written: Quotes, oldest: int) -> Quotes:
    """Return live offers that were stale, seen before the day `oldest`, until a full list merely named them again."""
    if not these.full:
        return these.live[:0]
    at = these.at(these.live["key"])
    before = np.maximum(these.live["observed"], these.confirmed[at])
    merely = ~these.absent & ~np.isin(these.live["key"], written["key"])
    again = merely & (day_number(before) < oldest) & (day_number(these.full_at[at]) >= oldest)
    return these.live[again]


def _before(column: NDArray, start: NDArray, first: Flags) -> NDArray:
    """Return what stood before each quote: the quote before it, or `start` for the first of its key."""
    before = np.empty_like(column)
    before[1:] = column[:-1]
    before[first] = start[first]
    return before
