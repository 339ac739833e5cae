"""Medians of the past that were asked for, held in memory until an upload touches the drug."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

from pricecompare.calc import days, past
from pricecompare.models import MarketKey
from pricecompare.services.markets.lately import Lately, Since
from pricecompare.store import Store


class Point(NamedTuple):
    """How many prices counted at the end of a day, and their median in fen; None when there was none."""

    day: date
    n: int
    median: float | None


Asked = tuple[MarketKey, date, int]
"""Market, last day, months before it."""

MOST = 5_000
"""Trends that are held at once."""


@dataclass(slots=True)
class _Known:
    """Trends, and the runs (past.RUN) of a region's whole lists of one kind, of which they were made."""

    points: dict[Asked, list[Point]] = field(default_factory=dict)
    lists: dict[tuple[int, str], np.ndarray] = field(default_factory=dict)


def _carried(store: Store, known: _Known, since: Since) -> _Known:
    """Return what is known and as right now as before."""
    points, before = list(known.points.items()), dict(known.lists)
    places = before.keys() & {(region, kind) for region, _, kind in since.lists}
    now = before | {place: past.runs(store.runs(*place)) for place in places}
    last = max((days.number_of(day) for (_, day, _), _ in points), default=0)
    max_age, touched = int(store.meta()["max_age_days"]), set(since.offers)
    for (region, pharmacy, kind), drugs in since.lists.items():
        if (region, kind) in places:
            was, is_ = (these[region, kind][these[region, kind]["pharmacy"] == pharmacy] for these in (before, now))
            if not past.covers_alike(was, is_, last=last, max_age=max_age):
                touched |= {(kind, drug) for drug in drugs}
    return _Known({one: these for one, these in points if (one[0].kind, one[0].drug_id) not in touched}, now)


class Trends:
    """Trends and whole lists of one data version; when there are too many trends all of it goes.

    Ask inside `reading`, with the data version read there.
    """

    def __init__(self) -> None:
        self._lately = Lately(lambda _: _Known(), _carried)

    def points(self, store: Store, asked: Asked, version: int, make: Callable[[], list[Point]]) -> list[Point]:
        """Return a trend as of that data version, made by `make` when that is not known."""
        known = self._lately.at(store, version)
        if len(known.points) >= MOST:
            known = self._lately.emptied(store, version)
        if (found := known.points.get(asked)) is None:
            found = known.points[asked] = make()
        return found

    def lists(self, store: Store, region_id: int, kind: str, version: int) -> np.ndarray:
        """Return when whole lists of a region were confirmed, as past.RUN; to be read only."""
        known, place = self._lately.at(store, version).lists, (region_id, kind)
        if place not in known:
            known[place] = past.runs(store.runs(*place))
        return known[place]
