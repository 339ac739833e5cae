"""Databases of older versions brought up to `schema.sql`, step by step: `migrations/` says how a step is written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files

from pricecompare.errors import Unusable
from pricecompare.store.sql import SCHEMA_VERSION, named, place
from pricecompare.store.store import Store, or_closed, reached

MIGRATIONS = "pricecompare.store.migrations"

FIRST = 1
"""The oldest version there ever was."""

_FILE = re.compile(r"(\d{4})\.sql")
_ASIDE = re.compile(r"^-- aside: (.+)$", re.MULTILINE)
_REBUILD = re.compile(r"^-- rebuild$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """How a database becomes one of `version`: SQL, tables that it makes anew, and statements for what is no SQL."""

    version: int
    ddl: str
    aside: tuple[str, ...]
    rebuilds: bool
    queries: Mapping[str, str]


def step_of(version: int, text: str) -> Step:
    """Return a step as its file says it.

    >>> step_of(9, "-- aside: a, b\\n-- rebuild\\nCREATE TABLE a (x);").aside
    ('a', 'b')
    """
    ddl, _, rest = text.partition("-- name: ")
    aside = _ASIDE.search(ddl)
    names = tuple(aside[1].split(", ")) if aside else ()
    return Step(version, ddl, names, bool(_REBUILD.search(ddl)), named(f"-- name: {rest}") if rest else {})


def steps_after(version: int) -> list[Step]:
    """Return what is to be done to a database of `version`, in this order."""
    found = {int(match[1]): one for one in files(MIGRATIONS).iterdir() if (match := _FILE.fullmatch(one.name))}
    return [
        step_of(number, found[number].read_text("utf-8"))
        for number in sorted(found)
        if version < number <= SCHEMA_VERSION
    ]


def take(store: Store, step: Step) -> None:
    """Take one step; call inside `upgrading`. The version is written by `arrived`."""
    engine = store.engine
    engine.set_aside(step.aside)
    engine.create(step.ddl)
    if step.queries:
        import_module(f"{MIGRATIONS}.fill_{step.version:04}").fill(engine, step.queries)
    engine.drop_aside(step.aside)


def arrived(store: Store) -> None:
    """Note that a database is of this program's version; call inside `upgrading`."""
    store.put_meta(schema_version=SCHEMA_VERSION)


def open_any(url: str, *, patience: float) -> tuple[Store, int]:
    """Return the store at an address and its version, whatever that is, up to this program's.

    Raises Unusable when there is no database, or one that a newer program made.
    """
    with or_closed(reached(url, patience=patience)) as store:
        found = store.meta().get("schema_version", "")
        if not found.isdecimal() or not FIRST <= int(found) <= SCHEMA_VERSION:
            raise Unusable("newer_schema", database=place(url), found=found, wanted=SCHEMA_VERSION)
    return store, int(found)
