"""Holidays that come in: each file adds to what is known, or changes it day by day."""

from pricecompare.models import Holiday, Upload
from pricecompare.services.ingest.taken import Batch, one_of_each


def take_holidays(batch: Batch) -> Upload:
    """Take holidays; return the ledger row. A day that is said to be ``usual`` is like others again."""
    store = batch.desk.store
    with batch.writing():
        known = {holiday.day: holiday for holiday in store.holidays()}
        rows = ((row, Holiday(*values)) for row, values in batch.values())
        said = [holiday for _, holiday in one_of_each(batch, rows, lambda holiday: holiday.day, "day")]
        gone = [one for one in said if one.kind == "usual" and one.day in known]
        moved = [one for one in said if one.kind != "usual" and known.get(one.day) != one]
        store.put_holidays(moved)
        store.delete_holidays(one.day for one in gone)
        if moved or gone:
            store.put_meta(holidays_version=store.next_version())
        new = sum(one.day not in known for one in moved)
        return batch.keep_counts(new, len(moved) + len(gone), len(said))
