"""Drugs of a province put together to be looked at twice: those of one region on shelves, the others as books."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import Book, book, book_spread
from pricecompare.calc.flags import Rule
from pricecompare.calc.market import SELLER, Sellers, joined
from pricecompare.calc.shelf import Shelf, shelf
from pricecompare.calc.spreads import Spread
from pricecompare.models import MarketKey
from pricecompare.services.markets.sightings import Sightings

EMPTY = np.zeros(0, SELLER)

Drugs = Mapping[int, dict[int, Sellers]]
"""New sellers of drugs by region."""

SellersOf = Callable[[int, str, int, dict[int, Sellers]], dict[int, Sellers]]
"""Returns the sellers of (drug, kind, province) by region, given those that are new."""

MOST_HELD = 500_000
"""Sellers that are held put together between the two looks at them; what is beyond is put together twice."""


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


def put_together(
    drugs: Mapping[int, dict[int, Sellers]], kind: str, seen: Sightings, *, today: int, max_age: int
) -> Looked:
    """Return drugs, given as their sellers by region, with when each price was last `seen`."""
    alone: dict[MarketKey, Sellers] = {}
    books: dict[int, tuple[Book, list[int]]] = {}
    for drug_id, these in drugs.items():
        (region, sellers), *others = these.items() or [(0, EMPTY)]
        if len(sellers) and not others:
            alone[MarketKey(region, drug_id, kind)] = sellers
        else:
            last = {region: seen.last(region, kind, its) for region, its in these.items()}
            books[drug_id] = book(these, today=today, max_age=max_age, seen=last), [*these]
    if not alone:
        return Looked(None, [], books)
    sellers = joined(alone.values())
    sizes = [*map(len, alone.values())]
    return Looked(shelf(sellers, sizes, _last(alone, sellers, seen), today=today, max_age=max_age), [*alone], books)


def _last(alone: Mapping[MarketKey, Sellers], sellers: Sellers, seen: Sightings) -> NDArray[np.int64]:
    """Return when each price of markets was last seen; `sellers` are those of all of them."""
    places = {(key.region_id, key.kind) for key in alone}
    if len(places) == 1:
        return seen.last(*places.pop(), sellers)
    return np.concatenate([seen.last(key.region_id, key.kind, its) for key, its in alone.items()])


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
