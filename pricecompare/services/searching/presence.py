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
class Told:
    """What markets said as of one data version: sellers by drug id, for each region and kind.

    `whole` is the version as of which all of them were read, `changed` one after which a drug's did not change again.
    """

    version: int
    sellers: dict[tuple[int, str], Counts]
    whole: int
    changed: dict[int, Counts] = field(default_factory=dict)
    sums: dict[tuple[int, ...] | None, tuple[Counts, Counts]] = field(default_factory=dict)

    @property
    def markets(self) -> int:
        """How many markets have any seller."""
        return sum(int(np.count_nonzero(counts)) for counts in self.sellers.values())

    def of(self, regions: Sequence[int] | None, drug_ids: Counts) -> Counts:
        """Return how many pharmacies of some pooling regions, or of all, sell each of some drugs.

        Of several kinds of price the one that most pharmacies tell counts, since most of them tell several.
        """
        place = None if regions is None else tuple(sorted(regions))
        if place not in self.sums and len(self.sums) >= MOST_PLACES:
            self.sums.clear()
        found = self.sums.get(place)
        if found is None or found[0] is not drug_ids:
            found = self.sums[place] = drug_ids, taken(_sum(self.sellers, place), drug_ids)
        return found[1]

    def kinds(self, region_id: int) -> list[tuple[str, Counts]]:
        """Return the kinds of price that a region has, the commonest first, and the sellers of each by drug id."""
        here = [(kind, counts) for (region, kind), counts in self.sellers.items() if region == region_id]
        return sorted(here, key=lambda one: (-int(one[1].sum()), one[0]))

    def changes(self, region_id: int, drug_ids: Counts) -> Counts:
        """Return for each of some drugs a data version since which its markets in a region have not changed."""
        changed = self.changed.get(region_id)
        return np.maximum(self.whole, taken(changed, drug_ids) if changed is not None else 0 * drug_ids)


@dataclass(slots=True)
class Presence:
    """The newest numbers of sellers; replaced whole, so readers need no lock."""

    _told: Told | None = None

    def told(self, store: Store, version: int) -> Told:
        """Return what markets say; to be asked inside `reading`, with the data version read there."""
        told = self._told
        if told is None or told.version != version:
            told = self._told = _newer(store, version, told)
        return told


def _newer(store: Store, version: int, told: Told | None) -> Told:
    """Return what markets say, reading only those that changed, unless one vanished or an older state is asked for."""
    if told is not None and told.version < version:
        rows = store.sellers_since(told.version)
        changed = Told(version, _put(dict(told.sellers), rows), told.whole, _marked(told.changed, rows, version))
        if changed.markets == store.market_count():
            return changed
    return Told(version, _put({}, store.sellers_since(-1)), version)


def _marked(before: dict[int, Counts], rows: list[tuple], version: int) -> dict[int, Counts]:
    """Return by region and drug id when a market last changed, `rows` of (region, kind, drug, sellers) doing so now."""
    marked = dict(before)
    for region_id in {row[0] for row in rows}:
        drugs = np.array([drug_id for region, _, drug_id, _ in rows if region == region_id], np.int64)
        marked[region_id] = long_enough(marked.get(region_id), int(drugs.max()))
        marked[region_id][drugs] = version
    return marked


def _put(sellers: dict[tuple[int, str], Counts], rows: list[tuple]) -> dict[tuple[int, str], Counts]:
    """Return numbers of sellers with `rows` of (region, kind, drug, sellers) put in; no array is changed in place."""
    by_market: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for region_id, kind, drug_id, number in rows:
        by_market.setdefault((region_id, kind), []).append((drug_id, number))
    for key, pairs in by_market.items():
        drugs, numbers = np.array(pairs, np.int64).T
        counts = long_enough(sellers.get(key), int(drugs.max()))
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


def long_enough(old: Counts | None, last: int) -> Counts:
    """Return a copy of some numbers by drug id that goes up to `last` at least."""
    size = 0 if old is None else len(old)
    copy = np.zeros(max(size, last + 1), np.int64)
    if old is not None:
        copy[:size] = old
    return copy


def taken(numbers: Counts, drug_ids: Counts) -> Counts:
    """Return the numbers of some drugs; beyond the end of what is known they are 0."""
    if not len(numbers):
        return np.zeros(len(drug_ids), np.int64)
    return np.where(drug_ids < len(numbers), numbers.take(drug_ids, mode="clip"), 0)
