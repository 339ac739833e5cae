"""Prices that a person wants followed up, in a file: what an inspection found, say, and no rule."""

from collections.abc import Iterator
from typing import NamedTuple

from pricecompare.errors import Conflict
from pricecompare.models import KINDS, Upload
from pricecompare.models.audit import Hand
from pricecompare.services.cases.named import FlagId
from pricecompare.services.cases.reported import IMPORTED, open_price
from pricecompare.services.ingest.taken import Batch, one_of_each


class Named(NamedTuple):
    """A price, why it is to be followed up, and who says so."""

    price: FlagId
    reason: str
    who: str


def take_cases(batch: Batch) -> Upload:
    """Open a case for each price that nobody follows yet; return the ledger row. What is not sold is refused."""
    with batch.writing():
        number = batch.number()
        named = one_of_each(batch, _named(batch), lambda one: one.price, "drug")
        opened = [_opened(batch, number, row, one) for row, one in named]
        return batch.keep_counts(opened.count(True), opened.count(True), len(opened) - opened.count(None))


def _opened(batch: Batch, number: int, row: int, one: Named) -> bool | None:
    """Open a case; False where somebody follows that price already, None when it cannot be."""
    by = Hand(one.who, batch.by.origin, one.reason)
    try:
        return open_price(batch.desk, one.price, by, class_=IMPORTED, upload=number)
    except Conflict:
        batch.refuse(row, "drug", "case_not_sold")
        return None


def _named(batch: Batch) -> Iterator[tuple[int, Named]]:
    """Yield rows with what they are about; refuse pharmacies and drugs that nobody knows."""
    store = batch.desk.store
    drugs = store.drug_ids()
    for row, (pharmacy, drug, kind, reason, who) in batch.values():
        shop = store.pharmacy(pharmacy)
        if shop is None:
            batch.refuse(row, "pharmacy", "unknown_pharmacy", pharmacy, value=pharmacy)
        elif drug not in drugs:
            batch.refuse(row, "drug", "unknown_drug", drug, value=drug)
        else:
            yield row, Named(FlagId(shop.region_id, shop.id, drugs[drug], KINDS[kind]), reason, who)
