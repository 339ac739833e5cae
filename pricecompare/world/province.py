"""A whole invented province: what is common to it, and the ledger of each pharmacy when it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from pricecompare.errors import Invalid
from pricecompare.models import Pharmacy, Region
from pricecompare.world import places
from pricecompare.world.catalogue import MAX_DRUGS, Item, items
from pricecompare.world.faults import other_packs
from pricecompare.world.ledger import Calendar, Ledger, calendar, ledger
from pricecompare.world.market import Ints, Market, market, price_lists

FIXTURE: dict[str, Any] = {"seed": 9, "pharmacies": 120, "drugs": 200, "months": 3, "until": date(2026, 10, 31)}
"""The world that the project's fixtures/ holds."""

MAX_PHARMACIES, MAX_MONTHS = 100_000, 60


@dataclass(frozen=True, slots=True)
class World:
    """Regions, drugs with their price levels and pharmacies; prices and sales come pharmacy by pharmacy."""

    seed: int
    months: int
    until: date
    regions: tuple[Region, ...]
    items: tuple[Item, ...]
    pharmacies: tuple[Pharmacy, ...]

    def ledgers(self) -> Iterator[Ledger]:
        """Yield what each pharmacy reports, in the order of `pharmacies`; the same every time it is asked."""
        common = _Common.of(self)
        for number, pharmacy in enumerate(self.pharmacies):
            yield common.ledger(np.random.default_rng([self.seed, 5, number]), pharmacy)


def world(
    *,
    seed: int = FIXTURE["seed"],
    pharmacies: int = FIXTURE["pharmacies"],
    drugs: int = FIXTURE["drugs"],
    months: int = FIXTURE["months"],
    until: date = FIXTURE["until"],
    cities: int = 3,
) -> World:
    """Return an invented province, the same for the same arguments on every run.

    `seed` is not negative. `months` are calendar months with a price list each, the last observed at the latest on
    `until`. `cities` are the pooling regions, the first with 60 % of the pharmacies (85 % of 1,000 or more, 10 % of
    20,000 or more). Raises `Invalid` (bad_world_size).
    """
    _check("drugs", drugs, MAX_DRUGS)
    _check("pharmacies", pharmacies, MAX_PHARMACIES)
    _check("months", months, MAX_MONTHS)
    _check("cities", cities, places.MAX_CITIES)
    shops = places.pharmacies(seed, pharmacies, cities)
    return World(seed, months, until, places.regions(cities), items(drugs), shops)


def _check(what: str, size: int, limit: int) -> None:
    if not 1 <= size <= limit:
        raise Invalid("bad_world_size", field=what, what=what, value=size, limit=limit)


@dataclass(frozen=True, slots=True)
class _Common:
    """What the ledgers of one world share."""

    market: Market
    dates: Calendar
    other_pack: Any
    levels: dict[int, float]
    central: dict[str, Ints]
    online: str

    @classmethod
    def of(cls, world: World) -> "_Common":
        """Return the market of `world`, the level of each region, and the central price lists of each chain."""
        goods = market(world.seed, world.items)
        dates = calendar(world.until, world.months)
        pooling = [region.id for region in world.regions if region.pooling]
        levels = 0.03 * np.random.default_rng([world.seed, 3]).standard_normal(len(pooling))
        chains = places.chain_names(len(world.pharmacies))
        central = {
            chain: _central(np.random.default_rng([world.seed, 4, number]), goods, dates.lists)
            for number, chain in enumerate(chains)
        }
        return cls(
            goods,
            dates,
            other_packs(world.items),
            dict(zip(pooling, map(float, levels), strict=True)),
            central,
            online=chains[1],
        )

    def ledger(self, rng: np.random.Generator, pharmacy: Pharmacy) -> Ledger:
        """Return what `pharmacy` reports."""
        return ledger(
            rng,
            pharmacy,
            self.market,
            dates=self.dates,
            level=self.levels[pharmacy.region_id],
            chain_lists=self.central.get(pharmacy.chain),
            online=pharmacy.chain == self.online,
            other_pack=self.other_pack,
        )


def _central(rng: np.random.Generator, goods: Market, lists: int) -> Ints:
    return price_lists(rng, goods, lists=lists, level=0.05 * float(rng.standard_normal()))
