"""What an engine owes: all or nothing, one state to read, writers that wait, refusals that say what to do."""

import re
import sqlite3
import threading
import uuid
from pathlib import Path

import pytest

from pricecompare.errors import Conflict, Reason, Unusable
from pricecompare.models import Region, Upload
from pricecompare.store import base, create_store, open_store
from pricecompare.store.sql import SCHEMA_VERSION, place, queries, schema
from tests.made import REGIONS, Shop, drug, pharmacy

STATEMENTS = queries()
STORE = Path(base.__file__).parent


@pytest.fixture
def again(store, url):
    """Another connection to the same database."""
    again = open_store(url)
    yield again
    again.close()


WHERE = {"pharmacy_id": 1, "kind": "listed"}
UNFIT = {
    "region without parent": lambda store: store.put_regions([Region(440305, "区", 440300, "county", False)]),
    "region code of two digits": lambda store: store.put_regions([Region(12, "区", None, "county", False)]),
    "unknown level": lambda store: store.put_regions([Region(440300, "市", None, "town", True)]),
    "pharmacy without region": lambda store: store.put_pharmacies([pharmacy(Shop(1, 440305, None, None))]),
    "offer of no price": lambda store: store.put_offers([(440300, 1, 1, "listed", 0, 2, 0, 10)]),
    "offer of unknown stock": lambda store: store.put_offers([(440300, 1, 1, "listed", 3, 128, 0, 10)]),
    "history of unknown kind": lambda store: store.load_changes([(440300, 1, "free", 1, 5, 120, None, 0, 1)]),
    "list": lambda store: store.load_lists([(440300, 1, "listed", 1, None, 1, b"")]),
    "effect": lambda store: store.load_effects([(1, 1, "listed", None, 1, b"")]),
    "sale list": lambda store: store.load_sale_lists([(440300, 1, "2026-09", 1, 1, b"")]),
    "run": lambda store: store.put_runs([{**WHERE, "region_id": 1, "since_at": 1, "until_at": 1}]),
    "vouched": lambda store: store.put_vouched([{**WHERE, "drug_id": 1, "fen": 1, "upload_id": 1}]),
    "decision about nothing": lambda store: store.put_upload(Upload(1, "retraction", about_id=7)),
    "unknown state": lambda store: store.put_upload(Upload(1, "prices", state="lost")),
    "spread": lambda store: store.put_spreads(44, "listed", [(1, 0.5, 1)]),
    "reference price": lambda store: store.put_references(440300, "2026-09", [(1, 4, 2.5, 1000, 400.5)]),
    "one drug code twice": lambda store: store.put_drugs([drug(1, "X"), drug(2, "X")]),
}


@pytest.mark.parametrize("write", UNFIT.values(), ids=UNFIT)
def test_a_row_that_fits_nothing_is_a_conflict(store, write):
    with pytest.raises(Conflict) as caught, store.writing():
        write(store)
    assert caught.value.code == "integrity"
    assert store.counts() == {"regions": 0, "drugs": 0, "pharmacies": 0, "markets": 0}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, Conflict], ids=lambda error: error.__name__)
def test_writing_is_all_or_nothing(store, again, error):
    with pytest.raises(error), store.writing():
        store.put_regions(REGIONS)
        store.next_version()
        assert len(store.regions()) == len(REGIONS)
        assert again.regions() == []
        raise error("integrity", reason="") if error is Conflict else error
    assert (store.regions(), again.regions(), again.versions().data) == ([], [], 0)
    with store.writing():
        store.put_regions(REGIONS)
    assert len(again.regions()) == len(REGIONS)


def test_reading_sees_one_state_while_another_writes(store, again):
    with again.reading():
        before = again.versions()
        with store.writing():
            store.next_version()
            store.put_regions(REGIONS)
        assert (again.versions(), again.regions(), list(again.offers_of_region(440300))) == (before, [], [])
    assert (again.versions().data, len(again.regions())) == (1, len(REGIONS))


def test_reading_inside_reading_and_writing_is_the_same_state(store):
    with store.writing():
        store.next_version()
        with store.reading():
            assert store.versions().data == 1
        store.next_version()
    with store.reading(), store.reading():
        assert store.versions().data == 2


def test_two_writers_wait_for_each_other(store, url):
    def count_up() -> None:
        mine = open_store(url)
        for _ in range(20):
            with mine.writing():
                mine.next_version()
        mine.close()

    writers = [threading.Thread(target=count_up) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.versions().data == 60


def test_one_store_serves_many_threads(store):
    found: list[int] = []

    def count_up() -> None:
        for _ in range(10):
            with store.writing():
                found.append(store.next_version())
        store.engine.close() if hasattr(store.engine, "path") else None

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 41))


