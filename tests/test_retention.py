"""What is kept for a time only goes when it is older, and nothing goes unless that is said."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Invalid
from pricecompare.models import Upload
from pricecompare.models.access import Key, User
from pricecompare.models.audit import Hand
from pricecompare.services.desk import Desk, Settings
from pricecompare.services.upkeep.retention import retention
from pricecompare.store import create_store
from tests.conftest import NOW
from tests.made import REGIONS, Shop, pharmacy

AT, DAY = int(NOW.timestamp()), 86_400
BY = Hand("operator", "cli:op", "yearly")
VALUES = "(:id, 440300, 1, NULL, 'listed', 'closed', NULL, NULL, 1, :at, :at, :state, '', '')"
REPORT = f"INSERT INTO citizen_report VALUES {VALUES}"  # noqa: S608


@pytest.fixture
def desk(store, tmp_path):
    """A desk with something old and something young of each sort."""
    desk = Desk(store, lambda: NOW, Settings(spool=str(tmp_path / "spool")))
    with store.writing():
        store.put_regions(REGIONS)
        store.put_pharmacies([pharmacy(Shop(1, 440305, 22.5, 114.0))])
        for number, age in ((1, 365), (2, 366)):
            store.put_upload(Upload(number, "prices", came_at=AT - age * DAY))
            store.load_refused([(number, row, "[]", "[]") for row in range(3)])
            store.put_refused_file(number, "{}")
        for key, age in (("young", 30), ("old", 31)):
            answered = {"sha256": "", "upload_id": None, "status": 201, "answer": "", "made_at": AT - age * DAY}
            store.put_request_key(key=key, **answered)
        for number, (age, state) in enumerate([(731, "settled"), (731, "new"), (731, "opened"), (729, "settled")]):
            store.engine.rows(REPORT, {"id": number + 1, "at": AT - age * DAY, "state": state})
        for age in (30, 31):
            day = (NOW + timedelta(hours=8) - timedelta(days=age)).date().isoformat()
            store.engine.rows("INSERT INTO report_day VALUES (1, :day, 4)", {"day": day})
        accessed(store)
    return desk


def accessed(store):
    """Let a key sign, and a person log in, fail to, and go, now and a day ago."""
    store.put_key(Key(1, "operator", "li", "[]", "", 1, AT, AT, None, None))
    store.put_user(User(1, "li", "operator", "[]", "", "", 0, "[]", AT, None))
    for age in (DAY - 1, DAY + 1):
        store.use_nonce(1, f"nonce {age}", AT - age)
        store.put_failure("li", AT - age)
        store.put_session(f"session {age}", 1, until=AT - age)


PRUNED = {
    "refused_rows": 3, "request_keys": 1, "reports": 1, "report_days": 1, "spool": 0, "put_aside": 0,
    "nonces": 1, "login_failures": 1, "sessions": 1,
}  # fmt: skip


def counts(found):
    return {one.name: one.count for one in found}


def test_what_is_older_is_shown_and_stays_until_that_is_said(desk):
    assert counts(retention(desk, {}, prune=False, by=BY)) == PRUNED
    assert counts(retention(desk, {}, prune=True, by=BY)) == PRUNED
    assert counts(retention(desk, {}, prune=False, by=BY)) == dict.fromkeys(PRUNED, 0)
    store = desk.store
    assert (len(list(store.refused_rows(1))), store.refused_file(1)) == (3, "{}")
    assert (len(list(store.refused_rows(2))), store.refused_file(2)) == (0, None)
    assert [store.request_key(key) is None for key in ("young", "old")] == [False, True]
    assert store.engine.rows("SELECT id FROM citizen_report ORDER BY id", {}) == [(2,), (3,), (4,)]
    assert store.engine.rows("SELECT count(*) FROM report_day", {}) == [(1,)]
    assert store.upload(2) is not None
    for table in ("signed_nonce", "console_failure", "console_session"):
        assert store.engine.rows(f"SELECT count(*) FROM {table}", {}) == [(1,)], table  # noqa: S608


def test_the_audit_trail_says_what_went_and_nothing_when_nothing_did(desk):
    retention(desk, {}, prune=True, by=BY)
    retention(desk, {}, prune=True, by=BY)
    entries = desk.store.entries(
        most=9, before=99, what="retention_applied", who=None, about=None, since=None, until=None
    )
    assert [(one.who, json.loads(one.after)) for one in entries] == [("operator", PRUNED)]


@pytest.mark.parametrize(("days", "count"), [("0", 0), ("", 3), ("366", 0), ("100", 6)])
def test_a_term_is_a_setting_and_nought_is_for_ever(desk, days, count):
    found = counts(retention(desk, {"KEEP_REFUSED_ROWS_DAYS": days}, prune=False, by=BY))
    assert found["refused_rows"] == count


def test_a_term_that_is_no_number_is_refused(desk):
    with pytest.raises(Invalid):
        retention(desk, {"KEEP_REPORTS_DAYS": "long"}, prune=True, by=BY)


def test_files_that_wait_for_nothing_go(desk, tmp_path):
    spool = tmp_path / "spool"
    spool.mkdir()
    desk.store.put_upload(replace(Upload(7, "prices"), state="waiting", came_at=AT))
    young, old = AT - DAY + 9, AT - DAY - 9
    for name, at in (("part-a", young), ("part-b", old), ("7", old), ("8", old), ("9", young), ("lock", old)):
        (spool / name).touch()
        os.utime(spool / name, (at, at))
    retention(desk, {}, prune=True, by=BY)
    assert sorted(path.name for path in spool.iterdir()) == ["7", "9", "lock", "part-a"]


def test_databases_that_were_put_aside_go_after_a_month(tmp_path):
    path = tmp_path / "prices.db"
    create_store(str(path), cursor_key="k", max_age_days=30).close()
    for name, age in (("prices.db.before-1", 31), ("prices.db.before-2", 29), ("other.db.before-1", 99)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (AT - age * DAY, AT - age * DAY))

    def run(*words):
        answer = CliRunner(env={"PRICECOMPARE_NOW": NOW.isoformat()}).invoke(main, ["--db", str(path), *words])
        assert answer.exit_code == 0
        return answer.output

    assert "1 put_aside" in run("retention") and (tmp_path / "prices.db.before-1").exists()
    assert json.loads(run("retention", "--apply", "--json"))["pruned"] is True
    assert sorted(one.name for one in tmp_path.glob("*.before-*")) == ["other.db.before-1", "prices.db.before-2"]
