"""How many pharmacies sell each drug, by pooling region: held in memory, brought up to date by what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pricecompare.store import Store

Counts = NDArray[np.int64]

MOST_PLACES = 64
"""For how many places sums are kept."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What markets said as of one data version: sellers by drug id, for each region and kind."""

    version: int
    sellers: dict[tuple[int, str], Counts]
    sums: dict[tuple[int, ...] | None, tuple[Counts, Counts]] = field(default_factory=dict)

    @property
    def markets(self) -> int:
        return sum(int(np.count_nonzero(counts)) for counts in self.sellers.values())


@dataclass(slots=True)
class Presence:
    """The newest numbers of sellers; replaced whole, so readers need no lock."""

    _known: _Known | None = None

    def sellers(self, store: Store, version: int, regions: Sequence[int] | None, drug_ids: Counts) -> Counts:
        """Return how many pharmacies of some pooling regions, or of all, sell each of some drugs.

        Of several kinds of price the one that most pharmacies tell counts, since most of them tell several. To be asked
        inside `reading`, with the data version read there.
        """
        known = self._known
        if known is None or known.version != version:
            known = self._known = _newer(store, version, known)
        place = None if regions is None else tuple(sorted(regions))
        if place not in known.sums and len(known.sums) >= MOST_PLACES:
            known.sums.clear()
        found = known.sums.get(place)
        if found is None or found[0] is not drug_ids:
            found = known.sums[place] = drug_ids, _of(drug_ids, _sum(known.sellers, place))
        return found[1]


def _newer(store: Store, version: int, known: _Known | None) -> _Known:
    """Return what markets say, reading only those that changed, unless one vanished or an older state is asked for."""
    if known is not None and known.version < version:
        changed = _Known(version, _put(dict(known.sellers), store.sellers_since(known.version)))
        if changed.markets == store.market_count():
            return changed
    return _Known(version, _put({}, store.sellers_since(-1)))


def _put(sellers: dict[tuple[int, str], Counts], rows: list[tuple]) -> dict[tuple[int, str], Counts]:
    """Return numbers of sellers with `rows` of (region, kind, drug, sellers) put in; no array is changed in place."""
    by_market: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for region_id, kind, drug_id, number in rows:
        by_market.setdefault((region_id, kind), []).append((drug_id, number))
    for key, pairs in by_market.items():
        drugs, numbers = np.array(pairs, np.int64).T
        old = sellers.get(key, np.zeros(0, np.int64))
        counts = np.zeros(max(len(old), int(drugs.max()) + 1), np.int64)
        counts[: len(old)] = old
        counts[drugs] = numbers
        sellers[key] = counts
    return sellers


def _sum(sellers: dict[tuple[int, str], Counts], place: tuple[int, ...] | None) -> Counts:
    """Return the sum over regions of the most that one kind of price has."""
    total = np.zeros(max(map(len, sellers.values()), default=0), np.int64)
    for region in {region for region, _ in sellers} if place is None else place:
        best = np.zeros(len(total), np.int64)
        for counts in (counts for (one, _), counts in sellers.items() if one == region):
            np.maximum(best[: len(counts)], counts, out=best[: len(counts)])
        total += best
    return total


def _of(drug_ids: Counts, sellers: Counts) -> Counts:
    """Return the sellers of some drugs; beyond the end of what is known there are none."""
    known = np.zeros(max(int(drug_ids.max(initial=-1)) + 1, len(sellers)), np.int64)
    known[: len(sellers)] = sellers
    return known[drug_ids]
