"""The texts of the store: `schema.sql` and the named statements of `queries.sql`, for either engine."""

import re
from importlib.resources import files
from pathlib import Path

SCHEMA_VERSION = 10
"""Raised whenever `schema.sql` changes; a database of another version is refused."""

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)
_AS = re.compile(r"/\* as (\w+) \*/")
_SQLITE_ONLY = re.compile(r"/\* sqlite: (.*?) \*/")
_POSTGRES_ONLY = re.compile(r"/\* postgres: (.*?) \*/")


def schema() -> str:
    """Return `schema.sql`: beside this module when installed, at the top of a checkout otherwise."""
    beside = files("pricecompare.store").joinpath("schema.sql")
    return (
        beside.read_text("utf-8") if beside.is_file() else (Path(__file__).parents[2] / "schema.sql").read_text("utf-8")
    )


def queries() -> dict[str, str]:
    """Return every statement of `queries.sql` by name, without its comment."""
    return named(files("pricecompare.store").joinpath("queries.sql").read_text("utf-8"))


def named(text: str) -> dict[str, str]:
    """Return the statements of `text` by name, each without its comment.

    Where one says ``/* as other */`` the statement of that name stands, up to its condition.
    """
    parts = _NAME.split(text)[1:]
    told = {name: _COMMENT.sub("", body).strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}
    return {name: _AS.sub(lambda other: told[other[1]].partition("\nWHERE")[0], body) for name, body in told.items()}


def place(url: str) -> str:
    """Return the address of a database without user, password and options.

    >>> place("postgresql://me:s3cret@db.example:5432/prices?password=s3cret"), place("prices.db")
    ('db.example:5432/prices', 'prices.db')
    """
    _, separator, rest = url.partition("://")
    if not separator:
        return url
    address, _, options = rest.partition("?")
    # A ? that stands in a password leaves no telling where the password ends.
    return "…" if "@" in options else address.rpartition("@")[2]


def is_server(url: str) -> bool:
    """Say whether `url` is the address of a PostgreSQL server; a scheme may be written in capitals.

    >>> is_server("PostgreSQL://db.example/prices"), is_server("postgres://db"), is_server("postgresql.db")
    (True, True, False)
    """
    scheme, separator, _ = url.partition("://")
    return bool(separator) and scheme.lower() in ("postgresql", "postgres")


def for_sqlite(ddl: str) -> str:
    """Return `ddl` with its words for SQLite in force.

    >>> for_sqlite("CREATE TABLE t (a TEXT) /* sqlite: WITHOUT ROWID */;")
    'CREATE TABLE t (a TEXT) WITHOUT ROWID;'
    """
    return _SQLITE_ONLY.sub(r"\1", ddl)


def for_postgres(ddl: str) -> str:
    """Return `ddl` with its words for PostgreSQL in force.

    >>> for_postgres("DROP TABLE t /* postgres: CASCADE */;")
    'DROP TABLE t CASCADE;'
    """
    return _POSTGRES_ONLY.sub(r"\1", ddl)


def pyformat(sql: str) -> str:
    """Return `sql` with ``:name`` written as psycopg wants it.

    >>> pyformat("SELECT name FROM drug WHERE id = :id AND name LIKE '%x'")
    "SELECT name FROM drug WHERE id = %(id)s AND name LIKE '%%x'"
    """
    return re.sub(r"(?<![:\w]):([a-z_][a-z_0-9]*)", r"%(\1)s", sql.replace("%", "%%"))
