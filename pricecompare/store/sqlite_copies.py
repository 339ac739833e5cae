"""Copies of a database file: made while it is in use, compared, and put in its place."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from pricecompare.errors import Unusable
from pricecompare.store.copies import Count, count

COPY_SUFFIX = ".db"

SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a file; it belongs to it and to no other."""


class SQLiteCopies:
    """Copies of one database file."""

    path: Path
    copy_suffix = COPY_SUFFIX

    @property
    def _db(self) -> Database:
        raise NotImplementedError

    def save(self, path: Path) -> dict[str, Count]:
        """Write a copy of the database to a new file; return what it must agree with. Others read and write meanwhile.

        Raises Unusable when the database cannot be read or the file not be written.
        """
        with _told(self.path), closing(sqlite3.connect(path)) as target:
            self._db.conn.execute("BEGIN")
            try:
                # The first question fixes the state that is copied and counted.
                found = counts(self._db.conn)
                self._db.conn.backup(target)
            finally:
                self._db.conn.rollback()
            target.execute("PRAGMA journal_mode = DELETE")
        return found

    def tried(self, path: Path) -> dict[str, Count]:
        """Return what a copy holds, read as a database of its own; Unusable when it is damaged."""
        return tried(path)

    def occupied(self) -> bool:
        """Say whether there is a file already, be it damaged."""
        return self.path.exists()

    def put_back(self, path: Path, before: str) -> str | None:
        """Put a copy in the place of the database, whose file is called `before` from then on; return that name.

        Whoever has the old file open goes on with the old file: servers must be stopped.
        """
        return put_in_place(path, self.path, before)


def counts(db: sqlite3.Connection) -> dict[str, Count]:
    """Return what each table of a database holds."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    every = "SELECT * FROM {} NOT INDEXED"
    # A table is read in the order of its key.
    return {name: count(repr(row).encode() for row in db.execute(every.format(name))) for name in names}


def tried(path: Path) -> dict[str, Count]:
    """Return what a copy holds; Unusable when it is damaged."""
    with _told(path), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        wrong = [row[0] for row in db.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
        if wrong:
            raise Unusable("database_unusable", database=str(path), reason=wrong[0])
        return counts(db)


def put_in_place(path: Path, database: Path, before: str) -> str | None:
    """Copy a file beside a database and let it take its place, the old one being called `before`; return that name."""
    coming, aside = database.with_name(f"{database.name}.coming"), database.with_name(before)
    kept = str(aside) if database.exists() else None
    shutil.copyfile(path, coming)
    for suffix in ("", *SIDE_FILES):
        old = Path(f"{database}{suffix}")
        if old.exists():
            old.replace(f"{aside}{suffix}")
    coming.replace(database)
    return kept


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unusable("database_unusable", database=str(path), reason=str(error)) from error
