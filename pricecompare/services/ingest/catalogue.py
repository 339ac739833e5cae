"""Regions and drugs that come in."""

from typing import Any

from pricecompare.calc.codes import maker_agrees
from pricecompare.models import Drug, Region, Upload
from pricecompare.services.ingest.taken import Batch, one_of_each, with_ids

MUNICIPALITIES = (11, 12, 31, 50)
"""Beijing, Tianjin, Shanghai, Chongqing: provinces that are one pooling region."""

LEVELS = ("province", "city", "county")


def take_regions(batch: Batch) -> Upload:
    """Take regions; return the ledger row."""
    store = batch.desk.store
    with store.writing():
        known = {region.id: region for region in store.regions()}
        named = one_of_each(batch, ((row, tuple(values)) for row, values in batch.values()), lambda v: v[0], "code")
        codes = known.keys() | {values[0] for _, values in named}
        regions = [found for row, values in named if (found := _region(batch, row, values, codes))]
        # A parent must stand before its children.
        moved = sorted((region for region in regions if known.get(region.id) != region), key=_rank)
        store.put_regions(moved)
        new = sum(region.id not in known for region in moved)
        if moved:
            store.put_meta(places_version=store.next_version())
        upload = batch.ledger(
            store.next_ids().upload, added=new, changed=len(moved) - new, unchanged=len(regions) - len(moved)
        )
        store.put_upload(upload)
    return upload


def _rank(region: Region) -> tuple[int, int]:
    return LEVELS.index(region.level), region.id


def _region(batch: Batch, row: int, values: Any, codes: set[int]) -> Region | None:
    """Return the region of a row, what it leaves out derived from its code as GB/T 2260 has it."""
    code, name, parent, level, pooling = values
    if parent is not None and parent not in codes:
        batch.refuse(row, "parent", "unknown_parent", value=f"{parent:06d}")
        return None
    level = level or ("province" if code % 10_000 == 0 else "city" if code % 100 == 0 else "county")
    above = parent or next(
        (up for up in (code // 100 * 100, code // 10_000 * 10_000) if up in codes and up != code), None
    )
    return Region(code, name, above, level, _pools(code, level, above) if pooling is None else pooling)


def _pools(code: int, level: str, above: int | None) -> bool:
    """Say whether a region is a pooling region where its row does not: cities are, and the four municipalities."""
    municipal = code // 10_000 in MUNICIPALITIES
    return level == "province" if municipal else level == "city"


def take_drugs(batch: Batch) -> Upload:
    """Take drugs; return the ledger row. Ids that were given stay."""
    store = batch.desk.store
    with store.writing():
        known = {drug.code: drug for drug in store.drugs()}
        rows = ((row, Drug(0, *values)) for row, values in batch.values())
        drugs = [drug for _, drug in one_of_each(batch, _remarked(batch, rows), lambda drug: drug.code, "code")]
        untold = [name for name in batch.check.names if name not in batch.check.columns]
        moved, new = with_ids(drugs, known, store.next_ids().drug, untold=untold)
        store.put_drugs(moved)
        if moved:
            store.put_meta(drugs_version=store.next_version())
        counts = {"added": new, "changed": len(moved) - new, "unchanged": len(drugs) - len(moved)}
        upload = batch.ledger(store.next_ids().upload, **counts)
        store.put_upload(upload)
    return upload


def _remarked(batch: Batch, rows: Any) -> Any:
    """Yield rows, remarking where the maker in the standard code is not the one in the drug code."""
    for row, drug in rows:
        if len(drug.standard_code) == 14 and not maker_agrees(drug.standard_code, drug.code):
            batch.doubt(row, "standard_code", "maker_differs", drug.standard_code, standard=drug.standard_code)
        yield row, drug
