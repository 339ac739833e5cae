"""Markets and flags kept true to the offers: refreshed for what an import touched, or made anew by a rebuild."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.appraisal import Book, Market, appraised, book, book_spread, flags
from pricecompare.calc.flags import DEFAULT_RULE, typical_spread
from pricecompare.calc.market import LAYOUT, SELLER, Sellers, merged, packed, unpacked
from pricecompare.models import KINDS, MarketKey, MarketRow
from pricecompare.store import Store

Changes = dict[MarketKey, Sellers]
"""Sellers to add, replace or (with 0 fen) take out, by market."""

Progress = Callable[[int, int], None]

EMPTY = np.zeros(0, SELLER)


def province_of(region_id: int) -> int:
    """Return the province of a region: the wider area of every comparison.

    >>> province_of(440305)
    44
    """
    return region_id // 10_000


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


class Refresh:
    """One refresh of the markets of a store; use inside `writing`."""

    def __init__(self, store: Store, *, version: int, today: date, told: Progress = no_progress):
        self.store = store
        self.version = version
        self.today = days.number_of(today)
        self.max_age = int(store.meta()["max_age_days"])
        self.told = told
        self.written = 0
        """How many markets changed, in their row or their flags."""
        self.spreads_moved = False
        """Whether the spread of a drug, or the usual one of a province, changed."""
        self._pack_counts = store.pack_counts()
        self._regions: dict[int, list[int]] = defaultdict(list)
        for region in store.regions():
            if region.pooling:
                self._regions[province_of(region.id)].append(region.id)

    def changed(self, changes: Changes) -> None:
        """Bring the markets in line with `changes` of their sellers."""
        for (province, kind), drugs in _blocks(changes).items():
            self._block(province, kind, {drug: self._merged(drug, kind, province, new) for drug, new in drugs.items()})

    def all_of(self, markets: Changes, regions: Iterable[int]) -> None:
        """Make `markets` the only ones of `regions`, which must be whole provinces."""
        for region_id in regions:
            for key in self.store.market_keys(region_id):
                markets.setdefault(key, EMPTY)
        for (province, kind), drugs in _blocks(markets).items():
            self._block(province, kind, drugs)

    def _merged(self, drug_id: int, kind: str, province: int, new: dict[int, Sellers]) -> dict[int, Sellers]:
        """Return the sellers of one drug in every region of a province, `new` ones put in."""
        old = {region: self._sellers(MarketKey(region, drug_id, kind)) for region in self._regions[province]}
        both = {region: merged(old[region], new.get(region, EMPTY)) for region in old}
        return {region: both[region] for region in both if len(both[region]) or len(old[region])}

    def _sellers(self, key: MarketKey) -> Sellers:
        row = self.store.market(key)
        return EMPTY if row is None else unpacked(row.sellers, layout=row.layout)

    def _block(self, province: int, kind: str, drugs: dict[int, dict[int, Sellers]]) -> None:
        """Write the markets and flags of drugs of one province and kind."""
        books = {drug: self._book(these) for drug, these in drugs.items()}
        usual, moved = self._usual_spread(province, kind, books)
        if moved:
            # Every flag rests on the usual spread: when that moves, all drugs are looked at again, as of today,
            # and those of which prices have aged move it once more.
            others = self._drugs(province, kind) - books.keys()
            drugs |= {drug_id: self._merged(drug_id, kind, province, {}) for drug_id in others}
            books |= {drug_id: self._book(drugs[drug_id]) for drug_id in others}
            usual, _ = self._usual_spread(province, kind, books)
        for done, (drug_id, this) in enumerate(sorted(books.items())):
            self._appraise(drug_id, kind, this, list(drugs[drug_id]), usual)
            self.told(done + 1, len(books))

    def _book(self, these: dict[int, Sellers]) -> Book:
        return book(these, today=self.today, max_age=self.max_age)

    def _drugs(self, province: int, kind: str) -> set[int]:
        """Return the drugs that have a market in a province."""
        keys = (key for region in self._regions[province] for key in self.store.market_keys(region))
        return {key.drug_id for key in keys if key.kind == kind}

    def _usual_spread(self, province: int, kind: str, books: dict[int, Book]) -> tuple[float, bool]:
        """Keep the spreads of `books`; return the province's usual spread and whether it moved.

        Three decimals are kept, so that one upload seldom moves every flag of a province (docs/decisions.md).
        """
        kept = {drug: (spread, quotes) for drug, spread, quotes in self.store.spreads(province, kind)}
        own = {drug: book_spread(this, DEFAULT_RULE) for drug, this in books.items()}
        every = kept | {drug: (one.s, one.m) for drug, one in own.items()}
        gone = [drug for drug in kept if not every[drug][1]]
        other = [(drug, *one) for drug, one in every.items() if one[1] and one != kept.get(drug)]
        self.store.put_spreads(province, kind, other)
        self.store.delete_spreads(province, kind, gone)
        all_of_them = np.array([spread for spread, quotes in every.values() if quotes])
        usual = round(typical_spread(all_of_them, DEFAULT_RULE), 3)
        moved = usual != self.store.typical_spread(province, kind)
        if moved:
            self.store.put_typical_spread(province, kind, usual)
        self.spreads_moved |= moved or bool(gone or other)
        return usual, moved

    def _appraise(self, drug_id: int, kind: str, this: Book, regions: list[int], usual: float) -> None:
        """Write one drug's markets and flags in all its regions."""
        keys = [MarketKey(region, drug_id, kind) for region in regions]
        markets, found = appraised(this, DEFAULT_RULE, usual, max_age=self.max_age)
        rows = {key: _row(markets[key.region_id], self.version) for key in keys if key.region_id in markets}
        flagged: dict[MarketKey, list[dict[str, Any]]] = {key: [] for key in keys}
        for flag in flags(this, found, self._pack_counts.get(drug_id)):
            key = MarketKey(flag.region_id, drug_id, kind)
            flagged[key].append(_plain(flag) | {"drug_id": drug_id, "kind": kind})
        gone = {key for key in keys if key not in rows}
        self.written += len(gone | self._written(rows) | self._flagged(flagged))
        self.store.delete_markets(gone)

    def _written(self, rows: dict[MarketKey, MarketRow]) -> set[MarketKey]:
        """Write the markets that differ from what is stored; return which ones."""
        other = {key: row for key, row in rows.items() if not _same(self.store.market(key), row)}
        self.store.put_markets(other.items())
        return set(other)

    def _flagged(self, flagged: dict[MarketKey, list[dict[str, Any]]]) -> set[MarketKey]:
        """Write the flags of the markets in which they differ from what is stored; return which ones."""
        other = {key: these for key, these in flagged.items() if these != self.store.flags_of_market(key)}
        self.store.delete_flags(other)
        self.store.put_flags(flag | {"data_version": self.version} for these in other.values() for flag in these)
        return set(other)


