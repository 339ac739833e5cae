"""Medians of the past that were asked for, held in memory until anything in the database changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pricecompare.models import MarketKey


class Point(NamedTuple):
    """How many prices counted at the end of a day, and their median in fen; None when there was none."""

    day: date
    n: int
    median: float | None


Asked = tuple[MarketKey, date, int]
"""Market, last day, months before it."""


@dataclass(slots=True)
class Trends:
    """Trends of one data version; a full memory is emptied. They are made of all that was asked in a year."""

    most: int = 5_000
    _known: tuple[int, dict[Asked, list[Point]]] | None = None

    def points(self, asked: Asked, version: int, make: Callable[[], list[Point]]) -> list[Point]:
        """Return a trend as of that data version, made by `make` when it was not asked for before."""
        if self._known is None or self._known[0] != version or len(self._known[1]) >= self.most:
            # Replaced whole, so readers need no lock.
            self._known = (version, {})
        known = self._known[1]
        if (found := known.get(asked)) is None:
            found = known[asked] = make()
        return found
