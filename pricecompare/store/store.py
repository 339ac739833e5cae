"""The one door to a database: `open_store(url)`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pricecompare.errors import Unusable
from pricecompare.models import Versions
from pricecompare.store.audit import Audit
from pricecompare.store.base import Engine
from pricecompare.store.calendar import Calendars
from pricecompare.store.cases import Cases
from pricecompare.store.catalogue import Catalogue
from pricecompare.store.citizens import Citizens
from pricecompare.store.flags import Flags
from pricecompare.store.groups import Groups
from pricecompare.store.indexing import Indexing
from pricecompare.store.keys import Keys
from pricecompare.store.lists import Lists
from pricecompare.store.prices import Prices
from pricecompare.store.rules import Rules
from pricecompare.store.sales import Sales
from pricecompare.store.settings import Settings
from pricecompare.store.sql import SCHEMA_VERSION, is_server, place, schema
from pricecompare.store.sqlite import BUSY_SECONDS, SQLite
from pricecompare.store.standards import Standards
from pricecompare.store.upkeep import Upkeep
from pricecompare.store.uploads import Uploads
from pricecompare.store.users import Users


class Store(
    Catalogue, Standards, Calendars, Groups, Uploads, Settings, Prices, Flags, Rules, Cases, Citizens, Sales, Indexing,
    Audit, Lists, Keys, Users, Upkeep,
):  # fmt: skip
    """Everything that is kept, on either engine."""

    def meta(self) -> dict[str, str]:
        """Return all facts about the database."""
        return dict(self._rows("meta"))

    def put_meta(self, **facts: str | int) -> None:
        """Keep facts about the database."""
        self._many("put_meta", ({"name": name, "value": str(value)} for name, value in facts.items()))

    def versions(self) -> Versions:
        """Return what is counted up when something changes."""
        return self.engine.unchanged("versions", self._versions)

    def _versions(self) -> Versions:
        meta = self.meta()
        return Versions(*(int(meta.get(f"{name}_version", 0)) for name in Versions._fields))

    def next_version(self) -> int:
        """Count the data version up and return it; call inside `writing`."""
        version = self.versions().data + 1
        self.put_meta(data_version=version)
        return version


def open_store(url: str, *, patience: float = BUSY_SECONDS) -> Store:
    """Return the store at a file path or ``postgresql://`` address.

    A writer waits up to `patience` seconds for another one (on PostgreSQL as long as it takes).
    Raises Unusable when it cannot be reached, was never initialised, or has another schema version.
    """
    with or_closed(reached(url, patience=patience)) as store:
        found = store.meta().get("schema_version")
        if found != str(SCHEMA_VERSION):
            raise Unusable("other_schema", database=place(url), found=found, wanted=SCHEMA_VERSION)
    return store


def reached(url: str, *, patience: float = BUSY_SECONDS) -> Store:
    """Return the store at an address, of whatever version; Unusable when there is none."""
    with or_closed(Store(engine_of(url, there=True, patience=patience))) as store:
        if not store.engine.has_table("meta"):
            raise Unusable("no_tables" if is_server(url) else "no_database", database=place(url))
    return store


def create_store(url: str, *, cursor_key: str, max_age_days: int) -> Store:
    """Return a new, empty store; Unusable when there is one already."""
    with or_closed(Store(engine_of(url))) as store, store.writing():
        if store.engine.has_table("meta"):
            raise Unusable("database_exists", database=place(url))
        store.engine.create(schema())
        store.put_meta(schema_version=SCHEMA_VERSION, **{f"{name}_version": 0 for name in Versions._fields})
        store.put_meta(cursor_key=cursor_key, max_age_days=max_age_days)
    return store


@contextmanager
def or_closed(store: Store) -> Iterator[Store]:
    """Give a store that is let go of when it turns out to be unusable."""
    try:
        yield store
    except Unusable:
        store.close()
        raise


def engine_of(url: str, *, there: bool = False, patience: float = BUSY_SECONDS) -> Engine:
    """Return the engine for an address; a file that must be `there` and is not is Unusable."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        if there and not Path(url).is_file():
            raise Unusable("no_database", database=url)
        return SQLite(Path(url), patience=patience)
    if not is_server(url):
        raise Unusable("unknown_engine", value=f"{scheme}://")
    try:
        # psycopg is an extra: a city on SQLite does not need it.
        from pricecompare.store.postgres import Postgres
    except ImportError as error:
        raise Unusable("no_driver", reason=str(error)) from error
    # The driver knows the scheme in small letters only.
    return Postgres(f"postgresql://{rest}")
