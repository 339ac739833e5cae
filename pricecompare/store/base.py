"""What every part of the store stands on: an engine and the named statements."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pricecompare.store.columns import Columns
from pricecompare.store.copies import Count
from pricecompare.store.sql import queries

QUERIES = queries()


T = TypeVar("T")

GAPS = 4
"""How many times more ids than are asked about may lie between the first and the last of one question for all."""


class Engine(Protocol):
    """The verbs an engine must have; any of them may raise Conflict or Unusable."""

    def has_table(self, name: str) -> bool:
        """Say whether the database has a table `name`."""

    def create(self, ddl: str) -> None:
        """Create every table and index of `ddl`."""

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple]:
        """Return the rows of a question."""

    def unchanged(self, name: str, ask: Callable[[], T]) -> T:
        """Return what `ask` returns, or returned since when nothing in the database has changed."""

    def each(self, sql: str, questions: Iterable[dict[str, Any]]) -> list[list[tuple]]:
        """Return the rows of one question asked many times."""

    def stream(self, sql: str, values: dict[str, Any]) -> Iterator[tuple]:
        """Yield the rows of a question without holding them all."""

    def many(self, sql: str, rows: Iterable[dict[str, Any]]) -> None:
        """Run one statement for each of `rows`."""

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add new rows to a table, to which no other refers, as fast as the engine can."""

    def load_columns(self, table: str, columns: Columns) -> None:
        """Add new rows that are given column by column: very many, twice as fast."""

    def writing(self) -> AbstractContextManager[None]:
        """All or nothing; other writers wait."""

    def reading(self) -> AbstractContextManager[None]:
        """One state of the database."""

    def close(self) -> None:
        """Let go of the database."""

    def upgrading(self) -> AbstractContextManager[None]:
        """As `writing`, while tables may be taken from under others that refer to them."""

    def set_aside(self, tables: Sequence[str]) -> None:
        """Call tables ``old_…`` and free the names of their indexes; call inside `upgrading`."""

    def drop_aside(self, tables: Sequence[str]) -> None:
        """Drop what was set aside and is still there; call inside `upgrading`."""

    def structure(self) -> dict[str, list[str]]:
        """Return tables and indexes by name, each as lines that are equal for equal ones."""

    def structure_of(self, ddl: str) -> dict[str, list[str]]:
        """Return the structure of a new database that `ddl` makes, in a place of its own."""

    def oddities(self) -> list[tuple[str, dict[str, str]]]:
        """Return what is unfit about the engine itself, as codes of sentences and the values in them."""

    copy_suffix: str
    """How the name of a copy's file ends."""

    def save(self, path: Path) -> dict[str, Count]:
        """Write a copy of the database to a new file; return what it must agree with."""

    def tried(self, path: Path) -> dict[str, Count]:
        """Return what a copy holds, put into a place of its own; Unusable when it is damaged."""

    def occupied(self) -> bool:
        """Say whether there is a database already, be it damaged."""

    def put_back(self, path: Path, before: str) -> str | None:
        """Put a copy in the place of the database, kept as `before`; return where, None when there was none."""

    def faults(self) -> list[str]:
        """Return what is wrong with stored pages and references, as the engine tells it; nothing when all is well."""


class Base:
    """Named statements on one engine."""

    def __init__(self, engine: Engine):
        self.engine = engine

    def writing(self) -> AbstractContextManager[None]:
        """Do all that is done inside, or nothing of it; other writers wait."""
        return self.engine.writing()

    def reading(self) -> AbstractContextManager[None]:
        """Ask everything inside of one state of the database."""
        return self.engine.reading()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.close()

    def _rows(self, name: str, /, **values: Any) -> list[tuple]:
        return self.engine.rows(QUERIES[name], values)

    def _row(self, name: str, /, **values: Any) -> tuple | None:
        rows = self.engine.rows(QUERIES[name], values)
        return rows[0] if rows else None

    def _each(self, name: str, questions: Iterable[dict[str, Any]]) -> list[list[tuple]]:
        return self.engine.each(QUERIES[name], questions)

    def _about(self, ids: Iterable[int], one: str, between: str, *, key: str, **values: Any) -> list[tuple]:
        """Return the rows that a question has of each id, the id first; of neighbours all are asked at once."""
        wanted = set(ids)
        if not wanted:
            return []
        first, last = min(wanted), max(wanted)
        if last - first < GAPS * len(wanted):
            return [row for row in self._rows(between, first=first, last=last, **values) if row[0] in wanted]
        return [row for rows in self._each(one, ({key: id_, **values} for id_ in wanted)) for row in rows]

    def _stream(self, name: str, /, **values: Any) -> Iterator[tuple]:
        return self.engine.stream(QUERIES[name], values)

    def _do(self, name: str, /, **values: Any) -> None:
        self.engine.rows(QUERIES[name], values)

    def _many(self, name: str, rows: Iterable[dict[str, Any]]) -> None:
        self.engine.many(QUERIES[name], rows)
