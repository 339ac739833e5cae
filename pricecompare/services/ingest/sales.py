"""Monthly sales that come in: rows of one pharmacy, drug and month are parts and are added."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from pricecompare.calc.packing import LAYOUT, TOTAL, packed, unpacked
from pricecompare.models import Upload
from pricecompare.services.ingest.taken import Batch
from pricecompare.services.markets.index_refresh import refresh_indices
from pricecompare.store import Store

Key = tuple[int, str, int, int]
"""Pooling region, month, pharmacy, drug."""

Total = tuple[float, int]
"""Packs and fen."""


def take_sales(batch: Batch) -> Upload:
    """Take sales; return the ledger row. A later file's total for a pharmacy, drug and month replaces the earlier."""
    store = batch.desk.store
    read = _totals(batch)
    with batch.writing():
        # Only now: while the file was read another upload may have moved a pharmacy.
        region_of = dict(store.pharmacy_places().values())
        totals = {(region_of[key[1]], *key): total for key, total in read.items()}
        upload = batch.ledger(id=batch.number())
        store.put_upload(upload)
        keep_lists(store, totals, upload.id)
        known = _known(store, totals)
        moved = {key: total for key, total in totals.items() if known.get(key) != total}
        store.put_sales(_row(key, total, upload.id) for key, total in sorted(moved.items()))
        if not batch.is_last():
            tell_sales_again(store, upload.id)
        version = store.next_version() if moved else None
        if version is not None:
            store.touch_prices_of_upload(version, upload.id, None)
        refresh_indices(store, {key[:2] for key in moved})
        new = sum(key not in known for key in moved)
        counts: dict[str, Any] = {"added": new, "changed": len(moved) - new, "unchanged": len(totals) - len(moved)}
        return batch.keep(replace(upload, **counts, data_version=version))


def keep_lists(store: Store, totals: dict[Key, Total], upload_id: int) -> None:
    """Keep what an upload says was sold, one list for each pharmacy and month."""
    lists: dict[tuple[int, int, str], list[tuple]] = defaultdict(list)
    for (region, month, pharmacy, drug), total in sorted(totals.items()):
        lists[region, pharmacy, month].append((drug, *total))
    store.load_sale_lists((*where, upload_id, LAYOUT, packed(np.array(rows, TOTAL))) for where, rows in lists.items())


def tell_sales_again(store: Store, upload_id: int) -> int:
    """Bring sales in line with all lists that count, of the months `upload_id` speaks of; return how many changed."""
    places = store.sale_lists_of_upload(upload_id)
    changed = 0
    for region, pharmacy, month in places:
        told: dict[Key, tuple[Total, int]] = {}
        for number, layout, totals in store.sale_lists(region, pharmacy, month):
            for drug, *total in unpacked(totals, TOTAL, layout=layout).tolist():
                key = (region, month, pharmacy, drug)
                if told.get(key, ((), 0))[0] != tuple(total):
                    told[key] = (total[0], total[1]), number
        known = _known(store, told)
        gone = [key for key in _known(store, [(region, month, pharmacy, 0)]) if key not in told]
        store.delete_sales(_place(key) for key in gone)
        store.put_sales(_row(key, total, number) for key, (total, number) in told.items())
        changed += len(gone) + sum(known.get(key) != total for key, (total, _) in told.items())
    refresh_indices(store, {(region, month) for region, _, month in places})
    return changed


def _totals(batch: Batch) -> dict[tuple[str, int, int], Total]:
    """Return the total of each month, pharmacy and drug; refuse what is unknown, and months to come."""
    places, drug_ids = batch.desk.store.pharmacy_places(), batch.desk.store.drug_ids()
    this_month = batch.desk.today().strftime("%Y-%m")
    totals: dict[tuple[str, int, int], Total] = defaultdict(lambda: (0.0, 0))
    for row, (pharmacy, drug, month, quantity, fen) in batch.values():
        place, drug_id = places.get(pharmacy), drug_ids.get(drug)
        if place is None:
            batch.refuse(row, "pharmacy", "unknown_pharmacy", pharmacy, value=pharmacy)
        if drug_id is None:
            batch.refuse(row, "drug", "unknown_drug", drug, value=drug)
        if month > this_month:
            batch.refuse(row, "month", "date_in_future", month, value=month)
        if place is not None and drug_id is not None and month <= this_month:
            key = (month, place[0], drug_id)
            before = totals[key]
            # Quantities have four decimals: adding them must not leave 0.30000000000000004 packs.
            totals[key] = (round(before[0] + quantity, 4), before[1] + fen)
    return dict(totals)


def _known(store: Store, totals: Iterable[Key]) -> dict[Key, Total]:
    """Return what is stored of the pharmacies and months that `totals` speak of."""
    return {
        (region, month, pharmacy, sale.drug_id): (sale.quantity, sale.amount_fen)
        for region, month, pharmacy in {key[:3] for key in totals}
        for sale in store.sales_of_pharmacy(region, month, pharmacy)
    }


def _row(key: Key, total: Total, upload_id: int) -> dict[str, Any]:
    return {**_place(key), "quantity": total[0], "amount_fen": total[1], "upload_id": upload_id}


def _place(key: Key) -> dict[str, Any]:
    return dict(zip(("region_id", "month", "pharmacy_id", "drug_id"), key, strict=True))
