"""Regions and drugs that come in."""

from collections.abc import Iterator
from typing import Any

from pricecompare.calc.codes import maker_agrees
from pricecompare.models import Drug, Region, Upload
from pricecompare.services.ingest.pharmacies import regroup
from pricecompare.services.ingest.taken import Batch, one_of_each, with_ids
from pricecompare.services.ruling.relatives import compared_with, follow_catalogue

MUNICIPALITIES = (11, 12, 31, 50)
"""Beijing, Tianjin, Shanghai, Chongqing: provinces that are one pooling region."""

LEVELS = ("province", "city", "county")


def take_regions(batch: Batch) -> Upload:
    """Take regions; return the ledger row. Pharmacies follow a district that comes under another pooling region."""
    store = batch.desk.store
    with batch.writing():
        known = {region.id: region for region in store.regions()}
        named = one_of_each(batch, ((row, tuple(values)) for row, values in batch.values()), lambda v: v[0], "code")
        regions = list(_hung(batch, named, known))
        moved = [region for region in regions if known.get(region.id) != region]
        store.put_regions(moved)
        new = sum(region.id not in known for region in moved)
        if moved:
            version = store.next_version()
            store.put_meta(places_version=version, regions_version=version)
        if len(moved) > new:
            regroup(batch)
        return batch.keep_counts(new, len(moved), len(regions))


def _hung(batch: Batch, named: list[tuple[int, Any]], known: dict[int, Region]) -> Iterator[Region]:
    """Yield the regions of a file, each after the one it hangs under; a row that hangs nowhere is refused."""
    standing, codes = dict(known), known.keys() | {values[0] for _, values in named}
    rows = sorted((_level(values, known), values[0], row, values) for row, values in named)
    for level, code, row, (_, name, parent, _, pooling) in rows:
        if parent is not None and parent not in standing:
            unknown = "parent_not_above" if parent in codes else "unknown_parent"
            batch.refuse(row, "parent", unknown, f"{parent:06d}", value=f"{parent:06d}")
            continue
        above = parent or _parent(code, standing)
        if code in _upwards(above, standing):
            batch.refuse(row, "parent", "parent_not_above", f"{above:06d}", value=f"{above:06d}")
            continue
        if pooling is None:
            pooling = known[code].pooling if code in known else _pools(code, LEVELS[level])
        standing[code] = Region(code, name, above, LEVELS[level], pooling)
        yield standing[code]


def _level(values: Any, known: dict[int, Region]) -> int:
    """Return the position in LEVELS: as given, as it was, or as the code says (GB/T 2260)."""
    code, level = values[0], values[3]
    if level is None and code in known:
        level = known[code].level
    return LEVELS.index(level) if level else 0 if code % 10_000 == 0 else 1 if code % 100 == 0 else 2


def _parent(code: int, standing: dict[int, Region]) -> int | None:
    """Return the parent of a region whose row names none: as it was, or as the code says."""
    if code in standing and (before := standing[code].parent_id) is not None:
        return before
    ups = (code // 100 * 100, code // 10_000 * 10_000)
    return next((up for up in ups if up in standing and up != code), None)


def _upwards(region_id: int | None, standing: dict[int, Region]) -> Iterator[int]:
    """Yield a region and all it hangs under."""
    while region_id is not None:
        yield region_id
        region_id = standing[region_id].parent_id


def _pools(code: int, level: str) -> bool:
    """Say whether a region is a pooling region where its row does not: cities are, and the four municipalities."""
    return level == ("province" if code // 10_000 in MUNICIPALITIES else "city")


def take_drugs(batch: Batch) -> Upload:
    """Take drugs; return the ledger row. Ids that were given stay; flags that rest on the catalogue follow at once."""
    store = batch.desk.store
    with batch.writing():
        known = {drug.code: drug for drug in store.drugs()}
        rows = ((row, Drug(0, *values)) for row, values in batch.values())
        drugs = [drug for _, drug in one_of_each(batch, _remarked(batch, rows), lambda drug: drug.code, "code")]
        untold = [name for name in batch.check.names if name not in batch.check.columns]
        moved, new = with_ids(drugs, known, store.next_ids().drug, untold=untold)
        other = [(known[one.code], one) for one in moved if one.code in known]
        before = compared_with(batch.desk, {one.id for _, one in other})
        store.put_drugs(moved)
        if moved:
            store.put_meta(drugs_version=store.next_version())
            repacked = {one.id for was, one in other if was.pack_count != one.pack_count}
            follow_catalogue(batch.desk, before, repacked=repacked)
        return batch.keep_counts(new, len(moved), len(drugs))


def _remarked(batch: Batch, rows: Any) -> Any:
    """Yield rows, remarking where the maker in the standard code is not the one in the drug code."""
    for row, drug in rows:
        if len(drug.standard_code) == 14 and not maker_agrees(drug.standard_code, drug.code):
            batch.doubt(row, "standard_code", "maker_differs", drug.standard_code, standard=drug.standard_code)
        yield row, drug
