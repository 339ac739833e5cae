"""Imports: prices with checks, history, markets and flags against the bare `.import` of the offers they come to."""

import csv
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.city import City, imported, started
from benchmarks.figures import Figure, compared, seconds_of
from pricecompare.services.opening import created

ROUNDS = 3
COLUMNS = "region_id, pharmacy_id, drug_id, kind, fen, stock, observed_at, upload_id"
OFFERS = f"SELECT {COLUMNS} FROM offer ORDER BY region_id, pharmacy_id, drug_id, kind"  # noqa: S608 - own names


def figures(city: City) -> Iterator[Figure]:
    """Yield rows of prices a second, of the whole city when it was made and of a part of it now."""
    first = city.first_import
    told = f"{first['rows'] / first['seconds']:,.0f} rows/s"
    yield Figure(f"import of all {first['rows']:,.0f} prices, once when the database was made", told)
    with TemporaryDirectory(dir=city.database.parent) as folder:
        yield _side_by_side(Path(folder), city)


def _side_by_side(folder: Path, city: City) -> Figure:
    """Return the figure of a part of the prices, imported in turn, each time into an empty database."""
    prices, offers = folder / "prices.csv", folder / "offers.csv"
    _head(city.files / "prices.csv", prices, city.slice_rows)
    ours, theirs = [], []
    for turn in range(ROUNDS):
        desk = started(folder / f"ours-{turn}.db", city.files)
        seconds, rows = imported(desk, prices)
        desk.store.close()
        ours.append(rows / seconds)
        count = _offers_of(folder / f"ours-{turn}.db", offers)
        theirs.append(count / _bare(folder / f"peer-{turn}.db", offers))
    name = "sqlite3 .import" if shutil.which("sqlite3") else "csv + executemany (there is no sqlite3 program here)"
    what = f"import of {city.slice_rows:,} prices with checks, history, markets and flags, against bare {name}"
    rates = median(ours), median(theirs)
    return compared(what, *(f"{rate:,.0f} rows/s" for rate in rates), rates[0] / rates[1])


def _head(source: Path, target: Path, rows: int) -> None:
    """Copy the header and the first `rows` lines of a file."""
    with source.open("rb") as whole, target.open("wb") as part:
        part.writelines(islice(whole, rows + 1))


def _offers_of(database: Path, target: Path) -> int:
    """Write the rows of the table offer as CSV; return how many there are."""
    db = sqlite3.connect(database)
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = db.execute(OFFERS).fetchall()
        csv.writer(file).writerows(rows)
    db.close()
    return len(rows)


def _bare(database: Path, offers: Path) -> float:
    """Return the seconds that it takes to put offers into the same table of an empty database, and nothing else."""
    created(str(database)).close()
    program = shutil.which("sqlite3")
    return seconds_of(lambda: _by_program(program, database, offers) if program else _by_driver(database, offers))


def _by_program(program: str, database: Path, offers: Path) -> None:
    pragma = "PRAGMA synchronous = NORMAL"
    subprocess.run([program, database, pragma, f".import --csv {offers} offer"], check=True)


def _by_driver(database: Path, offers: Path) -> None:
    db = sqlite3.connect(database)
    db.execute("PRAGMA synchronous = NORMAL")
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    with offers.open(encoding="utf-8", newline="") as file, db:
        db.executemany(f"INSERT INTO offer VALUES ({marks})", csv.reader(file))  # noqa: S608 - own names
    db.close()
