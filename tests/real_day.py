"""One real day of Italy's fuel reports, taken in by the layouts of docs/examples. It is fuel, not drugs."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc.days import day_number, iso
from pricecompare.calc.distance import far_metres, points
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, Report, import_file
from pricecompare.services.uploads import ledger
from pricecompare.services.uploads.layouts import add
from pricecompare.store import Store

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"
LAYOUTS = {
    "regions": "italy-regions",
    "drugs": "italy-drugs",
    "pharmacies": "italy-registry",
    "prices": "italy-prices",
}
MORNING = datetime.fromisoformat("2026-08-21T09:00:00+02:00")
"""An hour after the price file was made."""

FAR_KM = 120
PLACEHOLDERS = {"0.010": 10, "0.100": 100, "1.111": 1111, "8.888": 8888, "9.999": 9999}
"""Prices that are none, as they are written and as ten litres in cents."""


class Files(NamedTuple):
    """The two files of a day, each with a title and a header above its rows."""

    registry: Path
    prices: Path

    def cut(self, folder: Path, wanted: Callable[[str], bool]) -> "Files":
        """Return both files with only the lines that are wanted."""
        return Files(*(cut(path, folder / path.name, wanted) for path in self))


def files(folder: Path) -> Files:
    """Return the files of the day that lies in a folder of real data."""
    fuel = folder / "it_fuel"
    return Files(fuel / "anagrafica_impianti_attivi_2026-08-21.csv", fuel / "prezzo_alle_8_2026-08-21.csv")


def cut(path: Path, target: Path, wanted: Callable[[str], bool]) -> Path:
    """Write a file again with only the lines that are wanted; return where."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    target.write_text("".join(lines[:2] + [line for line in lines[2:] if wanted(line)]), "utf-8")
    return target


def placeholder(line: str) -> bool:
    """Say whether a line of the price file has a price that is none."""
    return line.split("|")[2] in PLACEHOLDERS


def desk_of(store: Store) -> Desk:
    """Return a desk on that morning which knows the layouts."""
    desk = Desk(store, lambda: MORNING)
    for path in sorted(EXAMPLES.glob("italy-*.toml")):
        add(desk, path.read_text("utf-8"))
    return desk


def taken(desk: Desk, what: str, path: Path, **asked: Any) -> Report:
    """Take a file by the layout that is for it."""
    return import_file(desk, what, path, Asked(layout=LAYOUTS[what], **asked))


def registers(desk: Desk, day: Files) -> dict[str, Report]:
    """Take provinces, fuels and stations; return what became of each."""
    sources = {"regions": day.registry, "drugs": day.prices, "pharmacies": day.registry}
    return {what: taken(desk, what, path) for what, path in sources.items()}


def sent_back(desk: Desk, report: Report, folder: Path) -> Path:
    """Write the file of refused rows, as its sender would fetch it; return where."""
    found = ledger.refused(desk, report.upload.id)
    path = folder / found.name
    path.write_bytes(b"".join(found.pieces))
    return path


def corrected(path: Path) -> Path:
    """Take the separator out of the names of stations, as a person would; return the file."""
    path.write_text(path.read_text("utf-8").replace(" | gestori", " - gestori"), "utf-8")
    return path


def became(report: Report) -> dict[str, int]:
    """Return what became of the rows of a file, leaving out what is zero."""
    names = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused", "filtered", "warnings")
    return {name: count for name in names if (count := getattr(report.upload, name))}


def reasons(report: Report) -> Counter[tuple[str, str]]:
    """Return how often a file was remarked on, by severity and code."""
    return Counter((one.severity, one.code) for one in report.findings)


def live(desk: Desk) -> dict[str, list[tuple]]:
    """Return every offer, step, run and flag."""
    wanted = {
        "offer": "region_id, pharmacy_id, drug_id, kind, fen, stock, held, observed_at",
        "price_change": "region_id, pharmacy_id, drug_id, kind, since_at, fen, seen_before, held, upload_id",
        "list_run": "region_id, pharmacy_id, kind, since_at, until_at",
        "flag": "region_id, pharmacy_id, drug_id, kind, class, grade, fen",
    }
    ask = desk.store.engine.rows
    return {name: ask(f"SELECT {names} FROM {name} ORDER BY {names}", {}) for name, names in wanted.items()}  # noqa: S608 - own names


class Fate(NamedTuple):
    """How many prices are there, and of these are held, flagged as data errors, flagged as high, stale, none of it."""

    taken: int
    held: int
    errors: int
    high: int
    stale: int
    unmarked: int


def fates(desk: Desk) -> Iterator[tuple[str, Fate]]:
    """Yield what became of each placeholder; a price may be marked in more than one way."""
    offers = desk.store.engine.rows("SELECT fen, held, observed_at, pharmacy_id, drug_id FROM offer", {})
    flags = {row[:2]: row[2] for row in desk.store.engine.rows("SELECT pharmacy_id, drug_id, class FROM flag", {})}
    fresh = day_number(desk.now()) - desk.max_age_days
    for price, fen in PLACEHOLDERS.items():
        mine = [(bool(row[1]), flags.get(row[3:], ""), day_number(row[2]) < fresh) for row in offers if row[0] == fen]
        marks = [(held, flag.startswith("error"), flag == "high", stale) for held, flag, stale in mine]
        yield price, Fate(len(marks), *map(sum, zip(*marks or [(0,) * 4], strict=True)), sum(map(not_any, marks)))


def not_any(marks: tuple[bool, ...]) -> bool:
    """Say whether no mark is set."""
    return not any(marks)


def places_of(desk: Desk) -> Iterator[tuple[str, str, str, int, str, str]]:
    """Yield of each placeholder its price, fuel and day, how many prices its market counts, their median, the ratio."""
    for fen, fuel, spec, observed, n, middle in desk.store.engine.rows(
        "SELECT offer.fen, drug.name, drug.spec, observed_at, n, median FROM offer "
        "JOIN drug ON drug.id = drug_id JOIN market USING (region_id, drug_id, kind) ORDER BY 1, 2, 3, 4",
        {},
    ):
        if fen in PLACEHOLDERS.values():
            ratio = f"{fen / middle:.2f}" if n else ""
            yield (
                f"{fen / 1000:.3f}",
                f"{fuel} {spec}",
                iso(observed)[:10],
                n,
                f"{middle / 1000:.3f}" if n else "",
                ratio,
            )


def two_prices(path: Path, *columns: int) -> int:
    """Return how many combinations of these columns of the price file have more than one price."""
    prices = defaultdict(set)
    for line in path.read_text("utf-8").splitlines()[2:]:
        cells = line.split("|")
        prices[tuple(cells[column] for column in columns)].add(cells[2])
    return sum(len(asked) > 1 for asked in prices.values())


def far_stations(desk: Desk) -> list[tuple[int, str, int]]:
    """Return (station, province, kilometres) of stations far from the median of their province, farthest first."""
    provinces = defaultdict(list)
    for shop in desk.store.pharmacies():
        if shop.lat is not None:
            provinces[shop.region_id].append(shop)
    names, found = {region.id: region.name for region in desk.store.regions()}, []
    for region, shops in provinces.items():
        lats, lngs = [shop.lat for shop in shops], [shop.lng for shop in shops]
        km = far_metres((median(lats), median(lngs)), points(lats, lngs)) / 1000
        found += [(int(shops[at].code[6:]), names[region], round(km[at])) for at in np.flatnonzero(km > FAR_KM)]
    return sorted(found, key=lambda one: (-one[2], one[0]))
