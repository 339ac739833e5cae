"""How many pharmacies inside a circle or a district sell each drug: who sells it is held in memory as bits.

A drug has a bit for each pharmacy of its pooling region, for each kind of price, so that a count is a few words "and"
the circle. They are read from its market when the drug is first found in that region, and again once that changed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.market import unpacked
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.grounds.atlas import Ground
from pricecompare.services.searching.presence import Counts, Told, long_enough, taken
from pricecompare.store import Store

MOST_BYTES = 16_000_000
"""How much may be held in memory: some 10,000 markets of regions with 5,000 pharmacies each, read in half a second."""

MOST_CIRCLES = 64

AT_ONCE = 200
"""Markets that are read together: some megabytes."""

Bits = NDArray[np.uint64]

_WORD = 64


class Place(NamedTuple):
    """A place: its grounds, at which positions those inside it stand in each, and what tells it from other places."""

    grounds: list[Ground]
    inside: Callable[[Ground], NDArray[np.intp]]
    key: tuple


class _Circle(NamedTuple):
    """The pharmacies of a ground that are inside a place: the words that have any of them, and these words."""

    ground: Ground
    words: NDArray[np.intp]
    bits: Bits
    whole: bool


@dataclass(slots=True)
class _Sold:
    """Who sells the drugs of one kind and ground that were asked for: a row of bits for each."""

    ground: Ground
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """By drug id: which row it is, 0 for none; row 0 is empty."""
    read: NDArray[np.int64] = field(default_factory=lambda: np.full(1, -1, np.int64))
    """As of which data version each row was read."""
    bits: Bits = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing but the empty row."""
        self.bits = _bits(len(self.ground.pharmacies), np.zeros(0, np.intp))[None]

    def put(self, drug_ids: Counts, sellers: Iterator[Bits], version: int) -> None:
        """Put in who sells some drugs as of a data version."""
        self.rows = long_enough(self.rows, int(drug_ids.max()))
        new = drug_ids[self.rows[drug_ids] == 0]
        self.rows[new] = len(self.read) + np.arange(len(new))
        self.read = np.concatenate([self.read, np.zeros(len(new), np.int64)])
        self.bits = np.concatenate([self.bits, np.zeros((len(new), self.bits.shape[1]), np.uint64)])
        rows = self.rows[drug_ids]
        for row, bits in zip(rows.tolist(), sellers, strict=True):
            self.bits[row] = bits
        self.read[rows] = version

    def inside(self, circle: _Circle, drug_ids: Counts) -> Counts:
        """Return how many pharmacies of a circle sell each of some drugs."""
        rows = taken(self.rows, drug_ids)
        return np.bitwise_count(self.bits[rows[:, None], circle.words] & circle.bits).sum(axis=1, dtype=np.int64)


@dataclass(slots=True)
class Crowds:
    """Who sells what where it was asked for; when there is no more room all of it goes."""

    most_bytes: int = MOST_BYTES
    _sold: dict[tuple[int, str], _Sold] = field(default_factory=dict)
    _circles: dict[tuple, _Circle] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def inside(self, store: Store, told: Told, place: Place, drug_ids: Counts) -> Counts:
        """Return how many pharmacies inside a place sell each of some drugs; to be asked inside `reading`.

        As in whole regions, of several kinds of price the one that most pharmacies inside tell counts in each region.
        """
        total = np.zeros(len(drug_ids), np.int64)
        with self._lock:
            for circle in (self._circle(place, ground) for ground in place.grounds):
                if len(circle.words):
                    total += self._of(store, told, circle, drug_ids)
        return total

    def _circle(self, place: Place, ground: Ground) -> _Circle:
        """Return who of a ground is inside a place."""
        key = ground.region_id, place.key
        known = self._circles.get(key)
        if known is None or known.ground is not ground:
            if len(self._circles) >= MOST_CIRCLES:
                self._circles.clear()
            known = self._circles[key] = _circle(ground, place.inside(ground))
        return known

    def _of(self, store: Store, told: Told, circle: _Circle, drug_ids: Counts) -> Counts:
        """Return how many pharmacies of a circle sell each drug."""
        best, region_id = np.zeros(len(drug_ids), np.int64), circle.ground.region_id
        changes = told.changes(region_id, drug_ids)
        for kind, counts in told.kinds(region_id):
            here = taken(counts, drug_ids)
            # A kind that fewer tell in the whole region cannot have more inside.
            more = np.flatnonzero(here > best)
            if len(more) and not circle.whole:
                sold = self._read(store, told.version, (circle.ground, kind), drug_ids[more], changes[more])
                here[more] = sold.inside(circle, drug_ids[more])
            best[more] = np.maximum(best[more], here[more])
        return best

    def _read(self, store: Store, version: int, what: tuple[Ground, str], drug_ids: Counts, changes: Counts) -> _Sold:
        """Return who sells some drugs, having read what is not known as of the version."""
        ground, kind = what
        if sum(sold.bits.nbytes for sold in self._sold.values()) > self.most_bytes:
            self._sold.clear()
        sold = self._sold.get((ground.region_id, kind))
        if sold is None or sold.ground is not ground:
            sold = self._sold[ground.region_id, kind] = _Sold(ground)
        read = sold.read[taken(sold.rows, drug_ids)]
        wanted = drug_ids[(read < changes) | (read > version)]
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            markets = store.markets(MarketKey(ground.region_id, drug, kind) for drug in some.tolist())
            sold.put(some, (_who(ground, row) for row in markets), version)
        return sold


def _circle(ground: Ground, inside: NDArray[np.intp]) -> _Circle:
    """Return a circle of those of a ground that are inside it."""
    bits = _bits(len(ground.pharmacies), inside)
    words = np.flatnonzero(bits)
    return _Circle(ground, words, bits[words], len(inside) == len(ground.pharmacies))


def _who(ground: Ground, market: MarketRow | None) -> Bits:
    """Return who of a ground sells a drug."""
    sellers = () if market is None else ground.positions(unpacked(market.sellers, layout=market.layout)["pharmacy"])
    return _bits(len(ground.pharmacies), np.asarray(sellers, np.intp))


def _bits(number: int, these: NDArray[np.intp]) -> Bits:
    """Return the bits of some of a number of pharmacies, in whole words."""
    there = np.zeros(-(-number // _WORD) * _WORD, np.bool_)
    there[these] = True
    return np.packbits(there).view(np.uint64)
