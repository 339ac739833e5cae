"""A copy of the database is whole, is proved to be, and can take its place."""

import json
import threading

import pytest
from click.testing import CliRunner

from pricecompare.cli import main
from pricecompare.errors import Unusable
from pricecompare.models import Region
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.upkeep.backup import back_up, copies, restore
from pricecompare.store import create_store, open_store
from pricecompare.store.sql import SCHEMA_VERSION
from tests.conftest import FIXTURES, NOW
from tests.made import REGIONS

AT = int(NOW.timestamp())


@pytest.fixture
def filled(store):
    """A store with the drugs and pharmacies of the invented city."""
    desk = Desk(store, lambda: NOW)
    for what in ("regions", "drugs", "pharmacies"):
        import_file(desk, what, FIXTURES / f"{what}.csv")
    return store


def state(store):
    """Return all that a store holds of places and drugs, and how it is built."""
    meta = {name: value for name, value in store.meta().items() if name != "audit_head"}
    return store.regions(), store.drugs(), store.pharmacies(), meta, store.engine.structure()


def test_who_put_a_copy_back_is_in_the_trail_that_came_with_it(filled, url, tmp_path):
    desk = Desk(filled, lambda: NOW)
    with filled.writing():
        audit.note(desk, "key_created", "key 1", by=Hand("王"), after={})
    done = back_up(filled, tmp_path / "copies", now=AT)
    with filled.writing():
        audit.note(desk, "key_revoked", "key 1", by=Hand("王"), after={})
    filled.close()
    restore(url, done.path, now=AT + 19, force=True, by=Hand("李", "cli:li", "坏盘"))
    again = Desk(open_store(url), lambda: NOW)
    found = audit.entries(again)["items"]
    assert [(one["what"], one["who"], one["origin"], one["why"]) for one in found[:2]] == [
        ("database_restored", "李", "cli:li", "坏盘"), ("key_created", "王", "", ""),
    ]  # fmt: skip
    assert found[0]["at"] == "2026-11-01T12:00:19+08:00"
    assert found[0]["after"] == {"before_kept": True, "copy_of": "2026-11-01T12:00:00+08:00"}
    assert audit.verified(again)["first_break"] is None
    again.store.close()


def test_what_was_copied_comes_back_and_what_was_there_is_kept(filled, url, tmp_path):
    before = state(filled)
    done = back_up(filled, tmp_path / "copies", now=AT)
    assert done.verified and done.rows > 300 and done.path.stat().st_mode & 0o077 == 0
    filled.put_regions([Region(440300, "后来", None, "city", True)])
    filled.close()
    restored = restore(url, done.path, now=AT + 9, force=True)
    assert restored.version == str(SCHEMA_VERSION) and "20261101T040009Z" in restored.kept
    again = open_store(url)
    assert state(again) == before
    assert again.engine.faults() == []
    kept = kept_regions(again, restored.kept)
    assert "后来" in kept and "后来" not in {region.name for region in again.regions()}
    again.close()


def kept_regions(store, kept):
    """Return the names of regions in the database that was put aside."""
    if kept.startswith("pricecompare."):
        return {row[0] for row in store.engine.rows(f'SELECT name FROM "{kept}".region', {})}  # noqa: S608
    aside = open_store(kept)
    try:
        return {region.name for region in aside.regions()}
    finally:
        aside.close()


def test_a_copy_goes_where_no_database_is(filled, url, tmp_path, request):
    done = back_up(filled, tmp_path / "copies", now=AT)
    counts = filled.counts()
    filled.close()
    if "://" in url:
        request.getfixturevalue("postgres_server").psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
        target = url
    else:
        target = str(tmp_path / "elsewhere.db")
    assert restore(target, done.path, now=AT).kept is None
    store = open_store(target)
    assert store.counts() == counts
    store.close()


def test_a_database_is_not_overwritten_unless_that_is_said(filled, url, tmp_path):
    done = back_up(filled, tmp_path / "copies", now=AT)
    before = state(filled)
    with pytest.raises(Unusable) as caught:
        restore(url, done.path, now=AT)
    assert (caught.value.code, state(filled)) == ("restore_refused", before)


def _cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _spoilt(path):
    middle = path.stat().st_size // 2
    data = bytearray(path.read_bytes())
    data[middle : middle + 4096] = bytes(4096)
    path.write_bytes(data)


