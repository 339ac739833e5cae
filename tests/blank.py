"""New stores for tests without making every table anew: what was made once is emptied, or copied."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from pricecompare.store import Store, create_store, open_store

HASTE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What a server that is thrown away need not do. Without autovacuum it is alike for every test, too."""

IDS = {"pg_attribute": "attrelid", "pg_index": "indexrelid", "pg_statistic": "starelid"} | dict.fromkeys(
    ("pg_class", "pg_constraint", "pg_attrdef", "pg_trigger", "pg_rewrite", "pg_proc", "pg_type", "pg_namespace"), "oid"
)
OWN = 16_384
"""The first id that PostgreSQL gives to what was not there from the beginning."""

# Whoever makes, changes or drops anything leaves a row of another transaction in one of these.
SUMS = "(SELECT (count(*), sum(xmin::text::bigint), sum({1}::bigint))::text FROM {0} WHERE {1} >= {2})"
MADE = "SELECT " + ", ".join(SUMS.format(*of, OWN) for of in IDS.items())
OURS = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"

Fill = Callable[[Store, Path], object]
"""Puts the same into every new store."""


def made(url: str) -> Store:
    return create_store(url, cursor_key="test", max_age_days=30)


class BlankFiles:
    """New stores on SQLite: copies of one file."""

    def __init__(self, folder: Path):
        self._folder, self._first = folder, folder / "blank.db"
        made(str(self._first)).close()

    def store(self, url: str) -> Store:
        """Return a new, empty store at a path."""
        shutil.copyfile(self._first, url)
        return open_store(url)

    def filled(self, fill: Fill, store: Store, folder: Path) -> None:
        """Put what `fill` does into a new store; from the second time on it is copied."""
        kept, path = self._folder / f"{fill.__name__}.db", store.engine.path
        if kept.exists():
            return copied(kept, path)
        fill(store, folder)
        copied(path, kept)


def copied(one: Path, other: Path) -> None:
    with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(other)) as target:
        source.backup(target)


class BlankServer:
    """New stores in the one database `url`, which has to be nobody else's."""

    def __init__(self, url: str, connection: psycopg.Connection):
        self.url = url
        self._connection = connection
        self._made: list[tuple] | None = None
        self._empty, self._facts = "", []
        self._kept: dict[str, str] = {}

    def nothing(self) -> str:
        """Return the address of the database once nothing is in it, not even a table."""
        # A schema is emptied far faster than a database is made, and leaves no files behind.
        self._connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self._made = None
        return self.url

    def store(self, url: str) -> Store:
        """Return a new, empty store: while all tables stand as they were made only rows go, else everything."""
        if self._made is not None and self._made == self._rows(MADE):
            self._connection.execute(self._empty)
            with self._connection.cursor() as cursor:
                cursor.executemany("INSERT INTO meta (name, value) VALUES (%s, %s)", self._facts)
            return open_store(url)
        store = made(self.nothing())
        self._empty = at_once(f"DELETE FROM {table}" for (table,) in self._rows(OURS))  # noqa: S608 - own names
        self._facts, self._made = self._rows("SELECT name, value FROM meta"), self._rows(MADE)
        return store

    def filled(self, fill: Fill, store: Store, folder: Path) -> None:
        """Put what `fill` does into a new store; from the second time on it is copied from a schema of its own."""
        name = fill.__name__
        if name in self._kept:
            self._connection.execute(self._kept[name])
            return
        fill(store, folder)
        tables = [table for (table,) in self._rows(OURS) if self._rows(f"SELECT 1 FROM {table} LIMIT 1")]  # noqa: S608 - own names
        self._connection.execute(f"CREATE SCHEMA {name}")
        for table in tables:
            self._connection.execute(f"CREATE TABLE {name}.{table} AS TABLE {table}")
        copies = (f"INSERT INTO {table} TABLE {name}.{table}" for table in tables)
        self._kept[name] = at_once(["DELETE FROM meta", *copies])
        self._made = self._rows(MADE)

    def _rows(self, question: str) -> list[tuple]:
        return self._connection.execute(question).fetchall()


def at_once(statements: Iterable[str]) -> str:
    """Return statements as one, for which no trigger or reference is looked after."""
    return f"BEGIN; SET LOCAL session_replication_role = replica; {'; '.join(statements)}; COMMIT"


@contextmanager
def blank_server(server) -> Iterator[BlankServer]:
    """Give the new stores of a PostgreSQL server, which from now on does not care for losing what it has."""
    server.psql("".join(f"ALTER SYSTEM SET {name} = off;\n" for name in HASTE) + "SELECT pg_reload_conf();")
    url = server.get_uri("postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        yield BlankServer(url, connection)
