"""The server engine: PostgreSQL through psycopg 3, from a pool."""

import math
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import sql as names
from psycopg_pool import ConnectionPool, PoolTimeout

from pricecompare.errors import Conflict, Unusable
from pricecompare.store import deadline
from pricecompare.store.behind import Behind
from pricecompare.store.columns import BEGIN, END, Columns, copied, pieces, rows_of
from pricecompare.store.postgres_copies import PostgresCopies
from pricecompare.store.sql import for_postgres, place, pyformat

T = TypeVar("T")

Write = Callable[[psycopg.Connection, names.Composed], None]
"""Hands rows over to a COPY."""

WAIT = 5.0
"""Seconds a question waits for a connection, and for which a lost one is tried anew, ever more seldom, before the next
question begins that again: a server that was away is found soon after it is back."""

PIECE = 10_000
"""Rows of columns that are turned into bytes and handed over together."""

FEW = 200
"""Rows that are not worth a thread."""

WRITER_LOCK = 7_290_011
"""Key of the advisory lock that makes writers wait for each other: ids and versions are given under it."""


class Transaction(NamedTuple):
    """A transaction under way."""

    connection: psycopg.Connection
    behind: Behind


class Postgres(PostgresCopies):
    """One PostgreSQL database; every request borrows a connection."""

    def __init__(self, url: str):
        self.place = place(url)
        self._url = url
        self._current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)
        self._lock = Lock()
        self._open: ConnectionPool | None = None
        self._try(url)

    def _try(self, url: str) -> None:
        """Connect once, since the pool would try again for ten seconds and not say what is wrong."""
        with _explained(self.place):
            try:
                psycopg.connect(url, connect_timeout=10).close()
            except psycopg.ProgrammingError as error:
                # The rest of the sentence repeats the address, with its password.
                raise psycopg.OperationalError(str(error).partition('"')[0]) from None
            except psycopg.OperationalError as error:
                reason = str(error).splitlines()[0].rpartition("failed: ")[2]
                # An @ in a password makes part of it a host.
                raise psycopg.OperationalError(re.sub(r"\S*@", "", reason)) from None

    def _pool(self) -> ConnectionPool:
        """Return the pool, opened on first use: what a process has closed its children open for themselves."""
        with self._lock:
            if self._open is None:
                sizes, waits = {"min_size": 1, "max_size": 8}, {"timeout": WAIT, "reconnect_timeout": WAIT}
                pool = ConnectionPool(self._url, open=False, kwargs={"autocommit": True}, **sizes, **waits)  # type: ignore[arg-type]
                pool.open()
                # A thread of the pool may be the last that holds it, and cannot end itself.
                weakref.finalize(self, pool.close)
                self._open = pool
            return self._open

    @contextmanager
    def connection(self, statement: str | None = None) -> Iterator[psycopg.Connection]:
        """Give the connection of the transaction under way, for one `statement` or for anything, or else a free one."""
        with _explained(self.place):
            if (current := self._current.get()) is not None:
                with current.behind.alone(statement):
                    yield current.connection
                return
            with self._pool().connection() as connection:
                yield connection

    def has_table(self, name: str) -> bool:
        """Say whether the database has a table `name`."""
        return self.rows("SELECT to_regclass(:name)", {"name": name})[0][0] is not None

    def create(self, ddl: str) -> None:
        """Create every table and index of `ddl`; call inside `writing`."""
        with self.connection() as connection:
            connection.execute(for_postgres(ddl))

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple]:
        """Return the rows of a question, or nothing for a statement that has none."""
        deadline.refuse_late()
        with self.connection(sql) as connection:
            cursor = connection.execute(_pyformat(sql), values)
            return cursor.fetchall() if cursor.description else []

    def unchanged(self, name: str, ask: Callable[[], T]) -> T:
        """Return what `ask` returns: whether the database has changed since the last time only its answer tells."""
        return ask()

    def each(self, sql: str, questions: Iterable[dict[str, Any]]) -> list[list[tuple]]:
        """Return the rows of one question asked many times, without waiting for each answer."""
        ready = list(questions)
        found: list[list[tuple]] = []
        if not ready:
            return found
        with self.connection(sql) as connection, connection.cursor() as cursor:
            cursor.executemany(_pyformat(sql), ready, returning=True)
            while len(found) < len(ready):
                found.append(cursor.fetchall())
                cursor.nextset()
        return found

    def stream(self, sql: str, values: dict[str, Any]) -> Iterator[tuple]:
        """Yield the rows of a question without holding them all."""
        with self.connection() as connection, connection.transaction(), connection.cursor("stream") as cursor:
            cursor.itersize = 10_000
            cursor.execute(_pyformat(sql), values)
            yield from cursor

    def many(self, sql: str, rows: Iterable[dict[str, Any]]) -> None:
        """Run one statement for each of `rows`."""
        # All rows first: making one may ask the database, which this connection cannot answer half way.
        ready = list(rows)
        if ready:
            with self.connection(sql) as connection, connection.cursor() as cursor:
                cursor.executemany(_pyformat(sql), ready)

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add new `rows` to `table` as fast as the engine can; a row that is there already is a Conflict."""
        ready = list(rows)
        some = (ready[start : start + FEW] for start in range(0, len(ready), FEW))
        self._load(table, columns, (partial(_written, these) for these in some), few=len(ready) <= FEW)

    def load_columns(self, table: str, columns: Columns) -> None:
        """Add new rows that are given column by column; a row that is there already is a Conflict."""
        some = (partial(_copied, piece) for piece in pieces(columns, PIECE))
        self._load(table, [*columns], some, few=rows_of(columns) <= FEW)

    def _load(self, table: str, columns: Sequence[str], parts: Iterable[Write], *, few: bool) -> None:
        """Copy rows into a table: many of a transaction follow behind, so that it can go on meanwhile."""
        copy = names.SQL("COPY {} ({}) FROM STDIN").format(
            names.Identifier(table), names.SQL(", ").join(map(names.Identifier, columns))
        )
        current = self._current.get()
        if current is not None and not few:
            with _explained(self.place):
                current.behind.put(table, (partial(part, current.connection, copy) for part in parts))
            return
        with self.connection(table) as connection:
            for part in parts:
                part(connection, copy)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do all that is done inside, or nothing of it; other writers wait. Inside another it is part of that."""
        if self._current.get() is not None:
            yield
            return
        with self._transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER_LOCK])
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Ask everything inside of one state of the database."""
        if self._current.get() is not None:
            yield
            return
        with self._transaction() as connection:
            connection.execute(_bounded("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection]:
        with _explained(self.place), self._pool().connection() as connection, connection.transaction():
            behind = Behind()
            token = self._current.set(Transaction(connection, behind))
            try:
                yield connection
                behind.end(well=True)
            except BaseException:
                behind.end(well=False)
                raise
            finally:
                self._current.reset(token)

    def close(self) -> None:
        """Give every connection back."""
        with self._lock:
            pool, self._open = self._open, None
        if pool is not None:
            pool.close()


def _bounded(statement: str) -> str:
    """Return a statement that begins a transaction none of whose statements outlasts what this thread has left."""
    left = deadline.left()
    return statement if math.isinf(left) else f"{statement}; SET LOCAL statement_timeout = {math.ceil(left * 1000)}"


def _written(rows: Iterable[Sequence[Any]], connection: psycopg.Connection, copy: names.Composed) -> None:
    with connection.cursor() as cursor, cursor.copy(copy) as target:
        for row in rows:
            target.write_row(row)


def _copied(columns: Columns, connection: psycopg.Connection, copy: names.Composed) -> None:
    with connection.cursor() as cursor, cursor.copy(copy + names.SQL(" (FORMAT binary)")) as target:
        target.write(BEGIN + copied(columns) + END)


@cache
def _pyformat(sql: str) -> str:
    return pyformat(sql)


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise deadline.too_slow() from error
    except psycopg.IntegrityError as error:
        raise Conflict("integrity", reason=str(error)) from error
    except (psycopg.Error, PoolTimeout) as error:
        raise Unusable("database_unusable", database=place, reason=str(error)) from error
