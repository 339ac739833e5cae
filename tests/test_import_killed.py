"""An import that is killed half way leaves nothing behind, and works the next time."""

import signal
import subprocess
import sys
from datetime import date, timedelta

import pytest

from pricecompare.store import create_store, open_store
from tests.town import PRICE_HEADER, Town, counts
from tests.town import SHOPS as NEAR

DRUGS = [f"XJ01CAA501A0010{number:03d}90008" for number in range(100, 400)]
DAYS = [date(2026, 10, 1) + timedelta(days) for days in range(8)]

MOMENTS = ("begun", "markets 1", "markets 150", "written")
"""Moments of an import: in its transaction, while markets are written, and just before the end."""

CHILD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.store import open_store

store = open_store(sys.argv[1])
writing = store.writing

def said(moment):
    if moment == sys.argv[3]:
        print(moment, flush=True)
        time.sleep(float(sys.argv[4]))

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
desk = Desk(store, lambda: datetime(2026, 11, 1, 4, tzinfo=UTC))
import_file(desk, "prices", Path(sys.argv[2]), told=lambda what, done, total: said(f"{what} {done}"))
"""


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="drugs")
    town.take("drugs", "drug_code,generic_name\n" + "".join(f"{code},药{code}\n" for code in DRUGS))
    town.take("pharmacies", "机构编码,机构名称\n" + "".join(f"{code},店{code}\n" for code in NEAR))
    town.price(*(f"{shop},{DRUGS[0]},9.90,2026-09-30,listed,in" for shop in NEAR))
    rows = (
        f"{shop},{drug},{10 + at % 7 + day.day % 3}.50,{day},listed,in\n"
        for at, shop in enumerate(NEAR)
        for drug in DRUGS
        for day in DAYS
    )
    (tmp_path / "large.csv").write_text(PRICE_HEADER + "".join(rows), "utf-8")
    return town


def kill_after(url: str, path: str, moment: str, *, stands_still: bool) -> None:
    """Import in a process of its own and kill it at that moment, while it stands still there or goes on."""
    command = [sys.executable, "-c", CHILD, url, path, moment, "60" if stands_still else "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline().strip() == moment
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL


def test_a_killed_import_leaves_nothing_and_works_again(town, url):
    large = town.folder / "large.csv"
    before, files = town.dump(), town.ledger()
    for moment in MOMENTS:
        kill_after(url, str(large), moment, stands_still=moment != "markets 1")
        assert (moment, town.dump(), town.ledger()) == (moment, before, files)
        again = open_store(url)
        assert again.versions() == town.store.versions()
        again.close()
    rows = len(NEAR) * len(DRUGS) * len(DAYS)
    first = town.take("prices", large.read_bytes())
    assert (first.upload.rows, first.upload.added, first.upload.refused) == (rows, len(NEAR) * (len(DRUGS) - 1), 0)
    assert counts(town.take("prices", large.read_bytes()))["rows"] == rows


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
