"""What only upkeep asks of SQLite: tables made anew, how the database is built, whether it is whole."""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pricecompare.errors import Conflict

_CHECK = re.compile(r"\bCHECK\s*(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))")
_COMMENT = re.compile(r"--.*")


class SQLiteUpkeep:
    """Upkeep of one database file."""

    @property
    def _db(self) -> Database:
        raise NotImplementedError

    def writing(self) -> AbstractContextManager[None]:
        """Do all that is done inside, or nothing of it."""
        raise NotImplementedError

    @contextmanager
    def upgrading(self) -> Iterator[None]:
        """Do all that is done inside, or nothing of it; references are checked at its end.

        Raises Conflict when a row refers to none. Tables keep what they say of others when those change their name.
        """
        self._pragmas(foreign_keys="OFF", legacy_alter_table="ON")
        try:
            with self.writing():
                yield
                if lost := self._broken_references():
                    raise Conflict("integrity", reason=lost[0])
        finally:
            self._pragmas(foreign_keys="ON", legacy_alter_table="OFF")

    def _pragmas(self, **values: str) -> None:
        for name, value in values.items():
            self._db.execute(f"PRAGMA {name} = {value}")

    def set_aside(self, tables: Sequence[str]) -> None:
        """Call tables ``old_…`` and free the names of their indexes; call inside `upgrading`."""
        for table in tables:
            for (index,) in self._indexes(table):
                self._db.execute(f"DROP INDEX {index}")
            self._db.execute(f"ALTER TABLE {table} RENAME TO old_{table}")

    def drop_aside(self, tables: Sequence[str]) -> None:
        """Drop what was set aside and is still there; call inside `upgrading`."""
        for table in tables:
            self._db.execute(f"DROP TABLE IF EXISTS old_{table}")

    def _indexes(self, table: str) -> list[tuple]:
        question = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ? ORDER BY 1"
        return self._db.execute(question, [table]).fetchall()

    def structure(self) -> dict[str, list[str]]:
        """Return tables and indexes by name, each as lines that are equal for equal ones."""
        tables = self._db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        found = {name: self._table(name, sql) for name, sql in tables}
        for table in list(found):
            for (index,) in self._indexes(table):
                found[index] = self._index(table, index)
        return found

    def structure_of(self, ddl: str) -> dict[str, list[str]]:
        """Return the structure of a new database that `ddl` makes, in memory."""
        other = type(self)(Path(":memory:"))  # type: ignore[call-arg]
        other.create(ddl)
        return other.structure()

    def create(self, ddl: str) -> None:
        """Create every table and index of `ddl`."""
        raise NotImplementedError

    def oddities(self) -> list[tuple[str, dict[str, str]]]:
        """Return what is unfit about SQLite: nothing, it is part of Python."""
        return []

    def _table(self, name: str, sql: str) -> list[str]:
        columns = [str(row[1:]) for row in self._ask(f"PRAGMA table_xinfo({name})")]
        references = sorted(str(row[2:]) for row in self._ask(f"PRAGMA foreign_key_list({name})"))
        kept = [str(row[4:]) for row in self._ask(f"PRAGMA table_list({name})")]
        checks = sorted(" ".join(check.split()) for check in _CHECK.findall(_COMMENT.sub("", sql)))
        unique = sorted(
            str(self._ask(f"PRAGMA index_info({row[1]})")) for row in self._ask(f"PRAGMA index_list({name})") if row[2]
        )
        return [*columns, *references, *kept, *checks, *unique]

    def _index(self, table: str, index: str) -> list[str]:
        unique = [row[2] for row in self._ask(f"PRAGMA index_list({table})") if row[1] == index]
        return [f"{table} unique {unique[0]}", *(str(row[2:]) for row in self._ask(f"PRAGMA index_xinfo({index})"))]

    def _ask(self, pragma: str) -> list[Any]:
        return self._db.execute(pragma).fetchall()

    def faults(self) -> list[str]:
        """Return what is wrong with the stored pages and references, as SQLite tells it; nothing when all is well."""
        told = [row[0] for row in self.rows("PRAGMA integrity_check(20)", {})]
        return [one for one in told if one != "ok"] or self._broken_references()

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple]:
        """Return the rows of a question."""
        raise NotImplementedError

    def _broken_references(self) -> list[str]:
        found = self.rows("PRAGMA foreign_key_check", {})
        return [f"{table}: row {row} refers to no row of {parent}" for table, row, parent, _ in found[:20]]
