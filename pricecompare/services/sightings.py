"""When prices were last seen: stated by themselves, or confirmed with the whole list they stand on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.market import Sellers, packed, unpacked
from pricecompare.calc.quotes import NEVER
from pricecompare.models import MarketKey, MarketRow
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


def by_id(confirmations: list[tuple[int, int]]) -> NDArray[np.int64] | None:
    """Return (pharmacy id, second) pairs as an array by id, NEVER where there is none and at its end."""
    if not confirmations:
        return None
    ids, seconds = np.array(confirmations, np.int64).T
    found = np.full(int(ids.max()) + 2, NEVER, np.int64)
    found[ids] = seconds
    return found


@dataclass(slots=True)
class Seen:
    """Markets as they are to be shown: each price with when it was last seen; what that needs is held in memory."""

    _known: tuple[int, Sightings] | None = None

    def market(self, store: Store, key: MarketKey, version: int) -> MarketRow | None:
        """Return one drug's market in one region as of that data version, confirmations put in."""
        if (row := store.market(key)) is None:
            return None
        if self._known is None or self._known[0] != version:
            # Replaced whole, so readers need no lock.
            self._known = (version, Sightings(store))
        if self._known[1].confirmed(key.region_id, key.kind) is None:
            return row
        sellers = unpacked(row.sellers, layout=row.layout).copy()
        sellers["observed"] = self._known[1].last(key.region_id, key.kind, sellers)
        return row._replace(sellers=packed(sellers))
