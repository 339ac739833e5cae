"""Offers while a million rows are imported by another process, against the same questions while nothing happens."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.city import NOW, City
from benchmarks.figures import Figure, micros, seconds_of
from benchmarks.questions import asked, whole_answer
from pricecompare.services.desk import Desk
from pricecompare.services.opening import opened

MOST_P50, MOST_P99 = 1.3, 1.5


def figures(city: City) -> Iterator[Figure]:
    """Yield how much longer offers take while an import runs."""
    with TemporaryDirectory(dir=city.database.parent) as name:
        folder = Path(name)
        shutil.copy(city.database, folder / "prices.db")
        desk = opened({"DB": folder / "prices.db", "NOW": NOW})
        prices = _other_prices(city, folder)
        questions = asked(desk, city.questions, seed=11)
        idle = _times(desk, questions, rounds=3)
        command = [Path(sys.executable).with_name("pricecompare"), "import", "prices", prices]
        settings = {"PRICECOMPARE_NOW": NOW, "PRICECOMPARE_DB": str(folder / "prices.db")}
        writer = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
        busy: list[float] = []
        while writer.poll() is None:
            busy += _times(desk, questions, rounds=1)
        if writer.returncode not in (0, 3, 4):
            raise SystemExit("the import failed")
        yield from _figures(idle, busy)


def _figures(idle: list[float], busy: list[float]) -> Iterator[Figure]:
    half, last = median(busy) / median(idle), _p99(busy) / _p99(idle)
    ok = half <= MOST_P50 and last <= MOST_P99
    what = f"offers during an import, against an idle time: p50 × {half:.2f}, p99 × {last:.2f}"
    yield Figure(what, micros(busy), micros(idle), 1 / half, f"≤ {MOST_P50}, {MOST_P99}", ok)


def _p99(times: list[float]) -> float:
    return sorted(times)[int(0.99 * (len(times) - 1))]


def _times(desk: Desk, questions: list, *, rounds: int) -> list[float]:
    return [seconds_of(lambda one=one: whole_answer(desk, one)) for _ in range(rounds) for one in questions]


def _other_prices(city: City, folder: Path) -> Path:
    """Write the first rows of the city's prices again, an hour later and a little dearer."""
    target = folder / "prices.csv"
    rows = 2 * city.slice_rows
    with (city.files / "prices.csv").open(encoding="utf-8") as whole, target.open("w", encoding="utf-8") as part:
        part.write(next(whole))
        for line in islice(whole, rows):
            pharmacy, drug, kind, price, seen, stock = line.rstrip("\n").split(",")
            part.write(f"{pharmacy},{drug},{kind},{float(price) + 0.1:.2f},{NOW},{stock}\n")
    return target