def _blocks(changes: Changes) -> dict[tuple[int, str], dict[int, dict[int, Sellers]]]:
    """Return changes by (province, kind), then drug, then region."""
    blocks: dict[tuple[int, str], dict[int, dict[int, Sellers]]] = defaultdict(lambda: defaultdict(dict))
    for (region_id, drug_id, kind), these in changes.items():
        blocks[province_of(region_id), kind][drug_id][region_id] = these
    return blocks


def _plain(flag: Any) -> dict[str, Any]:
    """Return a flag as columns of its table."""
    columns = asdict(flag) | {"rule_id": DEFAULT_RULE.id, "rule_version": DEFAULT_RULE.version}
    return columns | {"class": columns.pop("class_"), "strong": int(flag.strong)}


def _same(before: MarketRow | None, row: MarketRow) -> bool:
    """Say whether a market is stored already, in whichever version."""
    return before is not None and before._replace(data_version=row.data_version) == row


def _row(made: Market, version: int) -> MarketRow:
    """Return the columns of a market."""
    numbers = (
        asdict(made.summary) if made.summary else dict.fromkeys(("mean", "median", "mad", "q1", "q3", "low", "high"))
    )
    return MarketRow(
        **{"n": 0, **numbers},
        stale=made.stale,
        doubtful=made.doubtful,
        ages_on=days.day_of(made.ages_on).isoformat() if made.ages_on is not None else None,
        data_version=version,
        layout=LAYOUT,
        sellers=packed(made.sellers),
    )


def markets_of_offers(store: Store, region_id: int) -> Changes:
    """Return every market of a region as its offers say, unmarked."""
    rows = np.array(
        [(p, d, KINDS.index(k), f, s, o) for p, d, k, f, s, o in store.offers_of_region(region_id)], np.int64
    ).reshape(-1, 6)
    return grouped_sellers(np.full(len(rows), region_id), *rows.T)


def grouped_sellers(region: Any, pharmacy: Any, drug: Any, kind: Any, fen: Any, stock: Any, observed: Any) -> Changes:
    """Return columns of offers, each of shape (n,), as sellers by market; `kind` is a position in models.KINDS."""
    order = np.lexsort((pharmacy, kind, drug, region))
    these = np.zeros(len(order), SELLER)
    for name, column in (("pharmacy", pharmacy), ("fen", fen), ("observed", observed), ("stock", stock)):
        these[name] = column[order]
    keys = np.stack([region, drug, kind])[:, order]
    starts = np.flatnonzero(np.append(True, (keys[:, 1:] != keys[:, :-1]).any(axis=0))[: len(order)])
    pieces = np.split(these, starts[1:]) if len(order) else []
    return {
        MarketKey(int(keys[0, at]), int(keys[1, at]), KINDS[keys[2, at]]): piece
        for at, piece in zip(starts, pieces, strict=True)
    }
