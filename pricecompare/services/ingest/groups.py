"""Groups of drugs that come in: what a person says in place of codes and names."""

from collections.abc import Iterator
from typing import Any

from pricecompare.models import GroupWord, Upload
from pricecompare.services.ingest.taken import Batch, one_of_each
from pricecompare.services.ruling.relatives import compared_with, follow_catalogue


def take_groups(batch: Batch) -> Upload:
    """Take groups; return the ledger row. What was said of a drug before is kept, and does not count any more.

    Flags of rules that compare packs or makers follow at once.
    """
    store = batch.desk.store
    with batch.writing():
        number = batch.number()
        known = {word.drug_id: word for word in store.groups()}
        words = [word for _, word in one_of_each(batch, _words(batch, number), lambda word: word.drug_id, "drug")]
        moved = [word for word in words if _content(known.get(word.drug_id)) != _content(word)]
        before = compared_with(batch.desk, {word.drug_id for word in moved})
        store.put_groups(moved)
        if moved:
            # Whoever holds the catalogue in memory holds its groups with it.
            store.put_meta(drugs_version=store.next_version())
            follow_catalogue(batch.desk, before)
        new = sum(word.drug_id not in known for word in moved)
        return batch.keep_counts(new, len(moved), len(words))


def _content(word: GroupWord | None) -> tuple[Any, ...] | None:
    """Return what a word says, but for which drug and upload it is."""
    return None if word is None else tuple(word)[2:]


def _words(batch: Batch, number: int) -> Iterator[tuple[int, GroupWord]]:
    """Yield rows as words of the upload with that number; refuse drugs nobody knows."""
    ids = batch.desk.store.drug_ids()
    for row, (drug, *said) in batch.values():
        if drug in ids:
            yield row, GroupWord(ids[drug], number, *said)
        else:
            batch.refuse(row, "drug", "unknown_drug", drug, value=drug)
