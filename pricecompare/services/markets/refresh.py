"""Markets and flags kept true to the offers: refreshed for what an import touched, or made anew by a rebuild."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.appraisal import appraised, flagged
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import Sellers, merged, unpacked
from pricecompare.calc.shelf import looked_at
from pricecompare.calc.spreads import Spread
from pricecompare.models import MarketKey
from pricecompare.services.grounds.closings import without_closed
from pricecompare.services.markets.before import Before
from pricecompare.services.markets.books import blocks, province_of
from pricecompare.services.markets.kept import Kept
from pricecompare.services.markets.looked import EMPTY, Books, Drugs, Looked, SellersOf, put_together
from pricecompare.services.markets.sellers import Changes, Heaps
from pricecompare.services.markets.sightings import Sightings
from pricecompare.services.markets.usual import Spreads
from pricecompare.services.ruling.force import thresholds
from pricecompare.services.ruling.running import Rulings
from pricecompare.store import Store

Progress = Callable[[int, int], None]


AHEAD = 64
"""Drugs whose markets are read together."""

AT_ONCE = 100_000
"""Sellers of markets that are written together."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Refresh:
    """One refresh of the markets of a store; use inside `writing`."""

    def __init__(self, store: Store, *, version: int, today: date, told: Progress = no_progress, ruled: bool = True):
        self.store = store
        self.version = version
        self.today = days.number_of(today)
        self.max_age = int(store.meta()["max_age_days"])
        self._thresholds = thresholds(store, today)
        self._ruled = ruled
        self.told = told
        self.written = 0
        """How many markets changed, in their row or their flags."""
        self.regions: set[int] = set()
        """The regions whose answers are different now."""
        self.flags_moved: list[tuple[int, int, str, int]] = []
        """Flags that came, changed or went: region, drug, kind, pharmacy."""
        self.rules_moved = False
        """Whether anything that the public sees of rules besides the default one changed."""
        self.before = Before(store)
        self._spreads = Spreads(store)
        self._seen = Sightings(store)
        self._stored: dict[MarketKey, Sellers] = {}
        self._regions: dict[int, list[int]] = defaultdict(list)
        for region in store.regions():
            if region.pooling:
                self._regions[province_of(region.id)].append(region.id)

    @property
    def spreads_moved(self) -> bool:
        """Whether the spread of a drug, or the usual one of a province, changed."""
        return self._spreads.moved

    def changed(self, changes: Changes | Heaps) -> None:
        """Bring the markets in line with `changes` of their sellers."""
        heaps = changes if callable(changes) else lambda: [changes]
        closed = list(self.store.closed_pharmacies())
        touched = self._made(lambda: (without_closed(closed, heap) for heap in heaps()), self._merged)
        if self._ruled:
            self._rules_follow(touched)

    def _rules_follow(self, touched: dict[tuple[int, str], set[int]]) -> None:
        """Ask the rules in force besides the default one about what was touched."""
        rulings = Rulings(self.store, version=self.version, today=days.day_of(self.today), max_age=self.max_age)
        rulings.touched(touched)
        self.flags_moved += rulings.moved
        self.rules_moved |= bool(rulings.regions)
        self.store.touch_prices(self.version, rulings.regions)

    def all_of(self, markets: Heaps, regions: Iterable[int]) -> None:
        """Make `markets` the only ones of `regions`, which must be whole provinces."""
        stored = {key for region_id in regions for key in self.store.market_keys(region_id)}
        self.before.believed = self._spreads.believed = False

        def replaced(drug_id: int, kind: str, province: int, new: dict[int, Sellers]) -> dict[int, Sellers]:
            here = (region for region in self._regions[province] if MarketKey(region, drug_id, kind) in stored)
            return {**dict.fromkeys(here, EMPTY), **new}

        def and_stored() -> Iterator[Changes]:
            seen: set[tuple[int, str]] = set()
            for changes in markets():
                seen |= {(key.drug_id, key.kind) for key in changes}
                yield changes
            yield {key: EMPTY for key in stored if (key.drug_id, key.kind) not in seen}

        self._made(and_stored, replaced)

    def _made(self, heaps: Heaps, sellers_of: SellersOf) -> dict[tuple[int, str], set[int]]:
        """Write markets and flags, and return the drugs that were looked at.

        First comes how widely each drug's prices lie, since every flag rests on all of that.
        """
        books = Books(partial(self._looked, sellers_of))
        touched: dict[tuple[int, str], set[int]] = defaultdict(set)
        for place, drugs in blocks(heaps):
            touched[place] |= drugs.keys()
            self._spreads.keep(*place, self._spreads_of(books, *place, drugs))
        rest = {place: self._others(books, *place, drugs) for place, drugs in touched.items()}
        for place, drugs in blocks(heaps):
            self._write(books, *place, drugs)
        for place, others in rest.items():
            self._write(books, *place, others)
            touched[place] |= others.keys()
        self.store.touch_prices(self.version, self.regions)
        return touched

    def _spreads_of(self, books: Books, province: int, kind: str, drugs: Drugs) -> dict[int, Spread]:
        """Return how widely the prices of drugs lie."""
        own: dict[int, Spread] = {}
        for some in _some(drugs):
            own |= books.of(province, kind, some).spreads(DEFAULT_RULE)
        return own

    def _others(self, books: Books, province: int, kind: str, drugs: set[int]) -> Drugs:
        """Keep the usual spread of a province; return its drugs besides `drugs` when that has moved.

        Every flag rests on the usual spread: when that moves, all drugs are looked at again, as of today, and those of
        which prices have aged move it once more.
        """
        if not self._spreads.usual_moved(province, kind):
            return {}
        others: Drugs = {drug: {} for drug in sorted(self._drugs(province, kind) - drugs)}
        self._spreads.keep(province, kind, self._spreads_of(books, province, kind, others))
        self._spreads.usual_moved(province, kind)
        return others

    def _write(self, books: Books, province: int, kind: str, drugs: Drugs) -> None:
        """Write markets and flags of drugs, some hundred thousand sellers at once."""
        usual = self.store.typical_spread(province, kind)
        assert usual is not None
        packs = self.store.pack_counts(drugs)
        kept, sellers, done = self._empty(), 0, 0
        for some in _some(drugs):
            these = books.of(province, kind, some)
            self._put_shelf(kept, these, usual, packs)
            self._put_books(kept, these, kind, usual, packs)
            sellers, done = sellers + these.sellers, done + len(some)
            if sellers >= AT_ONCE:
                self._keep(kept)
                kept, sellers = self._empty(), 0
            self.told(done, len(drugs))
        self._keep(kept)

    def _put_shelf(self, kept: Kept, these: Looked, usual: float, packs: Mapping[int, int]) -> None:
        """Put down what comes of the drugs that are sold in one region alone."""
        if (this := these.shelf) is None:
            return
        own = {
            at: self._thresholds[key.region_id]
            for at, key in enumerate(these.keys)
            if key.region_id in self._thresholds
        }
        markets, found = looked_at(this, DEFAULT_RULE, usual, max_age=self.max_age, own_rules=own)
        pack = np.array([packs.get(key.drug_id, 0) for key in these.keys])
        kept.shelf(these.keys, markets, this.flagged(found, np.repeat(pack, np.diff(this.bounds))))

    def _put_books(self, kept: Kept, these: Looked, kind: str, usual: float, packs: Mapping[int, int]) -> None:
        """Put down what comes of the drugs that are sold in several regions, or nowhere any more."""
        for drug_id, (this, regions) in these.books.items():
            markets, found = appraised(this, DEFAULT_RULE, usual, max_age=self.max_age, thresholds=self._thresholds)
            kept.book(drug_id, kind, markets, flagged(this, found, packs.get(drug_id)))
            for region in (one for one in regions if one not in markets):
                kept.gone(MarketKey(region, drug_id, kind))

    def _empty(self) -> Kept:
        return Kept(self.store, self.version, self.before, self._thresholds)

    def _keep(self, kept: Kept) -> None:
        """Write what was put together, and remember which markets and flags differ."""
        moved = kept.write()
        self.written += len(moved)
        self.regions |= {key.region_id for key in moved}
        self.flags_moved += kept.moved

    def _merged(self, drug_id: int, kind: str, province: int, new: dict[int, Sellers]) -> dict[int, Sellers]:
        """Return the sellers of one drug in every region of a province, `new` ones put in."""
        old = {region: self._stored.get(MarketKey(region, drug_id, kind), EMPTY) for region in self._regions[province]}
        both = {region: merged(old[region], new.get(region, EMPTY)) for region in old}
        return {region: both[region] for region in both if len(both[region]) or len(old[region])}

    def _look_ahead(self, province: int, kind: str, drugs: Sequence[int]) -> None:
        """Read what is stored of drugs together: a server answers many questions in the time of one."""
        here = [region for region in self._regions[province] if not self.before.is_bare(region)]
        keys = [MarketKey(region, drug, kind) for drug in drugs for region in here]
        if all(key in self._stored for key in keys):
            return
        rows = self.before.looked_at(keys).items()
        self._stored = {key: unpacked(row.sellers, layout=row.layout) if row else EMPTY for key, row in rows}

    def _looked(self, sellers_of: SellersOf, province: int, kind: str, drugs: Drugs) -> Looked:
        """Return some drugs put together: what is stored, and what is new put in."""
        self._look_ahead(province, kind, [*drugs])
        these = {drug: sellers_of(drug, kind, province, new) for drug, new in drugs.items()}
        return put_together(these, kind, self._seen, today=self.today, max_age=self.max_age)

    def _drugs(self, province: int, kind: str) -> set[int]:
        """Return the drugs that have a market in a province."""
        keys = (key for region in self._regions[province] for key in self.store.market_keys(region))
        return {key.drug_id for key in keys if key.kind == kind}


def _some(drugs: Drugs) -> Iterator[Drugs]:
    """Yield some drugs at a time, in the order of their ids."""
    ids = sorted(drugs)
    for start in range(0, len(ids), AHEAD):
        yield {drug: drugs[drug] for drug in ids[start : start + AHEAD]}
