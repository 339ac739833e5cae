"""Copies of a PostgreSQL database as one file: how its tables are built, and their rows as COPY writes them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import psycopg

from pricecompare.errors import Unusable
from pricecompare.store.copies import Count, count
from pricecompare.store.postgres_upkeep import TRIED, PostgresUpkeep

SCHEMA = "schema.sql"
PIECE = 1 << 20

CREATED = """
SELECT c.relname, 'CREATE TABLE ' || c.relname || ' (' || string_agg(
    a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
    || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), ''), ', ' ORDER BY a.attnum) || ')'
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
GROUP BY c.relname
ORDER BY c.relname
"""

KEYS = """
SELECT c.relname, k.contype::text, 'ALTER TABLE ' || c.relname || ' ADD CONSTRAINT ' || k.conname || ' '
    || replace(pg_get_constraintdef(k.oid), 'REFERENCES ' || current_schema() || '.', 'REFERENCES ')
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
WHERE k.contype IN ('p', 'u', 'f', 'c') AND c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY k.contype = 'f', c.relname, k.conname
"""

INDEXES = """
SELECT replace(pg_get_indexdef(i.oid), ' ON ' || current_schema() || '.', ' ON ')
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE i.relnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u'))
ORDER BY i.relname
"""

ORDERS = """
SELECT c.relname, substr(pg_get_constraintdef(k.oid), 13)
FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
WHERE c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname
"""


class PostgresCopies(PostgresUpkeep):
    """Copies of one PostgreSQL database; no program of PostgreSQL's is needed for them."""

    copy_suffix = ".zip"

    def reading(self) -> AbstractContextManager[None]:
        """One state of the database."""
        raise NotImplementedError

    def connection(self) -> AbstractContextManager[psycopg.Connection]:
        """Give the connection of the transaction under way, or a free one."""
        raise NotImplementedError

    def save(self, path: Path) -> dict[str, Count]:
        """Write a copy of the database, while it is in use, to a new file; return what it must agree with."""
        with self.reading(), ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as file:
            before, after = self._built()
            file.writestr(SCHEMA, ";\n".join(before) + ";\n-- after the rows\n" + ";\n".join(after) + ";\n")
            return {table: self._saved(file, table, key) for table, key in self.rows(ORDERS, {})}

    def _built(self) -> tuple[list[str], list[str]]:
        """Return the statements that build tables, and those that come after their rows."""
        keys = self.rows(KEYS, {})
        tables = [ddl for _, ddl in self.rows(CREATED, {})]
        primary = [ddl for _, sort, ddl in keys if sort != "f"]
        references = [ddl for _, sort, ddl in keys if sort == "f"]
        return tables, [*primary, *(row[0] for row in self.rows(INDEXES, {})), *references]

    def _saved(self, file: ZipFile, table: str, key: str) -> Count:
        with file.open(f"{table}.copy", "w", force_zip64=True) as member:

            def written() -> Iterator[bytes]:
                for row in self._rows_of(table, key):
                    member.write(row)
                    yield row

            return count(written())

    def _rows_of(self, table: str, key: str) -> Iterator[bytes]:
        """Yield the rows of a table as COPY writes them, in the order of its key, like ``(id, row)``."""
        question = f"COPY (SELECT * FROM {table} ORDER BY {key.strip('()')}) TO STDOUT"  # noqa: S608 - own names
        with self.connection() as connection, connection.cursor().copy(question) as rows:
            for row in rows:
                yield bytes(row)

    def tried(self, path: Path) -> dict[str, Count]:
        """Return what a copy holds, put into a schema of its own that nobody sees; Unusable when it is damaged."""
        found: dict[str, Count] = {}
        with self.upgrading():
            self.rows(f"CREATE SCHEMA {TRIED}", {})
            self.rows(f"SET LOCAL search_path = {TRIED}", {})
            self._filled(path)
            found = {table: count(self._rows_of(table, key)) for table, key in self.rows(ORDERS, {})}
            # Ends the transaction without a trace, and is not seen outside.
            raise psycopg.Rollback
        return found

    def has_table(self, name: str) -> bool:
        """Say whether the database has a table `name`."""
        raise NotImplementedError

    def occupied(self) -> bool:
        """Say whether there is a database of ours already."""
        return self.has_table("meta")

    def put_back(self, path: Path, before: str) -> str | None:
        """Put a copy in the place of all tables, which stand in the schema `before` from then on; return that name."""
        with self.upgrading():
            tables = [row[0] for row in self.rows(CREATED, {})]
            if tables:
                self.rows(f'CREATE SCHEMA "{before}"', {})
            for table in tables:
                self.rows(f'ALTER TABLE {table} SET SCHEMA "{before}"', {})
            self._filled(path)
        return before if tables else None

    def _filled(self, path: Path) -> None:
        """Build the tables of a copy and fill them."""
        try:
            with ZipFile(path) as file, self.connection() as connection:
                before, after = file.read(SCHEMA).decode().split("-- after the rows\n")
                connection.execute(before)
                for name in (one for one in file.namelist() if one.endswith(".copy")):
                    table = name.removesuffix(".copy")
                    with file.open(name) as rows, connection.cursor().copy(f"COPY {table} FROM STDIN") as target:
                        while piece := rows.read(PIECE):
                            target.write(piece)
                connection.execute(after)
        except (BadZipFile, KeyError, ValueError) as error:
            raise Unusable("database_unusable", database=str(path), reason=str(error)) from error
