"""A pharmacy's daily list, 2 % of it changed, against sqlite-utils' `upsert_all` of the same rows."""

import csv
import random
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlite_utils import Database

from benchmarks.city import City
from benchmarks.figures import Figure, compared, seconds_of
from pricecompare.calc.quotes import QUOTE, Quotes, in_order, last_of_each, offer_key
from pricecompare.models import Upload
from pricecompare.schemas.values import stock
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.ingest.applying import Applying
from pricecompare.services.opening import opened

LISTS, CHANGED = 30, 0.02
DAY, NOW = "2026-11-02T09:00:00+08:00", "2026-11-02T12:00:00+08:00"
LEAST_SPEED, LEAST_WAL = 5.0, 8.0
COPIES = ("ours", "peer", "old", "history", "inside")
KEY = ("region_id", "pharmacy_id", "drug_id", "kind")


def figures(city: City) -> Iterator[Figure]:
    """Yield speed and write-ahead log of daily lists, and what becomes of an unchanged file."""
    with TemporaryDirectory(dir=city.database.parent) as name:
        folder = Path(name)
        for copy in COPIES:
            shutil.copy(city.database, folder / f"{copy}.db")
        desk = opened({"DB": folder / "ours.db", "NOW": NOW})
        lists = list(_lists(city, folder))
        ours = [_measured(folder / "ours.db", lambda path=path: _taken(desk, path)) for path, _ in lists]
        again = [seconds_of(lambda path=path: _taken(desk, path)) for path, _ in lists]
        rows = list(_rows(desk, lists))
        theirs, old = _upserts(folder / "peer.db", rows), _upserts(folder / "old.db", rows, use_old_upsert=True)
        what = f"a pharmacy's full list of {mean(map(len, rows)):,.0f} rows, 2 % changed"
        into = f"{what}, file to markets, against upsert_all into offer"
        yield from _figures(into, ours, theirs, least=(LEAST_SPEED, LEAST_WAL))
        yield from _figures("… against upsert_all in two statements a row, as until sqlite-utils 4", ours, old)
        kept = _histories(folder / "history.db", desk, lists)
        yield from _figures("… against reading the file, upsert_all and insert_all of the history", ours, kept)
        inside = _inside(folder / "inside.db", rows)
        stage = f"{what}, from checked rows in memory to list, offers, history and ledger (no file, no markets)"
        yield from _figures(f"{stage}, against upsert_all", inside, theirs)
        yield from _figures("… against upsert_all in two statements a row", inside, old)
        yield Figure("… the same bytes again", f"{median(again) * 1e3:,.2f} ms")


def _figures(what: str, ours: list, theirs: list, least: tuple[float | None, ...] = (None, None)) -> Iterator[Figure]:
    """Yield the time and the write-ahead log of a list, ours and of a peer."""
    times = median(seconds for seconds, _ in ours), median(seconds for seconds, _ in theirs)
    logs = mean(size for _, size in ours), mean(size for _, size in theirs)
    shown = (f"{seconds * 1e3:,.1f} ms" for seconds in times)
    yield compared(what, *shown, times[1] / times[0], least=least[0])
    shown = (f"{log / 1e3:,.0f} kB" for log in logs)
    yield compared("… write-ahead log", *shown, logs[1] / logs[0], least=least[1])


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
        yield _records(rows, places, drugs)


def _records(rows: Iterable[dict[str, str]], places: dict, drugs: dict) -> list[dict[str, Any]]:
    return [
        {
            **dict(zip(KEY, (*places[row["pharmacy_code"]][::-1], drugs[row["drug_code"]], "listed"), strict=True)),
            "fen": round(float(row["price"]) * 100),
            "stock": stock(row["stock"]) if row["stock"] else 0,
            "held": 0,
            "observed_at": 1_793_581_200,
        }
        for row in rows
    ]


def _kept(peer: Database, path: Path, places: dict, drugs: dict) -> None:
    """Read a file, upsert its rows, and append what changed to the history: what keeps the same facts, unchecked."""
    with path.open(encoding="utf-8", newline="") as file:
        records = _records(csv.DictReader(file), places, drugs)
    where = [records[0][name] for name in KEY[:2]]
    asked = "SELECT drug_id, fen FROM offer WHERE region_id = ? AND pharmacy_id = ? AND kind = 'listed'"
    before = dict(peer.execute(asked, where).fetchall())
    changed = [one for one in records if before.get(one["drug_id"]) != one["fen"]]
    history = [
        {**{name: one[name] for name in (*KEY, "fen", "held")}, "since_at": one["observed_at"], "upload_id": 1}
        for one in changed
    ]
    _upserted(peer, records)
    peer["price_change"].insert_all(history)  # type: ignore[union-attr]


def _histories(path: Path, desk: Desk, lists: list) -> list[tuple[float, int]]:
    """Return what a peer needs that keeps a history, too."""
    peer, ids = _opened(path), (desk.store.pharmacy_places(), desk.store.drug_ids())
    return [_measured(path, lambda file=file: _kept(peer, file, *ids)) for file, _ in lists]


def _upserts(path: Path, lists: list[list[dict[str, Any]]], **mode: bool) -> list[tuple[float, int]]:
    """Return what `upsert_all` needs for each list."""
    peer = _opened(path, **mode)
    return [_measured(path, lambda rows=rows: _upserted(peer, rows)) for rows in lists]


def _inside(path: Path, lists: list[list[dict[str, Any]]]) -> list[tuple[float, int]]:
    """Return what an upload needs between its reading and its markets."""
    desk = opened({"DB": path, "NOW": NOW})
    quotes = list(map(_quotes, lists))
    return [_measured(path, lambda these=these: _applied(desk, these)) for these in quotes]


def _quotes(records: list[dict[str, Any]]) -> Quotes:
    """Return records as the rows of a file are once they are checked."""
    return np.array(
        [
            (offer_key(one["pharmacy_id"], one["drug_id"], 0), one["observed_at"], one["fen"], one["stock"], 0, row)
            for row, one in enumerate(records, 2)
        ],
        QUOTE,
    )


def _applied(desk: Desk, quotes: Quotes) -> None:
    with desk.store.writing():
        upload = Upload(desk.store.next_ids().upload, "prices", mode="full", came_at=desk.now(), taken_at=desk.now())
        desk.store.put_upload(upload)
        Applying(desk, upload).take(last_of_each(in_order(quotes)))


def _opened(path: Path, **mode: bool) -> Database:
    peer = Database(path, **mode)
    peer.execute("PRAGMA synchronous = NORMAL")
    return peer


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