def _of_another(path):
    manifest = path.with_name(path.name + ".json")
    told = json.loads(manifest.read_text())
    told["tables"]["drug"]["rows"] += 1
    manifest.write_text(json.dumps(told))


def _without_manifest(path):
    path.with_name(path.name + ".json").unlink()


@pytest.mark.parametrize(
    ("harm", "codes"),
    [
        (_cut, {"database_unusable"}),
        (_spoilt, {"database_unusable", "backup_differs"}),
        (_of_another, {"backup_differs"}),
        (_without_manifest, {"no_manifest"}),
    ],
)
def test_a_damaged_copy_is_refused_before_anything_is_touched(filled, url, tmp_path, harm, codes):
    done = back_up(filled, tmp_path / "copies", now=AT)
    before = state(filled)
    harm(done.path)
    with pytest.raises(Unusable) as caught:
        restore(url, done.path, now=AT, force=True)
    assert caught.value.code in codes
    assert state(filled) == before


def test_a_damaged_database_gives_way_to_a_copy(tmp_path):
    path = tmp_path / "prices.db"
    store = create_store(str(path), cursor_key="k", max_age_days=30)
    store.put_regions(REGIONS)
    done = back_up(store, tmp_path / "copies", now=AT)
    store.close()
    path.write_bytes(b"\xff" * 8192)
    with pytest.raises(Unusable) as caught:
        open_store(str(path))
    assert "pricecompare restore" in caught.value.reason.en and "pricecompare restore" in caught.value.reason.zh
    assert restore(str(path), done.path, now=AT, force=True).kept == f"{path}.before-20261101T040000Z"
    assert len(open_store(str(path)).regions()) == len(REGIONS)


def test_a_copy_is_one_state_while_others_write(filled, url, tmp_path):
    stop, other = threading.Event(), open_store(url)

    def write():
        number = 0
        while not stop.is_set():
            with other.writing():
                number += 1
                other.put_meta(left=number)
                other.put_meta(right=number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(filled, tmp_path / "copies", now=AT + n).path for n in range(3)]
    finally:
        stop.set()
        writer.join()
        other.close()
    filled.close()
    for number, path in enumerate(made):
        restore(url, path, now=AT + number, force=True)
        store = open_store(url)
        meta = store.meta()
        assert meta.get("left") == meta.get("right")
        store.close()


def test_the_newest_copies_are_kept_and_nothing_else_is_touched(filled, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    for name in ("prices-20200101T000000Z.txt", "mine.db", "prices-other-20200101T000000Z.db"):
        (folder / name).touch()
    for day in range(5):
        done = back_up(filled, folder, now=AT + day * 86_400, verify=False, keep=3)
    left = copies(folder, "prices", filled.engine.copy_suffix)
    assert [path.name[7:15] for path in left] == ["20261103", "20261104", "20261105"]
    assert done.removed == [f"prices-20261102T040000Z{filled.engine.copy_suffix}"]
    assert len(list(folder.iterdir())) == 3 + 2 * 3


def test_a_copy_that_cannot_be_written_leaves_nothing(filled, tmp_path, monkeypatch):
    def differs(path):
        return {}

    monkeypatch.setattr(filled.engine, "tried", differs)
    with pytest.raises(Unusable) as caught:
        back_up(filled, tmp_path / "copies", now=AT)
    assert caught.value.code == "backup_differs"
    assert list((tmp_path / "copies").iterdir()) == []


def test_the_commands_copy_restore_and_say_so(tmp_path):
    path = tmp_path / "prices.db"
    create_store(str(path), cursor_key="k", max_age_days=30).close()

    def run(*words):
        return CliRunner(env={"PRICECOMPARE_NOW": NOW.isoformat()}).invoke(main, ["--db", str(path), *words])

    done = run("backup")
    copy = tmp_path / "prices.db.backups" / "prices-20261101T040000Z.db"
    assert done.exit_code == 0 and str(copy) in done.output and "read back and compared" in done.output
    assert "--force" in run("restore", str(copy)).output
    done = run("restore", str(copy), "--force")
    assert done.exit_code == 0 and "is kept as" in done.output
    assert "nothing to do" in run("upgrade").output
    assert json.loads(run("backup", "--json").output)["verified"] is True