def test_sqlite_keeps_a_log_and_foreign_keys_and_waits(tmp_path):
    store = create_store(str(tmp_path / "prices.db"), cursor_key="", max_age_days=30)
    pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
    assert [store.engine.rows(f"PRAGMA {name}", {}) for name in pragmas] == [[("wal",)], [(1,)], [(30_000,)], [(1,)]]
    store.close()


def test_a_database_of_another_schema_is_refused(store, url):
    with store.writing():
        store.put_meta(schema_version=99)
    with pytest.raises(Unusable) as caught:
        open_store(url)
    assert caught.value.code == "other_schema"
    assert caught.value.reason == Reason.of("other_schema", database=place(url), found="99", wanted=SCHEMA_VERSION)
    assert f"schema version 99, this program needs {SCHEMA_VERSION}" in str(caught.value)


def test_there_must_be_a_database(url):
    with pytest.raises(Unusable) as caught:
        open_store(url)
    code = "no_tables" if "://" in url else "no_database"
    assert (caught.value.code, caught.value.status) == (code, 503)
    assert "init" in str(caught.value)


def test_a_database_is_never_made_twice(store, url):
    with store.writing():
        store.put_regions(REGIONS)
    with pytest.raises(Unusable) as caught:
        create_store(url, cursor_key="other", max_age_days=1)
    assert caught.value.code == "database_exists"
    assert (len(store.regions()), store.meta()["cursor_key"]) == (len(REGIONS), "test")


@pytest.mark.parametrize("content", [b"pharmacy_code,price\nP,1\n" * 99, b"\0" * 5000], ids=["a table", "zeros"])
@pytest.mark.parametrize("use", [open_store, lambda url: create_store(url, cursor_key="", max_age_days=30)])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, content, use):
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    with pytest.raises(Unusable) as caught:
        use(str(path))
    assert caught.value.code == "database_damaged"
    assert path.read_bytes() == content


def test_a_database_of_someone_else_is_no_database(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE stamp (id)")
    other.close()
    with pytest.raises(Unusable) as caught:
        open_store(str(tmp_path / "other.db"))
    assert caught.value.code == "no_database"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Unusable) as caught:
        create_store(str(tmp_path / "nowhere" / "prices.db"), cursor_key="", max_age_days=30)
    assert caught.value.code == "database_unusable"
    assert "nowhere" in str(caught.value)


def test_a_password_that_is_wrong_is_told_at_once_and_not_shown(request):
    server = request.getfixturevalue("postgres_server")
    server.psql("CREATE ROLE careful LOGIN PASSWORD 'other';")
    url = re.sub(r"//[^@/]*@", "//nobody:s3cret@", server.get_uri("postgres"))
    with pytest.raises(Unusable) as caught:
        open_store(url)
    assert "nobody" in str(caught.value) and "s3cret" not in str(caught.value)


def test_what_the_driver_refuses_is_one_of_our_errors(store):
    with pytest.raises(Unusable):
        store.engine.rows("SELECT nothing FROM nowhere", {})
    with pytest.raises(Conflict):
        store.engine.rows(STATEMENTS["put_meta"], {"name": "x", "value": None})


def test_every_statement_is_used():
    used = set(re.findall(r'"(\w+)"', "".join(path.read_text("utf-8") for path in STORE.glob("*.py"))))
    named = re.findall(r"^-- name: (\w+)$", (STORE / "queries.sql").read_text("utf-8"), re.MULTILINE)
    assert sorted(named) == sorted(STATEMENTS)
    assert STATEMENTS.keys() - used == set()


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_can_be_planned(planner, name):
    values = dict.fromkeys(re.findall(r"(?<![:\w]):([a-z_0-9]+)", STATEMENTS[name]))
    assert planner.engine.rows("EXPLAIN " + STATEMENTS[name], values)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def planner(request, tmp_path_factory):
    """One empty store of each engine for all statements."""
    if request.param == "sqlite":
        url = str(tmp_path_factory.mktemp("planner") / "prices.db")
    else:
        server = request.getfixturevalue("postgres_server")
        # With work stealing this fixture may be made more than once in one process.
        name = f"planner{uuid.uuid4().hex}"
        server.psql(f"CREATE DATABASE {name};")
        url = server.get_uri(name)
    planner = create_store(url, cursor_key="", max_age_days=30)
    yield planner
    planner.close()


def test_every_table_and_index_says_what_it_is_for():
    lines = schema().splitlines()
    made = [number for number, line in enumerate(lines) if line.startswith("CREATE")]
    assert len(made) > 15
    assert [lines[number] for number in made if not lines[number - 1].startswith("--")] == []
