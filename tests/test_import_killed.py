"""An import that is killed half way leaves nothing behind, and works the next time."""

import signal
import subprocess
import sys
from random import Random

import pytest

from pricecompare.store import create_store, open_store
from tests import deeds, kills
from tests.deeds import DEEDS, DRUGS, FILES, HEADER, SHOPS
from tests.town import Town, counts

MOMENTS = ("begun", "markets 64", "written")
"""Moments of an import: in its transaction, while markets are written, and just before the end."""

CHILD = """
import sys, time
from pathlib import Path
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.store import open_store
from tests.deeds import NOW

store = open_store(sys.argv[1])
writing = store.writing

def said(moment):
    if moment == sys.argv[3]:
        print(moment, flush=True)
        time.sleep(60)

class Told:
    def __init__(self):
        self.inner = writing()
    def __enter__(self):
        self.inner.__enter__()
        said("begun")
    def __exit__(self, *error):
        said("written")
        return self.inner.__exit__(*error)

store.writing = Told
import_file(Desk(store, lambda: NOW), "prices", Path(sys.argv[2]), told=lambda what, done, _: said(f"{what} {done}"))
"""


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    for what, content in deeds.REGISTERS.items():
        town.take(what, content)
    town.take("prices", HEADER + FILES["first"])
    (tmp_path / "large.csv").write_text(HEADER + FILES["changes"], "utf-8")
    return town


def kill_at(url: str, path: str, moment: str) -> None:
    """Import in a process of its own and kill it while it stands still at that moment."""
    command = [sys.executable, "-c", CHILD, url, path, moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline().strip() == moment
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL


def test_a_killed_import_leaves_nothing_and_works_again(town, url):
    large = town.folder / "large.csv"
    before, files = town.dump(), town.ledger()
    for moment in MOMENTS:
        kill_at(url, str(large), moment)
        assert (moment, town.dump(), town.ledger()) == (moment, before, files)
        again = open_store(url)
        assert again.versions() == town.store.versions()
        again.close()
    first = town.take("prices", large.read_bytes())
    rows = 6 * len(SHOPS) * len(DRUGS)
    assert (first.upload.rows, first.upload.added, first.upload.refused) == (rows + 300, 0, 300)
    again = counts(town.again("prices", large.read_bytes()))
    assert again == {"rows": rows + 300, "unchanged": rows, "refused": 300}


def test_what_is_killed_at_random_is_wholly_there_or_not_at_all(tmp_path):
    base, random = deeds.begun(tmp_path), Random(3505)
    ends = [killing.once() for killing in (kills.Killing(deed, base, random) for deed in DEEDS) for _ in range(2)]
    assert set(ends) <= {"there", "absent"}


@pytest.mark.parametrize(("one", "other"), [("changes", "full"), ("sales", "retract"), ("confirm", "changes")])
def test_two_at_once_both_get_in_one_after_the_other(tmp_path, one, other):
    base = deeds.begun(tmp_path)
    ends = []
    for order in ((one, other), (other, one)):
        database = deeds.fresh(base, tmp_path)
        with deeds.at(database) as desk:
            for deed in order:
                DEEDS[deed](desk, tmp_path)
        ends.append(deeds.contents(database))
    database = deeds.fresh(base, tmp_path)
    children = [kills.started(deed, database, tmp_path) for deed in (one, other)]
    assert [told.recv() for _, told in children] == ["over"] * 2
    for child, _ in children:
        child.join()
    assert deeds.contents(database) in ends


def test_a_new_database_is_made_whole_or_not_at_all(tmp_path):
    path = tmp_path / "prices.db"
    child = f"""
import os, signal
from pricecompare.store import create_store, store
from pricecompare.store.sqlite import SQLite
create = SQLite.create
def half(self, ddl):
    create(self, ddl.partition("CREATE TABLE sale")[0])
    os.kill(os.getpid(), signal.SIGKILL)
SQLite.create = half
create_store({str(path)!r}, cursor_key="", max_age_days=30)
"""
    assert subprocess.run([sys.executable, "-c", child], check=False).returncode == -signal.SIGKILL
    made = create_store(str(path), cursor_key="", max_age_days=30)
    assert made.counts()["regions"] == 0
    made.close()
