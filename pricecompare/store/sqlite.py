"""The embedded engine: SQLite through sqlite-utils, one connection a thread."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from pricecompare.errors import Conflict, TooSlow, Unusable
from pricecompare.store import deadline
from pricecompare.store.columns import Columns, flat, pieces
from pricecompare.store.sql import for_sqlite
from pricecompare.store.sqlite_copies import SQLiteCopies
from pricecompare.store.sqlite_upkeep import SQLiteUpkeep

STEPS = 50_000
"""After how many steps of its machine, less than a millisecond, SQLite asks whether to go on."""

BUSY_SECONDS = 30
"""How long a writer waits for another, unless it is told to be more patient."""

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What the driver says of a file that is no database, or not a whole one."""

VALUES = 999
"""New values that go in by one statement, as many as every SQLite takes: half the time of row by row."""

PIECE = 100_000
"""Rows of columns that are turned into plain values together."""


T = TypeVar("T")


class SQLite(SQLiteCopies, SQLiteUpkeep):
    """One database file: many readers and one writer at a time (WAL)."""

    def __init__(self, path: Path, *, patience: float = BUSY_SECONDS):
        self.path = path
        self._patience = patience
        self._local = threading.local()

    @property
    def _db(self) -> Database:
        """This thread's connection, opened on first use."""
        if not hasattr(self._local, "db"):
            self._local.db, self._local.known, self._local.state = _opened(self.path, self._patience), {}, None
        return self._local.db

    def has_table(self, name: str) -> bool:
        """Say whether the database has a table `name`."""
        return name in self._db.table_names()

    def create(self, ddl: str) -> None:
        """Create every table and index of `ddl`; call inside `writing`."""
        for statement in _statements(for_sqlite(ddl)):
            self._db.execute(statement)

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple]:
        """Return the rows of a question, or nothing for a statement that has none."""
        deadline.refuse_late()
        try:
            return self._db.conn.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise _ours(error, self.path) from error

    def unchanged(self, name: str, ask: Callable[[], T]) -> T:
        """Return what `ask` returns; it is asked again only when the database has changed since."""
        state = self._state()
        known = self._local.known.get(name)
        if known is None or known[0] != state:
            known = self._local.known[name] = state, ask()
        found: T = known[1]
        return found

    def _state(self) -> tuple[int, int]:
        """Return what is another one after every change; while one state is read it is asked for once."""
        conn = self._db.conn
        if state := self._local.state:
            return state
        # Changes of others count up the first of both, those of this connection the second.
        found = self.rows("PRAGMA data_version", {})[0][0], conn.total_changes
        if state is not None:
            self._local.state = found
        return found

    def each(self, sql: str, questions: Iterable[dict[str, Any]]) -> list[list[tuple]]:
        """Return the rows of one question asked many times."""
        ask = self._db.conn.execute
        with _explained(self.path):
            return [ask(sql, values).fetchall() for values in questions]

    def stream(self, sql: str, values: dict[str, Any]) -> Iterator[tuple]:
        """Yield the rows of a question without holding them all."""
        with _explained(self.path):
            yield from self._db.conn.execute(sql, values)

    def many(self, sql: str, rows: Iterable[dict[str, Any]]) -> None:
        """Run one statement for each of `rows`."""
        with _explained(self.path):
            self._db.conn.executemany(sql, rows)

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add new `rows` to `table` as fast as the engine can; a row that is there already is a Conflict."""
        width = len(columns)
        most = VALUES // width * width
        values, rest = chain.from_iterable(rows), []

        def together() -> Iterator[list[Any]]:
            while len(these := list(islice(values, most))) == most:
                yield these
            rest.extend(these)

        self._insert(table, columns, most, together())
        self._insert(table, columns, width, _split(rest, width))

    def load_columns(self, table: str, columns: Columns) -> None:
        """Add new rows that are given column by column; a row that is there already is a Conflict."""
        most = VALUES // len(columns) * len(columns)
        for piece in pieces(columns, PIECE):
            values = flat(piece)
            whole = len(values) // most * most
            self._insert(table, columns, most, _split(values[:whole], most))
            self._insert(table, columns, len(columns), _split(values[whole:], len(columns)))

    def _insert(self, table: str, columns: Iterable[str], size: int, values: Iterable[list[Any]]) -> None:
        """Add rows, `size` values of them by one statement."""
        names = [*columns]
        rows = ", ".join([f"({', '.join('?' * len(names))})"] * (size // len(names)))
        with _explained(self.path):
            self._db.conn.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES {rows}", values)  # noqa: S608 - own names

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do all that is done inside, or nothing of it; other writers wait. Inside another it is part of that."""
        if self._db.conn.in_transaction:
            yield
            return
        with _explained(self.path):
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with _explained(self.path):
                self._db.conn.commit()
        except BaseException:
            self._db.conn.rollback()
            # What was asked in between never came true.
            self._local.known.clear()
            raise

    def reading(self) -> AbstractContextManager[None]:
        """Ask everything inside of one state of the database; inside another it is part of that."""
        conn = self._db.conn
        return _PART if conn.in_transaction else _Reading(conn, self._local)

    def close(self) -> None:
        """Close this thread's connection."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db, self._local.known


_PART = nullcontext()


class _Reading(AbstractContextManager[None]):
    """A transaction that only asks; every answer has one, and a generator as its context would take twice as long."""

    def __init__(self, conn: sqlite3.Connection, local: Any):
        self._conn, self._local = conn, local

    def __enter__(self) -> None:
        self._conn.execute("BEGIN")
        self._local.state = ()

    def __exit__(self, *_: object) -> None:
        self._local.state = None
        self._conn.rollback()


def _opened(path: Path, patience: float) -> Database:
    """Return a connection with WAL, foreign keys and a busy timeout."""
    try:
        db = Database(sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False))
        db.enable_wal()
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA synchronous = NORMAL")
        db.conn.set_progress_handler(deadline.is_over, STEPS)
    except sqlite3.DatabaseError as error:
        raise _ours(error, path) from error
    return db


def _split(values: list[Any], size: int) -> Iterator[list[Any]]:
    """Yield values in pieces of one size."""
    return (values[start : start + size] for start in range(0, len(values), size))


def _statements(ddl: str) -> Iterator[str]:
    """Yield the statements of `ddl`; `executescript` would commit the transaction they belong to."""
    statement = ""
    for line in ddl.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _ours(error, path) from error


def _ours(error: sqlite3.DatabaseError, path: Path) -> Conflict | TooSlow | Unusable:
    """Return what an error of the driver means."""
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
        return deadline.too_slow()
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict("integrity", reason=str(error))
    if getattr(error, "sqlite_errorcode", None) in DAMAGED:
        return Unusable("database_damaged", database=str(path), reason=str(error))
    return Unusable("database_unusable", database=str(path), reason=str(error))
