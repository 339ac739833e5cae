"""When prices were last seen: stated by themselves, or confirmed with the whole list they stand on."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.market import Sellers, packed, unpacked
from pricecompare.calc.quotes import NEVER
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.markets.lately import Lately, Since
from pricecompare.services.offers.stalls import Stall
from pricecompare.store import Store


class Sightings:
    """The last full list of every pharmacy, read from a store once for each region and kind."""

    def __init__(self, store: Store):
        self.store = store
        self._confirmed: dict[tuple[int, str], NDArray[np.int64] | None] = {}

    def last(self, region_id: int, kind: str, sellers: Sellers) -> NDArray[np.int64]:
        """Return the second at which each seller's price was last seen."""
        confirmed = self.confirmed(region_id, kind)
        if confirmed is None:
            return sellers["observed"]
        at = np.minimum(sellers["pharmacy"], len(confirmed) - 1)
        return np.maximum(sellers["observed"], confirmed[at])

    def confirmed(self, region_id: int, kind: str) -> NDArray[np.int64] | None:
        """Return the second of the last full list by pharmacy id, NEVER for none (so at the end); None without any."""
        if (region_id, kind) not in self._confirmed:
            self._confirmed[region_id, kind] = by_id(self.store.confirmations(region_id, kind))
        return self._confirmed[region_id, kind]

    def but(self, store: Store, places: Collection[tuple[int, str]]) -> "Sightings":
        """Return the same, to be read anew of some regions and kinds."""
        found = Sightings(store)
        found._confirmed = {place: known for place, known in dict(self._confirmed).items() if place not in places}
        return found


def by_id(confirmations: list[tuple[int, int]]) -> NDArray[np.int64] | None:
    """Return (pharmacy id, second) pairs as an array by id, NEVER where there is none and at its end."""
    if not confirmations:
        return None
    ids, seconds = np.array(confirmations, np.int64).T
    found = np.full(int(ids.max()) + 2, NEVER, np.int64)
    found[ids] = seconds
    return found


MOST_BYTES = 48_000_000
"""How much may be held in memory: some four hundred markets of a large city."""

NOTHING = 1000
"""Bytes that are counted for a market that does not exist."""


@dataclass(slots=True)
class _Held:
    """What was read of one data version."""

    sightings: Sightings
    rows: dict[MarketKey, Stall | None] = field(default_factory=dict)
    size: int = 0

    def put(self, key: MarketKey, stall: Stall | None) -> Stall | None:
        """Hold a market; return it."""
        self.rows[key] = stall
        self.size += stall.size if stall else NOTHING
        return stall


def _carried(store: Store, held: _Held, since: Since) -> _Held:
    """Return what is held and as right now as before."""
    written = {MarketKey(region, drug, kind) for region, kind, drug, _ in store.sellers_since(since.version)}
    listed = {MarketKey(region, drug, kind) for (region, _, kind), drugs in since.lists.items() for drug in drugs}
    found = _Held(held.sightings.but(store, {(region, kind) for region, _, kind in since.lists}))
    for key, stall in list(held.rows.items()):
        if key not in written and key not in listed and (key.kind, key.drug_id) not in since.offers:
            found.put(key, stall)
    return found


class Seen:
    """Markets as they are to be shown: each price with when it was last seen.

    What was asked for is held in memory until it changes; when there is no more room all of it goes.
    """

    def __init__(self) -> None:
        self._lately = Lately(lambda store: _Held(Sightings(store)), _carried)

    def market(self, store: Store, key: MarketKey, version: int) -> Stall | None:
        """Return one drug's market in one region as of that data version, confirmations put in; to be read only."""
        held = self._lately.at(store, version)
        if held.size > MOST_BYTES:
            held = self._lately.emptied(store, version)
        if key in held.rows:
            return held.rows[key]
        row = _shown(store.market(key), key, held.sightings)
        return held.put(key, None if row is None else Stall.of(row))


def _shown(row: MarketRow | None, key: MarketKey, sightings: Sightings) -> MarketRow | None:
    """Return a market with when each price was last seen."""
    if row is None or sightings.confirmed(key.region_id, key.kind) is None:
        return row
    sellers = unpacked(row.sellers, layout=row.layout).copy()
    sellers["observed"] = sightings.last(key.region_id, key.kind, sellers)
    return row._replace(sellers=packed(sellers))
