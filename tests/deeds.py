"""What is done to a database and may be cut short: uploads and decisions, each to be wholly there, or not at all."""

import hashlib
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pricecompare.errors import Conflict
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, decisions, import_file
from pricecompare.services.markets.pile import Pile
from pricecompare.store import create_store, open_store
from pricecompare.store.sql import schema

NOW = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
TABLES = re.findall(r"^CREATE TABLE (\w+)", schema(), re.MULTILINE)
SHOPS = [f"P990102{number:05d}" for number in range(1, 12)]
DRUGS = [f"XJ01CAA501A0010{number:03d}90008" for number in range(100, 300)]
HEADER = "pharmacy_code,drug_code,price,observed_at,kind,stock\n"
SECOND, ASIDE = 5, 6
"""Uploads that are there before: one to take back, one in quarantine."""

REGISTERS = {
    "regions": "code,name,parent,level,pooling\n990000,云泽省,,province,0\n990100,云泽市,990000,city,1\n"
    "990102,青石区,990100,county,0\n",
    "drugs": "drug_code,generic_name\n" + "".join(f"{code},药{code}\n" for code in DRUGS),
    "pharmacies": "pharmacy_code,name\n" + "".join(f"{code},店{code}\n" for code in SHOPS),
}


def prices(day: date, add: int, *, drugs: list[str] = DRUGS, times: int = 1) -> str:
    """Return the lines of a day: what every shop asks for each drug."""
    return "".join(
        f"{shop},{drug},{(10 + (at + place + add) % 7) * times}.50,{day},listed,in\n"
        for at, shop in enumerate(SHOPS)
        for place, drug in enumerate(drugs)
    )


BAD = "P99010299999,nothing,¥1,2026-13-01,listed,in\n"
FILES = {
    "first": prices(date(2026, 10, 1), 0),
    "second": prices(date(2026, 10, 10), 1, drugs=DRUGS[:100]),
    "aside": prices(date(2026, 10, 20), 0, times=100),
    "changes": "".join(prices(date(2026, 10, 11) + timedelta(day), day) + BAD * 50 for day in range(6)),
    "full": prices(date(2026, 10, 25), 2, drugs=DRUGS[20:]) + BAD * 50,
    "sales": "pharmacy_code,drug_code,month,quantity,amount\n"
    + "".join(f"{shop},{drug},2026-09,3,{30 + at}\n" for at, shop in enumerate(SHOPS) for drug in DRUGS),
}


def taken(desk: Desk, folder: Path, name: str, mode: str = "") -> None:
    import_file(desk, "sales" if name == "sales" else "prices", folder / f"{name}.csv", Asked(mode=mode))


DEEDS: dict[str, Callable[[Desk, Path], object]] = {
    "changes": lambda desk, folder: taken(desk, folder, "changes"),
    "full": lambda desk, folder: taken(desk, folder, "full", "full"),
    "retract": lambda desk, _: decisions.retract(desk, SECOND),
    "confirm": lambda desk, _: decisions.confirm(desk, ASIDE),
    "sales": lambda desk, folder: taken(desk, folder, "sales"),
}


def begun(folder: Path) -> Path:
    """Put a database and the files of all deeds into a folder; return the database."""
    for name, lines in FILES.items():
        header, rows = ("", lines) if name == "sales" else (HEADER, lines)
        (folder / f"{name}.csv").write_text(header + rows, "utf-8")
    store = create_store(str(folder / "base.db"), cursor_key="test", max_age_days=30)
    desk = Desk(store, lambda: NOW)
    for what, content in REGISTERS.items():
        path = folder / f"{what}.csv"
        path.write_text(content, "utf-8")
        import_file(desk, what, path)
    for name in ("first", "second", "aside"):
        taken(desk, folder, name)
    assert [one.state for one in store.uploads(most=3)] == ["quarantined", "taken", "taken"]
    store.close()
    return folder / "base.db"


@contextmanager
def at(database: Path) -> Iterator[Desk]:
    """Give a desk at a database, its connection closed in the end."""
    store = open_store(str(database))
    # Of what is written most is on the disk before the end then, as with files larger than the memory.
    store.engine.rows("PRAGMA cache_size = 20", {})
    try:
        yield Desk(store, lambda: NOW)
    finally:
        store.close()


def contents(database: Path) -> dict[str, str]:
    """Return the hash of every table's rows, once the database has been found to be sound."""
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = {table: sorted(map(repr, db.execute(f"SELECT * FROM {table}"))) for table in TABLES}  # noqa: S608
    return {table: hashlib.sha256("\n".join(these).encode()).hexdigest() for table, these in rows.items()}


def fresh(base: Path, folder: Path) -> Path:
    """Return a copy of a database in a folder that has nothing else of it."""
    for path in folder.glob("work.db*"):
        path.unlink()
    return Path(shutil.copy(base, folder / "work.db"))


def again(desk: Desk, folder: Path, deed: str) -> None:
    """Do once more what may be there already: then it is answered with that, or is a conflict."""
    with suppress(Conflict):
        DEEDS[deed](desk, folder)


@contextmanager
def temporary(folder: Path, *, in_memory: int = 1000) -> Iterator[Path]:
    """Give a folder of its own for temporary files, and let piles of few rows be too large for the memory."""
    before, held = tempfile.tempdir, Pile.__init__.__kwdefaults__["in_memory"]
    folder.mkdir(exist_ok=True)
    tempfile.tempdir, Pile.__init__.__kwdefaults__["in_memory"] = str(folder), in_memory
    try:
        yield folder
    finally:
        tempfile.tempdir, Pile.__init__.__kwdefaults__["in_memory"] = before, held
