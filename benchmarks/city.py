"""The city that is measured: an invented world as files and, by a real import, as a database; made once."""

import json
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from shutil import rmtree

from pricecompare.errors import Unusable
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.opening import created, opened
from pricecompare.store import open_store
from pricecompare.world import world, write

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var" / "bench"
NOW = "2026-11-01T12:00:00+08:00"
"""The noon after the world's last day: no price is younger, few are stale."""

KNOWN = ("regions", "drugs", "pharmacies")


@dataclass(frozen=True, slots=True)
class City:
    """Where a city lies and how large it is."""

    name: str
    pharmacies: int
    drugs: int
    questions: int
    """How many questions of each sort are asked of each design."""
    slice_rows: int
    """How many rows of prices the repeated import takes."""
    load_seconds: float
    """How long each server is asked in each round."""
    cities: int = 1
    """Pooling regions; the first is asked about."""

    @property
    def files(self) -> Path:
        """The folder of its CSV files."""
        return VAR / self.name

    @property
    def database(self) -> Path:
        """Its database."""
        return VAR / f"{self.name}.db"

    @property
    def first_import(self) -> dict[str, float]:
        """Rows and seconds of the import that made the database."""
        return json.loads((VAR / f"{self.name}.json").read_text("utf-8"))

    def desk(self) -> Desk:
        """Return a desk on the database, its clock standing at NOW."""
        return opened({"DB": self.database, "NOW": NOW})


CITY = City("city", 5000, 3000, questions=400, slice_rows=500_000, load_seconds=1.5)
PROVINCE = City("province", 50_000, 1000, questions=400, slice_rows=500_000, load_seconds=1.5, cities=40)
SHORT_PROVINCE = City("short-province", 1000, 100, questions=100, slice_rows=50_000, load_seconds=0.4, cities=10)
SHORT = City("short", 500, 300, questions=100, slice_rows=50_000, load_seconds=0.4)


def made(city: City) -> City:
    """Return the city, made first when it is absent or of another schema; that is said, for it takes a while."""
    if not is_current(city.database):
        VAR.mkdir(parents=True, exist_ok=True)
        size = f"{city.pharmacies:,} pharmacies × {city.drugs:,} drugs, {city.cities} regions"
        say(f"Making {size} in {VAR}; this is done once.")
        rmtree(city.files, ignore_errors=True)
        write(world(pharmacies=city.pharmacies, drugs=city.drugs, months=1, cities=city.cities), city.files)
        say("Importing it.")
        _import(city)
    return city


def is_current(database: Path) -> bool:
    """Say whether there is a database that this program reads."""
    try:
        open_store(str(database)).close()
    except Unusable:
        return False
    return True


def _import(city: City) -> None:
    """Make the database; what was there before is replaced when all went well."""
    fresh = city.database.with_suffix(".new")
    remove(fresh)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        # In a process of its own, whose memory is what the import takes.
        first = apart.submit(_first, fresh, city.files).result()
    (VAR / f"{city.name}.json").write_text(json.dumps(first), "utf-8")
    remove(city.database)
    fresh.rename(city.database)


def _first(database: Path, files: Path) -> dict[str, float]:
    """Import all prices; return how many rows, in how many seconds, and the most memory this process took."""
    desk = started(database, files)
    seconds, rows = imported(desk, files / "prices.csv")
    desk.store.close()
    return {"rows": rows, "seconds": seconds, "megabytes": getrusage(RUSAGE_SELF).ru_maxrss / 1000}


def started(database: Path | str, files: Path) -> Desk:
    """Return a desk on a new database that knows all but the prices."""
    created(str(database)).close()
    desk = opened({"DB": str(database), "NOW": NOW})
    for what in KNOWN:
        import_file(desk, what, files / f"{what}.csv")
    return desk


def imported(desk: Desk, prices: Path) -> tuple[float, int]:
    """Return how many seconds the import of a price file takes, and how many rows it has."""
    start = time.perf_counter()
    report = import_file(desk, "prices", prices)
    return time.perf_counter() - start, report.upload.rows


def remove(database: Path) -> None:
    """Remove a SQLite database with the files beside it."""
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
