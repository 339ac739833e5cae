"""The doctor finds what is wrong, says how to mend it, and changes nothing."""

import json
import os
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.models import Upload
from pricecompare.services.upkeep import doctoring
from pricecompare.services.upkeep.backup import back_up
from pricecompare.services.upkeep.doctor import examined
from pricecompare.store import create_store, open_store
from tests.conftest import NOW

AT = int(NOW.timestamp())
TAKEN = Upload(1, "prices", came_at=AT - 60, taken_at=AT - 60)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Settings of a place where all is well."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    path = tmp_path / "prices.db"
    store = create_store(str(path), cursor_key="k", max_age_days=30)
    store.put_upload(TAKEN)
    settings = {"DB": str(path)}
    back_up(store, tmp_path / "prices.db.backups", now=AT)
    store.close()
    path.chmod(0o600)
    return settings


def found(settings, *, now=NOW):
    """Return what the doctor finds besides the clock that stands, as (check, state, code)."""
    every = examined(settings | {"NOW": now.isoformat()})
    return {(one.check, one.state, one.reason.code) for one in every if one.reason.code != "doctor_clock_stands"} - {
        (one.check, "ok", "doctor_ok") for one in every
    }


def upload(settings, **other):
    store = open_store(settings["DB"])
    store.put_upload(replace(TAKEN, **other))
    store.close()


def test_where_all_is_well_nothing_is_found(place):
    assert found(place) == set()
    assert {one.check for one in examined(place)} >= {"settings", "structure", "integrity", "disk", "clock", "keys"}


def _statement(sql):
    def harm(settings):
        with sqlite3.connect(settings["DB"]) as db:
            db.execute(sql)
        db.close()

    return harm


def _spoil(settings):
    with sqlite3.connect(settings["DB"]) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'quote_list'").fetchone()[0]
    db.close()
    with open(settings["DB"], "r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


HARMS = {
    "a typing error": (lambda s: s.update(PAGGE="3"), ("settings", "warn", "doctor_unknown_setting")),
    "a setting out of range": (lambda s: s.update(PAGE="0"), ("settings", "fail", "bad_setting")),
    "a network that is none": (lambda s: s.update(METRICS_ALLOW="x"), ("settings", "fail", "bad_metrics_network")),
    "no database": (lambda s: s.update(DB="/nowhere/x.db"), ("database", "fail", "no_database")),
    "an older version": (
        _statement("UPDATE meta SET value = '1' WHERE name = 'schema_version'"),
        ("database", "fail", "other_schema"),
    ),
    "an index that is missing": (_statement("DROP INDEX upload_by_bytes"), ("structure", "fail", "doctor_structure")),
    "a damaged page": (_spoil, ("integrity", "fail", "database_damaged")),
    "a reference to nowhere": (
        _statement("INSERT INTO refused_file VALUES (77, '')"),
        ("integrity", "fail", "doctor_damaged"),
    ),
    "everybody reads it": (lambda s: os.chmod(s["DB"], 0o644), ("permissions", "warn", "doctor_readable")),
    "two roles with one key": (
        lambda s: s.update(UPLOAD_KEY="k" * 16, REGULATOR_KEY="k" * 16),
        ("keys", "fail", "doctor_same_key"),
    ),
    "no backup": (lambda s: s.update(BACKUPS="/nowhere"), ("backups", "warn", "doctor_no_backup")),
    "nothing taken": (_statement("DELETE FROM upload"), ("data", "warn", "doctor_no_data")),
    "a file that waits": (
        lambda s: upload(s, id=2, state="waiting", came_at=AT - 3601, taken_at=None),
        ("data", "warn", "doctor_waiting"),
    ),
    "a file to confirm": (lambda s: upload(s, id=2, state="quarantined"), ("data", "warn", "doctor_quarantined")),
}


@pytest.mark.parametrize(("harm", "code"), HARMS.values(), ids=HARMS)
def test_what_is_wrong_is_found_and_nothing_else(place, harm, code):
    harm(place)
    told = found(place)
    if place["DB"] == "/nowhere/x.db":
        told = {one for one in told if one[0] == "database"}
    assert code in told
    assert told == {code}


def test_old_data_old_backups_and_a_clock_set_back_are_found(place):
    later = found(place, now=NOW + timedelta(days=90_000))
    assert {"doctor_old_data", "doctor_old_backup"} == {code for *_, code in later}
    assert ("clock", "fail", "doctor_clock") in found(place, now=NOW - timedelta(days=1))


def test_a_disk_without_room_is_found(place, monkeypatch):
    monkeypatch.setattr(doctoring, "LEAST_FREE", 1 << 60)
    assert {("disk", "fail", "doctor_disk")} == found(place)


def test_either_engine_is_examined(url, store):
    told = {one.check: one.state for one in examined({"DB": url})}
    assert (told["structure"], told["integrity"], told["server"]) == ("ok", "ok", "ok")
    store.engine.rows("DROP INDEX market_by_version", {})
    told = {one.check: one.state for one in examined({"DB": url}, quick=True)}
    assert told["structure"] == "fail" and "integrity" not in told


@pytest.mark.parametrize(
    ("more", "state", "code"), [({}, "ok", 0), ({"PAGGE": "1"}, "warn", 3), ({"PAGE": "0"}, "fail", 1)]
)
def test_the_command_says_it_in_words_json_and_by_its_exit_code(place, monkeypatch, more, state, code):
    for name, value in more.items():
        monkeypatch.setenv(f"PRICECOMPARE_{name}", value)
    upload(place, came_at=2_000_000_000, taken_at=2_000_000_000)
    monkeypatch.setattr("pricecompare.services.opening.wall_clock", lambda: NOW.replace(year=2033, month=5, day=18))
    os.utime(next(p for p in _copies(place) if p.suffix == ".db"), (2_000_000_000, 2_000_000_000))
    plain = CliRunner().invoke(main, ["--db", place["DB"], "doctor"])
    told = CliRunner().invoke(main, ["--db", place["DB"], "doctor", "--json"])
    assert (plain.exit_code, told.exit_code, json.loads(told.output)["state"]) == (code, code, state)


def _copies(place):
    return Path(f"{place['DB']}.backups").iterdir()
