"""Which drugs are offered at all in a region, held in memory until the data changes."""

from dataclasses import dataclass

from pricecompare.models import MarketKey
from pricecompare.store import Store

FEW = 20
"""So many markets are asked for sooner than a list of all that there are."""


@dataclass(slots=True)
class Offered:
    """The markets there are in each region that was asked about; replaced whole, so readers need no lock."""

    _known: tuple[int, dict[int, frozenset[MarketKey]]] | None = None

    def among(self, store: Store, keys: list[MarketKey], version: int) -> set[MarketKey]:
        """Return those of `keys` that may have a market in that data version; of a few all, without asking."""
        if len(keys) <= FEW:
            return set(keys)
        if self._known is None or self._known[0] != version:
            self._known = (version, {})
        regions = self._known[1]
        for region in {key.region_id for key in keys} - regions.keys():
            regions[region] = frozenset(store.market_keys(region))
        return {key for key in keys if key in regions[key.region_id]}
