"""What only upkeep asks of PostgreSQL: tables made anew, how the database is built, whether it is whole."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import psycopg

ASIDE = "pricecompare_old"
"""The schema in which tables stand while others are made in their place: names of indexes and keys go with them."""

TRIED = "pricecompare_tried"
"""The schema in which something is tried; it is rolled back."""

COLUMNS = """
SELECT c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, a.attnum
"""

CONSTRAINTS = """
SELECT c.relname, pg_get_constraintdef(k.oid)
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE k.contype IN ('p', 'u', 'f', 'c') AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, k.contype <> 'p', k.contype = 'f', 2
"""

INDEXES = """
SELECT i.relname, replace(pg_get_indexdef(i.oid), ' ON ' || current_schema() || '.', ' ON ')
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE i.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u'))
ORDER BY i.relname
"""

BROKEN = """
SELECT i.relname || ' is not valid' FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE NOT x.indisvalid
UNION ALL
SELECT conname || ' was not checked' FROM pg_constraint WHERE NOT convalidated
"""


class PostgresUpkeep:
    """Upkeep of one PostgreSQL database."""

    def writing(self) -> AbstractContextManager[None]:
        """Do all that is done inside, or nothing of it."""
        raise NotImplementedError

    def rows(self, sql: str, values: dict[str, Any]) -> list[tuple]:
        """Return the rows of a question."""
        raise NotImplementedError

    def upgrading(self) -> AbstractContextManager[None]:
        """Do all that is done inside, or nothing of it."""
        return self.writing()

    def set_aside(self, tables: Sequence[str]) -> None:
        """Call tables ``old_…`` and free the names of their indexes; call inside `upgrading`."""
        if not tables:
            return
        here = self.rows("SELECT current_schema()", {})[0][0]
        self.rows(f"CREATE SCHEMA IF NOT EXISTS {ASIDE}", {})
        for table in tables:
            self.rows(f"ALTER TABLE {table} SET SCHEMA {ASIDE}", {})
            self.rows(f"ALTER TABLE {ASIDE}.{table} RENAME TO old_{table}", {})
        self.rows(f'SET LOCAL search_path = "{here}", {ASIDE}', {})

    def drop_aside(self, tables: Sequence[str]) -> None:
        """Drop what was set aside and is still there; call inside `upgrading`."""
        if tables:
            self.rows(f"DROP SCHEMA {ASIDE} CASCADE", {})

    def structure(self) -> dict[str, list[str]]:
        """Return tables and indexes by name, each as lines that are equal for equal ones."""
        found: dict[str, list[str]] = defaultdict(list)
        for question in (COLUMNS, CONSTRAINTS, INDEXES):
            for name, line in self.rows(question, {}):
                found[name].append(line)
        return dict(found)

    def structure_of(self, ddl: str) -> dict[str, list[str]]:
        """Return the structure of a new database that `ddl` makes, in a schema that is rolled back."""
        found: dict[str, list[str]] = {}
        with self.upgrading():
            self.rows(f"CREATE SCHEMA {TRIED}", {})
            self.rows(f"SET LOCAL search_path = {TRIED}", {})
            self.create(ddl)
            found = self.structure()
            # Ends the transaction without a trace, and is not seen outside.
            raise psycopg.Rollback
        return found

    def create(self, ddl: str) -> None:
        """Create every table and index of `ddl`."""
        raise NotImplementedError

    def oddities(self) -> list[tuple[str, dict[str, str]]]:
        """Return what is unfit about this database: another encoding than UTF-8 cannot hold every name."""
        encoding = self.rows("SELECT current_setting('server_encoding')", {})[0][0]
        return [] if encoding == "UTF8" else [("doctor_encoding", {"value": encoding})]

    def faults(self) -> list[str]:
        """Return what is wrong with indexes and references, as far as the catalogue says; nothing when all is well."""
        return [row[0] for row in self.rows(BROKEN, {})]
