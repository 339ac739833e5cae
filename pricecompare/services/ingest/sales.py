"""Monthly sales that come in: rows of one pharmacy, drug and month are parts and are added."""

from collections import defaultdict
from typing import Any

from pricecompare.models import Upload
from pricecompare.services.index_refresh import refresh_indices
from pricecompare.services.ingest.taken import Batch
from pricecompare.store import Store

Key = tuple[int, str, int, int]
"""Pooling region, month, pharmacy, drug."""

Total = tuple[float, int]
"""Packs and fen."""


def take_sales(batch: Batch) -> Upload:
    """Take sales; return the ledger row. A later file's total for a pharmacy, drug and month replaces the earlier."""
    store = batch.desk.store
    read = _totals(batch)
    with store.writing():
        # Only now: while the file was read another upload may have moved a pharmacy.
        region_of = dict(store.pharmacy_places().values())
        totals = {(region_of[key[1]], *key): total for key, total in read.items()}
        upload_id = store.next_ids().upload
        store.put_upload(batch.ledger(upload_id))
        known = _known(store, totals)
        moved = {key: total for key, total in totals.items() if known.get(key) != total}
        store.put_sales(_row(key, total, upload_id) for key, total in sorted(moved.items()))
        if moved:
            store.next_version()
            refresh_indices(store, {key[:2] for key in moved})
        new = sum(key not in known for key in moved)
        counts = {"added": new, "changed": len(moved) - new, "unchanged": len(totals) - len(moved)}
        upload = batch.ledger(upload_id, **counts)
        store.put_upload(upload)
    return upload


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


def _known(store: Store, totals: dict[Key, Any]) -> dict[Key, Total]:
    """Return what is stored of the pharmacies and months that `totals` speak of."""
    return {
        (region, month, pharmacy, sale.drug_id): (sale.quantity, sale.amount_fen)
        for region, month, pharmacy in {key[:3] for key in totals}
        for sale in store.sales_of_pharmacy(region, month, pharmacy)
    }


def _row(key: Key, total: Total, upload_id: int) -> dict[str, Any]:
    region_id, month, pharmacy_id, drug_id = key
    where = {"region_id": region_id, "month": month, "pharmacy_id": pharmacy_id, "drug_id": drug_id}
    return {**where, "quantity": total[0], "amount_fen": total[1], "upload_id": upload_id}
