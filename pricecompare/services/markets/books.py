"""All that is asked for one drug in one province, put together while many are looked at twice."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pricecompare.calc.appraisal import Book, book_spread
from pricecompare.calc.flags import Rule
from pricecompare.calc.market import Sellers
from pricecompare.calc.shelf import Shelf
from pricecompare.calc.spreads import Spread
from pricecompare.models import NATIONAL, MarketKey, Region
from pricecompare.services.markets.sellers import Changes, Heaps

Drugs = Mapping[int, dict[int, Sellers]]
"""New sellers of drugs by region."""

SellersOf = Callable[[int, str, int, dict[int, Sellers]], dict[int, Sellers]]
"""Returns the sellers of (drug, kind, province) by region, given those that are new."""

MOST_HELD = 500_000
"""Sellers whose books are held between the two looks at them; what is beyond is put together twice."""


def province_of(region_id: int) -> int:
    """Return the province of a region: the wider area of every comparison.

    >>> province_of(440305)
    44
    """
    return region_id // 10_000


def upwards(places: Mapping[int, Region], region_id: int) -> list[int]:
    """Return a region and all it lies in, the whole country last."""
    found, at = [], region_id if region_id in places else None
    while at is not None:
        found.append(at)
        at = places[at].parent_id
    # A file of regions may leave provinces out.
    return [*found, province_of(region_id) * 10_000, NATIONAL]


def blocks(heaps: Heaps) -> Iterator[tuple[tuple[int, str], dict[int, dict[int, Sellers]]]]:
    """Yield changes by (province, kind), each by drug, then region."""
    for changes in heaps():
        yield from _by_province(changes).items()


def _by_province(changes: Changes) -> dict[tuple[int, str], dict[int, dict[int, Sellers]]]:
    found: dict[tuple[int, str], dict[int, dict[int, Sellers]]] = defaultdict(lambda: defaultdict(dict))
    for (region_id, drug_id, kind), these in changes.items():
        found[province_of(region_id), kind][drug_id][region_id] = these
    return found


class Looked(NamedTuple):
    """Some drugs of a province: those sold in one region alone on a shelf, by their `keys`; the others as books.

    Each book has the regions that it was made of.
    """

    shelf: Shelf | None
    keys: list[MarketKey]
    books: dict[int, tuple[Book, list[int]]]

    @property
    def sellers(self) -> int:
        """How many sellers there are."""
        on_shelf = len(self.shelf.sellers) if self.shelf else 0
        return on_shelf + sum(len(this.sellers) for this, _ in self.books.values())

    def spreads(self, rule: Rule) -> dict[int, Spread]:
        """Return how widely the prices of each drug lie."""
        own = {drug: book_spread(this, rule) for drug, (this, _) in self.books.items()}
        if self.shelf:
            own |= zip((key.drug_id for key in self.keys), self.shelf.spreads(rule), strict=True)
        return own


class Books:
    """Drugs to look at twice: `looked` puts them together, and they are held for the next look while there is room."""

    def __init__(self, looked: Callable[[int, str, Drugs], Looked]):
        self._looked = looked
        self._held: dict[tuple[int, str, tuple[int, ...]], Looked] = {}
        self._room = MOST_HELD

    def of(self, province: int, kind: str, drugs: Drugs) -> Looked:
        """Return some drugs of a province put together."""
        place = (province, kind, tuple(drugs))
        if (held := self._held.pop(place, None)) is not None:
            self._room += held.sellers
            return held
        found = self._looked(province, kind, drugs)
        if found.sellers <= self._room:
            self._room -= found.sellers
            self._held[place] = found
        return found
