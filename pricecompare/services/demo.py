"""The demo database: the invented city of `fixtures/`, its dates moved so that it lives today."""

import csv
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from pricecompare.calc.days import date_of
from pricecompare.errors import Unusable
from pricecompare.services.desk import Desk, wall_clock
from pricecompare.services.ingest import import_file
from pricecompare.services.ingest.taken import Told
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.opening import created
from pricecompare.store import open_store
from pricecompare.world import FIXTURE

WHAT = ("regions", "drugs", "pharmacies", "prices", "sales")

NAME = "demo.db"

MARK = "demo"
"""The fact about a database that says that a demo made it, and on which day."""

KEPT_DAYS = 7
"""After that many days a demo database is made anew: its prices would begin to look old."""


def is_current(database: Path, today: date) -> bool:
    """Say whether there is a demo database that this program can use and that is young enough.

    Raises Unusable for a database that no demo made: it must not be replaced.
    """
    try:
        store = open_store(str(database))
    except Unusable:
        if database.exists() and database.name != NAME:
            raise
        return False
    made_here = MARK in store.meta()
    store.close()
    if not made_here:
        raise Unusable("no_demo", database=str(database))
    return today - date_of(int(database.stat().st_mtime)) < timedelta(days=KEPT_DAYS)


def build(database: Path, fixtures: Path, *, today: date, told: Told) -> None:
    """Build the demo database; one that was there before is replaced when the new one is complete."""
    if not all((fixtures / f"{what}.csv").is_file() for what in WHAT):
        raise Unusable("no_fixtures", value=str(fixtures))
    database.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=database.parent) as folder:
        fresh = Path(folder) / "demo.db"
        store = created(str(fresh))
        desk = Desk(store, wall_clock)
        for done, what in enumerate(WHAT):
            told("files", done, len(WHAT))
            import_file(desk, what, moved(fixtures / f"{what}.csv", Path(folder), today), told=told)
        rebuild(desk, told=told)
        with store.writing():
            store.put_meta(**{MARK: today.isoformat()})
        store.close()
        # A log of the old database would be taken for one of the new.
        for log in ("-wal", "-shm"):
            database.with_name(database.name + log).unlink(missing_ok=True)
        fresh.replace(database)


def moved(file: Path, folder: Path, today: date) -> Path:
    """Return a copy of a fixture in `folder` with its days and months moved so that the last day is yesterday."""
    last: date = FIXTURE["until"]
    days = (today - last).days - 1
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    months = (month.year - last.year) * 12 + month.month - last.month
    target = folder / file.name
    with file.open(encoding="utf-8", newline="") as source, target.open("w", encoding="utf-8", newline="") as copy:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(copy, rows.fieldnames or [])
        writer.writeheader()
        writer.writerows(_moved(row, days, months) for row in rows)
    return target


def _moved(row: dict[str, str], days: int, months: int) -> dict[str, str]:
    if "observed_at" in row:
        seen = row["observed_at"]
        row["observed_at"] = f"{date.fromisoformat(seen[:10]) + timedelta(days=days)}{seen[10:]}"
    if "month" in row:
        year, month = divmod(int(row["month"][:4]) * 12 + int(row["month"][5:]) - 1 + months, 12)
        row["month"] = f"{year}-{month + 1:02d}"
    return row
