"""The tables of a dump and where their rows come from: what the API tells anybody, and nothing besides."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from pricecompare.calc import index
from pricecompare.calc.stocked import LEVELS, PACKS
from pricecompare.models import KINDS, Drug, MarketKey, Pharmacy
from pricecompare.models.listing import Column
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.dumps import columns
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.statistics import monitor
from pricecompare.services.statistics.standing import current

TOGETHER = 500
"""Markets that are read at once."""

Rows = Iterator[tuple[Any, ...]]


@dataclass(frozen=True)
class Source:
    """One state of the database to be dumped; use inside `reading`."""

    desk: Desk
    data_version: int = field(init=False)
    atlas: Atlas = field(init=False)
    drugs: list[Drug] = field(init=False)
    pharmacies: list[Pharmacy] = field(init=False)

    def __post_init__(self) -> None:
        """Read what is small."""
        versions = self.desk.store.versions()
        put = object.__setattr__
        put(self, "data_version", versions.data)
        put(self, "atlas", self.desk.grounds.atlas(self.desk.store, versions.places))
        put(self, "drugs", self.desk.store.drugs())
        put(self, "pharmacies", self.desk.store.pharmacies())

    @cached_property
    def drug_codes(self) -> dict[int, str]:
        """The codes of drugs by id."""
        return {one.id: one.code for one in self.drugs}

    @cached_property
    def pharmacy_codes(self) -> dict[int, str]:
        """The codes of pharmacies by id."""
        return {one.id: one.code for one in self.pharmacies}

    @cached_property
    def closed(self) -> set[int]:
        """Pharmacies that are closed for good: nobody can buy there."""
        return {one.id for one in self.pharmacies if one.closed_on is not None}

    @property
    def pooling(self) -> list[int]:
        """Pooling regions in the order of codes."""
        return sorted(one.id for one in self.atlas.regions.values() if one.pooling)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a dump: its columns, and its rows in an order that never changes."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    rows: Callable[[Source], Rows]


def _regions(source: Source) -> Rows:
    for one in sorted(source.atlas.regions.values(), key=lambda region: region.id):
        shown = views.region(one)
        yield tuple(shown[column.name] for column in columns.REGIONS)


def _drugs(source: Source) -> Rows:
    for one in sorted(source.drugs, key=lambda drug: drug.id):
        shown = views.drug(one)
        yield tuple(shown[column.name] for column in columns.DRUGS)


def _pharmacies(source: Source) -> Rows:
    for one in sorted(source.pharmacies, key=lambda pharmacy: pharmacy.id):
        place = (None, None) if one.lat is None or one.lng is None else (round(one.lat, 6), round(one.lng, 6))
        told = (one.name, one.chain, one.address, one.phone, one.uscc, *place, one.hours, one.services)
        shut = (one.closed_on, one.closed_from, one.closed_until, one.closed_reason)
        yield (one.code, one.id, f"{one.region_id:06d}", f"{one.district_id:06d}", *told, *shut)


def _offers(source: Source) -> Rows:
    store, drugs, shops = source.desk.store, source.drug_codes, source.pharmacy_codes
    for region in source.pooling:
        code = f"{region:06d}"
        confirmed = {kind: dict(store.confirmations(region, kind)) for kind in KINDS}
        for shop, drug, kind, fen, stock, held, observed in store.offers_of_region(region):
            if shop not in source.closed:
                seen = max(observed, confirmed[kind].get(shop, 0))
                yield code, shops[shop], drugs[drug], kind, fen, LEVELS[stock], PACKS[stock], bool(held), seen


def _changes(source: Source) -> Rows:
    drugs, shops = source.drug_codes, source.pharmacy_codes
    for region in source.pooling:
        code = f"{region:06d}"
        for drug, kind, shop, since, fen, held, upload in source.desk.store.changes_of_region(region):
            yield code, drugs[drug], kind, shops[shop], since, fen or None, bool(held), upload


def _statistics(source: Source) -> Rows:
    for region in source.pooling:
        keys = iter(sorted(source.desk.store.market_keys(region)))
        while these := list(islice(keys, TOGETHER)):
            yield from (
                _market(source, key, row) for key, row in zip(these, source.desk.store.markets(these), strict=True)
            )


def _market(source: Source, key: MarketKey, row: Any) -> tuple[Any, ...]:
    """Return the statistics of a market as of today, as the API tells them."""
    now = current(source.desk, row)
    numbers = (getattr(now, name) for name in views.STATISTICS)
    return (f"{key.region_id:06d}", source.drug_codes[key.drug_id], key.kind, now.n, *numbers, now.stale, now.doubtful)


def _flags(source: Source) -> Rows:
    for region in source.pooling:
        for row in monitor.every_flag(source.desk, f"{region:06d}", most=1 << 62):
            named = (f"{region:06d}", row.pharmacy_code, row.drug_code, row.kind)
            judged = (row.class_, row.grade, bool(row.strong), row.fen, row.observed_at)
            compared = (row.ref_median, row.ref_mean, row.others, row.ref_area, row.ratio_median, row.ratio_mean)
            said = monitor.sentences(source.atlas, row)
            rule = f"{row.rule_id} v{row.rule_version}"
            yield (*named, *judged, *compared, row.z, row.factor, rule, said["text_zh"], said["text_en"])


def _indices(source: Source) -> Rows:
    """Yield indices; of one that rests on too little no value is told."""
    method = f"{index.METHOD_ID} v{index.METHOD_VERSION}"
    for region, month in sorted(source.desk.store.sale_months()):
        rows = source.desk.store.indices(region, month, index.METHOD_ID)
        for row in sorted(rows, key=lambda one: one.pharmacy_id):
            figures = (None, None) if row.status == "suppressed" else (_hundred(row.value), _hundred(row.se))
            rest = (row.n_items, row.n_eff, row.largest_weight, row.coverage, row.turnover_fen, row.status)
            yield (f"{region:06d}", month, row.code, *figures, *rest, method)


def _hundred(part: float | None) -> float | None:
    return None if part is None else 100 * part


TABLES = (
    Table("regions", "地区", "Regions", columns.REGIONS, _regions),
    Table("drugs", "药品", "Drugs", columns.DRUGS, _drugs),
    Table("pharmacies", "药店", "Pharmacies", columns.PHARMACIES, _pharmacies),
    Table("offers", "现价", "What is asked now", columns.OFFERS, _offers),
    Table("changes", "价格历史", "Since when what was asked", columns.CHANGES, _changes),
    Table("statistics", "价格统计", "Statistics of each drug in each region", columns.STATISTICS, _statistics),
    Table("flags", "异常价格", "Abnormal prices", columns.FLAGS, _flags),
    Table("indices", "量价比较指数", "The price-volume index", columns.INDICES, _indices),
)
"""Every table of a dump, in the order in which the next refers to the one before."""
