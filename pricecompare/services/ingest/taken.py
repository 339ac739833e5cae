"""What every taker of rows works with, and what it gives back."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pricecompare.errors import Reason
from pricecompare.models import Upload
from pricecompare.schemas.checking import Cells, Check, checked
from pricecompare.services.desk import Desk

Told = Callable[[str, int, int], None]
"""Called with (what is being done, steps done, steps in all; 0 when not known)."""

Record = TypeVar("Record")


def nothing_told(what: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One file on its way in: its rows, their check, and its row in the ledger as far as it is known."""

    desk: Desk
    check: Check
    rows: Iterator[tuple[int, Cells]]
    upload: Upload
    told: Told

    def values(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield (row number, values in the order of the schema) of rows with the right shape."""
        return checked(self.check, self.rows)

    def refuse(self, row: int, name: str, code: str, cell: Any = "", **values: Any) -> None:
        """Refuse a row for what its value `name` says."""
        self.check.find(row, name, "error", Reason.of(code, **values), cell)

    def doubt(self, row: int, name: str, code: str, cell: Any = "", **values: Any) -> None:
        """Remark on a row that is taken all the same."""
        self.check.find(row, name, "warning", Reason.of(code, **values), cell)

    def ledger(self, upload_id: int, *, added: int = 0, changed: int = 0, unchanged: int = 0, late: int = 0) -> Upload:
        """Return the completed ledger row."""
        return replace(
            self.upload,
            id=upload_id,
            rows=self.check.rows,
            added=added,
            changed=changed,
            unchanged=unchanged,
            late=late,
            refused=self.check.refused,
            warnings=self.check.warnings,
        )


def one_of_each(
    batch: Batch, rows: Iterable[tuple[int, Record]], key: Callable[[Record], Hashable], name: str
) -> list[tuple[int, Record]]:
    """Return (row, record) with each key once; rows that give one key different contents are all refused."""
    by_key: dict[Hashable, list[tuple[int, Record]]] = defaultdict(list)
    for row, record in rows:
        by_key[key(record)].append((row, record))
    for these in by_key.values():
        if any(record != these[0][1] for _, record in these):
            numbers = ", ".join(str(row) for row, _ in these[:10])
            for row, _ in these:
                batch.refuse(row, name, "duplicate_code", rows=numbers)
            these.clear()
    return [these[0] for these in by_key.values() if these]


def with_ids(found: list[Any], known: dict[str, Any], free: int, *, untold: Iterable[str]) -> tuple[list[Any], int]:
    """Return the records that are new or changed, under their own or the next free ids, and how many are new.

    `untold` names what the file has no column for: there a record that was known keeps what it had.
    """
    names, moved, new = list(untold), [], 0
    for record in found:
        before = known.get(record.code)
        kept = {name: getattr(before, name) for name in names} if before else {}
        record = replace(record, id=before.id if before else free + new, **kept)
        new += before is None
        if record != before:
            moved.append(record)
    return moved, new
