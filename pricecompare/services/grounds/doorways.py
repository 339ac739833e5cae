"""Which pharmacies of a region are open now, and which services they have, as arrays that change when a door does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.doors import Door, state
from pricecompare.calc.hours import DAY, Calendar, hours
from pricecompare.models import SERVICES, Pharmacy
from pricecompare.store import Store

UNKNOWN: dict[str, Any] = {"open_now": None, "opens_at": None, "closes_at": None}
"""What is said of a pharmacy whose hours nobody knows."""


def inner(told: dict[str, Any]) -> bytes:
    """Return what a dict is as JSON, without its braces: to be put into another one.

    >>> inner({"open_now": None})
    b'"open_now":null'
    """
    return orjson.dumps(told)[1:-1]


class Moment(NamedTuple):
    """How the doors of a region stand from the second `since` to before the second `until`.

    `open` says which let people in, `shown` what is told of each and `written` the same as JSON without braces, all by
    position.
    """

    since: int
    until: int
    open: NDArray[np.bool_]
    shown: list[dict[str, Any]]
    written: list[bytes]


class Doorways:
    """The doors of pharmacies, by position: those with the same hours and closures are looked at once."""

    def __init__(self, pharmacies: Sequence[Pharmacy]):
        known: dict[Door, int] = {}
        self._which = np.array([known.setdefault(_door(one), len(known)) for one in pharmacies], np.intp)
        self._doors = list(known)
        self._last: tuple[int, Moment] | None = None
        self.gone = np.array([one.closed_on is not None for one in pharmacies], bool)
        offers = [offered(one) for one in pharmacies]
        self.has = {name: np.array([name in one for one in offers], bool) for name in SERVICES}

    def at(self, second: int, calendar: Calendar, version: int) -> Moment:
        """Return how the doors stand; `version` is the one of the calendar."""
        last = self._last
        if last is None or last[0] != version or not last[1].since <= second < last[1].until:
            # Replaced whole, so readers need no lock.
            last = self._last = version, self._moment(second, calendar)
        return last[1]

    def _moment(self, second: int, calendar: Calendar) -> Moment:
        minute = days.minute_of(second)
        midnight = minute // DAY * DAY
        found = [state(door, minute, calendar) for door in self._doors]
        since = max((_since(door, midnight, minute, calendar) for door in self._doors), default=midnight)
        until = min((one.until for one in found), default=midnight + DAY)
        shown = [
            {"open_now": one.open, "opens_at": _iso(one.opens), "closes_at": _iso(one.closes)} if one.open is not None
            else UNKNOWN
            for one in found
        ]  # fmt: skip
        lets_in = np.array([one.open is True for one in found], bool)
        written = [inner(one) for one in shown]
        of_all = ([told[at] for at in self._which.tolist()] for told in (shown, written))
        return Moment(days.second_of(since), days.second_of(until), lets_in[self._which], *of_all)


@dataclass(slots=True)
class Calendars:
    """Holidays, held in memory until the database says that they changed."""

    _known: tuple[int, dict[int, str]] | None = None

    def of(self, store: Store, version: int) -> dict[int, str]:
        """Return the calendar of that version."""
        if self._known is None or self._known[0] != version:
            kinds = {days.number_of(date.fromisoformat(one.day)): one.kind for one in store.holidays()}
            self._known = version, kinds
        return self._known[1]


def offered(pharmacy: Pharmacy) -> tuple[str, ...]:
    """Return the services a pharmacy has, in the order of SERVICES; who never closes is open around the clock."""
    said = {*pharmacy.services.split(","), *(("24h",) if pharmacy.hours == "24/7" else ())}
    return tuple(name for name in SERVICES if name in said)


def _since(door: Door, midnight: int, minute: int, calendar: Calendar) -> int:
    """Return the minute since which a door stands as it does, not before midnight."""
    since = midnight
    while (until := state(door, since, calendar).until) <= minute:
        since = until
    return since


@lru_cache(maxsize=65_536)
def _day(text: str | None) -> int | None:
    return None if text is None else days.number_of(date.fromisoformat(text))


def _door(this: Pharmacy) -> Door:
    known = hours(this.hours) if this.hours else None
    return Door(known, _day(this.closed_on), _day(this.closed_from), _day(this.closed_until))


def _iso(minute: int | None) -> str | None:
    return None if minute is None else days.iso(days.second_of(minute))
