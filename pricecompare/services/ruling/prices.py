"""What rules look at: all that is asked for drugs in whole provinces, ceilings, and drugs that are compared as one."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import Book, book
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import FRESH, SELLER, tiers, unpacked
from pricecompare.calc.standards import in_force
from pricecompare.models import Drug, MarketKey, Region, Standard
from pricecompare.schemas.rule import PriceRule
from pricecompare.services.markets.books import province_of, upwards
from pricecompare.services.markets.sightings import Sightings
from pricecompare.services.offers.families import Family, Kin
from pricecompare.store import Store

MOST_HELD = 500_000
"""Sellers whose books are held for the next rule, or the next drug of the same group."""


@dataclass
class Prices:
    """One state of a store on one day, read as far as rules ask; use inside `reading` or `writing`."""

    store: Store
    today: date
    max_age: int
    _books: dict[tuple[int, int, str], Book] = field(default_factory=dict, repr=False)
    _held: int = 0

    @cached_property
    def places(self) -> dict[int, Region]:
        """Every region by its code."""
        return {region.id: region for region in self.store.regions()}

    @cached_property
    def _seen(self) -> Sightings:
        return Sightings(self.store)

    @cached_property
    def _usual(self) -> dict[tuple[int, str], float]:
        return {}

    @cached_property
    def kin(self) -> Kin:
        """Which drugs are compared as one."""
        drugs = {drug.id: drug for drug in self.store.drugs()}
        return Kin(drugs, {word.drug_id: word for word in self.store.groups()})

    def family(self, drug_id: int, group: str) -> Family:
        """Return all packs (`product`) or makers (`generic`) that a drug is compared with, itself first."""
        drug: Drug = self.kin.drugs[drug_id]
        return self.kin.family(drug, group)

    def regions_of(self, province: int) -> list[int]:
        """Return the pooling regions of a province."""
        return [one.id for one in self.places.values() if one.pooling and province_of(one.id) == province]

    def usual(self, province: int, kind: str) -> float:
        """Return how widely prices of a typical drug of a province lie."""
        if (province, kind) not in self._usual:
            stored = self.store.typical_spread(province, kind)
            self._usual[province, kind] = DEFAULT_RULE.typical if stored is None else stored
        return self._usual[province, kind]

    def book(self, province: int, drug_id: int, kind: str) -> Book:
        """Return all that is asked for a drug in a province."""
        asked = province, drug_id, kind
        if asked not in self._books:
            if self._held > MOST_HELD:
                self._books, self._held = {}, 0
            self._books[asked] = self._read(*asked)
            self._held += len(self._books[asked].sellers) + 1
        return self._books[asked]

    def _read(self, province: int, drug_id: int, kind: str) -> Book:
        keys = [MarketKey(region, drug_id, kind) for region in self.regions_of(province)]
        rows = zip(keys, self.store.markets(keys), strict=True)
        found = {key.region_id: unpacked(row.sellers, layout=row.layout) for key, row in rows if row}
        found = found or {province * 10_000: np.zeros(0, SELLER)}
        seen = {region: self._seen.last(region, kind, sellers) for region, sellers in found.items()}
        return book(found, today=days.number_of(self.today), max_age=self.max_age, seen=seen)

    def beside(self, this: Book, province: int, drug_id: int, kind: str) -> NDArray[np.float64]:
        """Return what the pharmacies of a book's fresh prices ask in another kind, if that is sound; nan where not."""
        other = self.book(province, drug_id, kind)
        counted = other.sellers[sound(other)]
        order = np.argsort(counted["pharmacy"])
        ids, wanted = counted["pharmacy"][order], this.sellers["pharmacy"][this.fresh]
        if not len(ids):
            return np.full(len(wanted), np.nan)
        at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
        return np.where(ids[at] == wanted, counted["fen"][order][at], np.nan)

    def ceilings(self, rule: PriceRule, drug_id: int, area: NDArray, *, secret: bool) -> NDArray[np.float64]:
        """Return what may be charged in the region of each price; nan where nothing says so.

        Public standards alone are looked at, or (`secret`) only those that must not be published.
        """
        read = self.store.standards_of_drug if secret else self.store.public_standards
        known, today = read(drug_id), self.today.isoformat()
        regions, which = np.unique(area, return_inverse=True)
        found = [in_force(known, upwards(self.places, region), today) if known else None for region in regions.tolist()]
        return np.array([_fen(rule, one, secret=secret) for one in found], np.float64)[which]


def _fen(rule: PriceRule, this: Standard | None, *, secret: bool) -> float:
    if this is None or this.fen is None or this.basis not in rule.ceilings or this.confidential != secret:
        return np.nan
    return this.fen


def sound(this: Book) -> NDArray[np.bool_]:
    """Say which prices of a book count in statistics."""
    found: NDArray[np.bool_] = tiers(~this.fresh, this.sellers["mark"]) == FRESH
    return found
