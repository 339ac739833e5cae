"""What every taker of rows works with, and what it gives back."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pricecompare.errors import Conflict, Reason
from pricecompare.files.tables import Table
from pricecompare.models import Upload
from pricecompare.models.audit import NOBODY, Hand
from pricecompare.schemas.checking import Cells, Check
from pricecompare.schemas.sifting import checked
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.refused import keep_refused

Told = Callable[[str, int, int], None]
"""Called with (what is being done, steps done, steps in all; 0 when not known)."""

Record = TypeVar("Record")


def nothing_told(what: str, done: int, total: int) -> None:
    """Tell nobody."""


class Undone(Exception):
    """A dry run has shown what it would do: nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One file on its way in: its rows, their check, and its row in the ledger as far as it is known.

    `reread` gives the table from its beginning. With `dry` all is done and shown to `inspect`,
    then taken back: the real run does exactly that. Rows of other pharmacies than `mine` are refused, where that is
    given.
    """

    desk: Desk
    check: Check
    table: Table
    upload: Upload
    told: Told
    reread: Callable[[], Table]
    by: Hand = NOBODY
    dry: bool = False
    inspect: Callable[[Upload], None] = lambda upload: None
    mine: frozenset[str] | None = None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do all that is done inside, or nothing of it; nothing of a dry run."""
        try:
            with self.desk.store.writing():
                yield
                if self.dry:
                    raise Undone
        except Undone:
            pass

    def values(self, rows: Iterable[tuple[int, Cells]] | None = None) -> Iterator[tuple[int, list[Any]]]:
        """Yield (row number, values in the order of the schema) of rows with the right shape, of all unless given."""
        found = checked(self.check, self.table.rows if rows is None else iter(rows))
        return found if self.mine is None else self._own(found, self.mine)

    def _own(self, found: Iterator[tuple[int, list[Any]]], mine: frozenset[str]) -> Iterator[tuple[int, list[Any]]]:
        place = self.check.names.index("pharmacy")
        for row, values in found:
            if values[place] in mine:
                yield row, values
            else:
                self.refuse(row, "pharmacy", "not_your_pharmacy", values[place], value=values[place])

    def refuse(self, row: int, name: str, code: str, cell: Any = "", **values: Any) -> None:
        """Refuse a row for what its value `name` says."""
        self.check.find(row, name, "error", Reason.of(code, **values), cell)

    def pass_over(self) -> None:
        """Count a row that says nothing of what the file is taken for."""
        self.check.filtered += 1

    def doubt(self, row: int, name: str, code: str, cell: Any = "", **values: Any) -> None:
        """Remark on a row that is taken all the same."""
        self.check.find(row, name, "warning", Reason.of(code, **values), cell)

    def number(self) -> int:
        """Return the id of the upload in the ledger: the next free one, or the one it was given when it began to wait.

        Call inside `writing`. Conflict when it does not wait any more, or was overtaken by a file that replaces it.
        """
        store, own = self.desk.store, self.upload.id
        if not own:
            return store.next_ids().upload
        if (known := store.upload(own)) is None or known.state != "waiting":
            raise Conflict("not_waiting", value=own)
        if not self.is_last() and self.upload.what not in ("prices", "sales"):
            raise Conflict("overtaken", value=own)
        return own

    def is_last(self) -> bool:
        """Say whether no later upload of the same sort was taken while this one waited."""
        last = self.desk.store.uploads(most=1, what=self.upload.what, state="taken")
        return not self.upload.id or not last or last[0].id <= self.upload.id

    def ledger(self, **columns: Any) -> Upload:
        """Return the row of the ledger as far as it is known now, with `columns`."""
        versions = self.desk.store.versions()
        return replace(
            self.upload,
            taken_at=self.desk.now(),
            rows=self.check.rows,
            refused=self.check.refused,
            filtered=self.check.filtered,
            warnings=self.check.warnings,
            registers=f"{versions.places}.{versions.drugs}",
            **columns,
        )

    def keep_counts(self, new: int, moved: int, every: int) -> Upload:
        """Complete the ledger of records of which `moved` were written, `new` of them for the first time."""
        store = self.desk.store
        version = store.versions().data if moved else None
        counts = {"added": new, "changed": moved - new, "unchanged": every - moved, "data_version": version}
        upload = self.ledger(id=self.number(), **counts)
        if moved:
            self.note(upload)
        return self.keep(upload)

    def note(self, upload: Upload) -> None:
        """Note in the audit trail that a file changed something that is not told by the ledger alone."""
        told = {name: getattr(upload, name) for name in ("sha256", "rows", "added", "changed", "refused")}
        about, after = f"{upload.what} upload {upload.id}", told | {"file": upload.file_name}
        audit.note(self.desk, "register_imported", about, by=self.by, after=after)

    def keep(self, upload: Upload) -> Upload:
        """Complete the ledger, the last thing that is written; return the upload."""
        self.desk.store.put_upload(upload)
        if upload.refused:
            keep_refused(self.desk.store, upload.id, self.check, self.reread())
        self.inspect(upload)
        return upload


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
