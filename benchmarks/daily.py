"""A pharmacy's daily list, 2 % of it changed, against sqlite-utils' `upsert_all` of the same rows."""

import csv
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

from sqlite_utils import Database

from benchmarks.city import City
from benchmarks.figures import Figure, compared, seconds_of
from pricecompare.models import STOCKS
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.opening import opened

LISTS, CHANGED = 30, 0.02
DAY, NOW = "2026-11-02T09:00:00+08:00", "2026-11-02T12:00:00+08:00"
LEAST_SPEED, LEAST_WAL = 5.0, 8.0
KEY = ("region_id", "pharmacy_id", "drug_id", "kind")


def figures(city: City) -> Iterator[Figure]:
    """Yield speed and write-ahead log of daily lists, and what becomes of an unchanged file."""
    with TemporaryDirectory(dir=city.database.parent) as name:
        folder = Path(name)
        for copy in ("ours.db", "peer.db"):
            shutil.copy(city.database, folder / copy)
        desk = opened({"DB": folder / "ours.db", "NOW": NOW})
        lists = list(_lists(city, folder))
        ours = [_measured(folder / "ours.db", lambda path=path: _taken(desk, path)) for path, _ in lists]
        peer = Database(folder / "peer.db")
        peer.execute("PRAGMA synchronous = NORMAL")
        theirs = [_measured(folder / "peer.db", lambda rows=rows: _upserted(peer, rows)) for rows in _rows(desk, lists)]
        again = [seconds_of(lambda path=path: _taken(desk, path)) for path, _ in lists]
        size = mean(len(rows) for _, rows in lists)
        yield from _figures(size, ours, theirs, again)


def _figures(size: float, ours: list, theirs: list, again: list[float]) -> Iterator[Figure]:
    times = median(seconds for seconds, _ in ours), median(seconds for seconds, _ in theirs)
    logs = mean(size for _, size in ours), mean(size for _, size in theirs)
    what = f"a pharmacy's full list of {size:,.0f} rows, 2 % changed, file to markets, against upsert_all into offer"
    shown = (f"{seconds * 1e3:,.1f} ms" for seconds in times)
    yield compared(what, *shown, times[1] / times[0], least=LEAST_SPEED)
    shown = (f"{log / 1e3:,.0f} kB" for log in logs)
    yield compared("… write-ahead log", *shown, logs[1] / logs[0], least=LEAST_WAL)
    yield Figure("… the same bytes again", f"{median(again) * 1e3:,.2f} ms")


def _lists(city: City, folder: Path) -> Iterator[tuple[Path, list[dict[str, str]]]]:
    """Yield full lists of the first pharmacies as files: what they last asked, a few prices three per cent up."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    with (city.files / "prices.csv").open(encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), LISTS * 4 * city.drugs):
            if row["kind"] == "listed":
                found[row["pharmacy_code"]][row["drug_code"]] = row
    rng = random.Random(7)
    for number, rows in enumerate(islice(found.values(), LISTS)):
        path = folder / f"{number}.csv"
        these = [_today(row, rng.random() < CHANGED) for row in rows.values()]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(these[0]))
            writer.writeheader()
            writer.writerows(these)
        yield path, these


def _today(row: dict[str, str], up: bool) -> dict[str, str]:
    return row | {"observed_at": DAY, "price": f"{float(row['price']) * (1.03 if up else 1) + 0.01 * up:.2f}"}


def _taken(desk: Desk, path: Path) -> None:
    import_file(desk, "prices", path, Asked(mode="full"))


def _rows(desk: Desk, lists: list) -> Iterator[list[dict[str, Any]]]:
    """Yield the same rows as records of the table offer, ready to be written."""
    places, drugs = desk.store.pharmacy_places(), desk.store.drug_ids()
    for _, rows in lists:
        yield [
            {
                **dict(zip(KEY, (*places[row["pharmacy_code"]][::-1], drugs[row["drug_code"]], "listed"), strict=True)),
                "fen": round(float(row["price"]) * 100),
                "stock": STOCKS.index(row["stock"] or "unknown"),
                "held": 0,
                "observed_at": 1_793_581_200,
            }
            for row in rows
        ]


def _upserted(peer: Database, rows: list[dict[str, Any]]) -> None:
    peer["offer"].upsert_all(rows, pk=KEY)  # type: ignore[union-attr]


def _measured(database: Path, work: Any) -> tuple[float, int]:
    """Return the seconds some work takes, and by how many bytes it makes the write-ahead log grow from nothing."""
    checkpoint = Database(database)
    checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    checkpoint.close()
    log = database.with_name(database.name + "-wal")
    seconds = seconds_of(work)
    return seconds, log.stat().st_size if log.exists() else 0
