"""A database of any older version becomes one of this program, with all that was in it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pricecompare.errors import Unusable
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.upkeep import upgrade as upkeep
from pricecompare.services.upkeep.upgrade import upgrade
from pricecompare.store import Store, create_store, open_store
from pricecompare.store.base import Engine
from pricecompare.store.sql import SCHEMA_VERSION
from pricecompare.store.store import engine_of
from pricecompare.store.upgrading import steps_after

OLD = Path(__file__).parent / "old"
NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
AT_NOW = {"NOW": NOW.isoformat()}
FILES = (
    *(("regions", "regions"), ("drugs", "drugs"), ("pharmacies", "pharmacies")),
    *(("prices", f"prices-{number}") for number in (1, 2, 3)),
    *(("sales", f"sales-{number}") for number in (1, 2)),
)
"""What the databases of `old/` were made of, by the programs of their time, in this order."""


def old_database(url: str, version: int, *, rows: bool) -> None:
    """Make a database as an older program made it; its rows are those of `old/`."""
    engine: Engine = engine_of(url)
    with engine.writing():
        engine.create((OLD / f"schema-{version}.sql").read_text("utf-8"))
        kept = json.loads((OLD / f"rows-{version}.json").read_text("utf-8"))
        for table, these in kept.items():
            if rows or table == "meta":
                engine.load(table, these["columns"], ([_value(cell) for cell in row] for row in these["rows"]))
    engine.close()


def _value(cell):
    return bytes.fromhex(cell["hex"]) if isinstance(cell, dict) else cell


@pytest.fixture
def fresh(tmp_path) -> Store:
    """The same files taken by this program, on SQLite."""
    store = create_store(str(tmp_path / "fresh.db"), cursor_key="old", max_age_days=30)
    desk = Desk(store, lambda: NOW)
    for what, name in FILES:
        assert import_file(desk, what, OLD / f"{name}.csv").errors == []
    yield store
    store.close()


@pytest.mark.parametrize("version", [1, 2])
def test_all_steps_give_exactly_the_schema(url, version):
    old_database(url, version, rows=False)
    upgrade({"DB": url} | AT_NOW, folder=None)
    with_steps = open_store(url)
    stepwise = with_steps.engine.structure()
    assert with_steps.meta()["schema_version"] == str(SCHEMA_VERSION)
    with_steps.close()
    assert stepwise == built_at_once(url)


def built_at_once(url: str) -> dict[str, list[str]]:
    """Return the structure of a new database on the engine at `url`, made in a place of its own."""
    engine = engine_of(url if "://" in url else f"{url}.new")
    if "://" in url:
        engine.rows("DROP SCHEMA public CASCADE", {})
        engine.rows("CREATE SCHEMA public", {})
    engine.close()
    store = create_store(url if "://" in url else f"{url}.new", cursor_key="", max_age_days=30)
    found = store.engine.structure()
    store.close()
    return found


TELLING = {
    "offers": "SELECT region_id, pharmacy_id, drug_id, kind, fen, stock, held, observed_at FROM offer "
    "ORDER BY 1, 2, 3, 4",
    "markets": "SELECT region_id, drug_id, kind, n, mean, median, mad, q1, q3, low, high, stale, doubtful, ages_on, "
    "sellers FROM market ORDER BY 1, 2, 3",
    "flags": "SELECT region_id, drug_id, kind, pharmacy_id, class, grade, fen, ref_median FROM flag "
    "ORDER BY 1, 2, 3, 4",
    "sales": "SELECT region_id, month, pharmacy_id, drug_id, quantity, amount_fen FROM sale ORDER BY 1, 2, 3, 4",
    "indices": "SELECT region_id, month, pharmacy_id, value, status FROM pharmacy_index ORDER BY 1, 2, 3",
    "pharmacies": "SELECT id, code, region_id, district_id, name, lat, lng FROM pharmacy ORDER BY 1",
    "history": "SELECT region_id, drug_id, kind, pharmacy_id, since_at, fen, held FROM price_change "
    "ORDER BY 1, 2, 3, 4, 5",
}
EXACT = {
    "price lists": "SELECT pharmacy_id, kind, upload_id, full_at, quotes FROM quote_list ORDER BY 1, 2, 3",
    "sale lists": "SELECT pharmacy_id, month, upload_id, totals FROM sale_list ORDER BY 1, 2, 3",
}
"""What version 1 did not keep and version 2 did."""


@pytest.mark.parametrize("version", [1, 2])
def test_what_was_in_an_old_database_is_answered_as_if_this_program_had_taken_it(url, version, fresh):
    old_database(url, version, rows=True)
    upgrade({"DB": url} | AT_NOW, folder=None)
    store = open_store(url)
    told = TELLING | (EXACT if version > 1 else {})
    for what, question in told.items():
        assert store.engine.rows(question, {}) == fresh.engine.rows(question, {}), what
    assert store.engine.rows("SELECT count(*) FROM flag", {}) == [(2,)]
    assert store.engine.faults() == []
    store.close()


@pytest.mark.parametrize("version", [1, 2])
def test_a_copy_is_made_first_and_what_fails_leaves_the_database_as_it_was(url, version, tmp_path, monkeypatch):
    old_database(url, version, rows=True)

    def broken(*_, **__):
        raise Unusable("port_in_use", port=1, other=2)

    monkeypatch.setattr(upkeep, "rebuild", broken)
    with pytest.raises(Unusable):
        upgrade({"DB": url} | AT_NOW, folder=tmp_path / "copies")
    with pytest.raises(Unusable) as caught:
        open_store(url)
    assert caught.value.code == "other_schema"
    assert "pricecompare upgrade" in caught.value.reason.en and "pricecompare upgrade" in caught.value.reason.zh
    copies = [one.name for one in (tmp_path / "copies").iterdir() if one.suffix in (".db", ".zip")]
    assert len(copies) == 1 and f"-v{version}-20261101T040000Z" in copies[0]


def test_a_second_upgrade_has_nothing_to_do_and_a_dry_run_does_nothing(url):
    old_database(url, 1, rows=False)
    settings = {"DB": url} | AT_NOW
    numbers = [step.version for step in steps_after(1)]
    assert numbers[:2] == [2, 3]
    assert upgrade(settings, folder=None, dry_run=True).steps == numbers
    assert upgrade(settings, folder=None).steps == numbers
    assert upgrade(settings, folder=None).steps == []


@pytest.mark.parametrize("version", [1, 2])
def test_who_upgraded_is_in_the_trail(url, version):
    old_database(url, version, rows=False)
    for _ in range(2):
        upgrade({"DB": url} | AT_NOW, folder=None, by=Hand("李", "cli:li", "新版"))
    desk = Desk(open_store(url), lambda: NOW)
    (entry,) = audit.entries(desk)["items"]
    assert [entry[name] for name in ("what", "who", "origin", "why")] == ["database_upgraded", "李", "cli:li", "新版"]
    assert (entry["before"], entry["after"]) == ({"schema_version": version}, {"schema_version": SCHEMA_VERSION})
    assert audit.verified(desk)["first_break"] is None
    desk.store.close()


@pytest.mark.parametrize("found", ["0", "x", "9999"])
def test_a_database_that_no_step_leads_from_is_refused(url, found):
    old_database(url, 1, rows=False)
    engine = engine_of(url)
    engine.rows("UPDATE meta SET value = :found WHERE name = 'schema_version'", {"found": found})
    engine.close()
    with pytest.raises(Unusable) as caught:
        upgrade({"DB": url}, folder=None)
    assert caught.value.code == "newer_schema"


def test_a_number_without_a_file_changes_nothing(monkeypatch):
    numbers = [step.version for step in steps_after(1)]
    assert numbers == sorted(numbers) and numbers[-1] <= SCHEMA_VERSION
    assert steps_after(SCHEMA_VERSION) == []
