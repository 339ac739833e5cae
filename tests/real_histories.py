"""Real price histories: a month of fuel around Milan, and eight dates of South Africa's single exit prices."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, Report, import_file
from pricecompare.services.ingest.decisions import confirm
from pricecompare.services.uploads.layouts import add
from pricecompare.store import Store

ROME, CHINA, DAY = ZoneInfo("Europe/Rome"), 8 * 3600, 86_400
REGION = "code,name,level,pooling\n990001,一地,city,1\n"

MILAN_LAYOUT = """name = "milan-reports"
version = 1
what = "prices"
title = {{ zh = "米兰油价", en = "Reports of filling stations around Milan" }}
dates = ["%Y-%m-%d %H:%M:%S"]
zone = "Europe/Rome"
scale = 10
kind = "listed"
headers.observed_at = ["reported_at"]
compose.pharmacy_code = "P99000{{store_id:0>6}}"
compose.drug_code = "{{product}}/{{isSelf}}"
[values.drug_code]
{codes}
"""

Steps = dict[tuple[str, str], list[tuple[int, int]]]
"""When each price began to hold (0: off the list), by pharmacy and drug: (second, fen)."""


class Told(NamedTuple):
    """One price as it was reported."""

    pharmacy: str
    drug: str
    second: int
    fen: int


@dataclass
class Upload:
    """A file and, said plainly, what is in it; `refused` rows cannot go in, for they contradict each other or are 0."""

    path: Path
    told: list[Told]
    refused: int = 0


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = datetime.fromtimestamp(0, UTC)

    def __call__(self) -> datetime:
        """Return the time it was set to."""
        return self.now


@dataclass
class Series:
    """Files in the order they came, and how they are read."""

    asked: Asked
    registers: dict[str, str] = field(default_factory=dict)
    layout: str = ""
    uploads: list[Upload] = field(default_factory=list)

    def desk(self, store: Store, folder: Path) -> tuple[Desk, Clock]:
        """Return a desk that knows the layout, the place and the goods, and its clock."""
        clock = Clock(datetime.fromisoformat("2026-08-04T00:00:00+02:00"))
        desk = Desk(store, clock)
        if self.layout:
            add(desk, self.layout)
        for what, text in self.registers.items():
            path = folder / f"{what}.csv"
            path.write_text(text, "utf-8")
            assert import_file(desk, what, path).findings == []
        return desk, clock

    def take(self, desk: Desk, upload: Upload, asked: Asked | None = None) -> Report:
        """Take one file."""
        return import_file(desk, "prices", upload.path, asked or self.asked)


def taken_and_confirmed(series: Series, desk: Desk, clock: Clock, asked: Asked) -> Iterator[tuple[Report, int]]:
    """Take every file on the evening of its day; yield what became of it, and the suspicious prices then in it.

    One that is put aside is looked at by a person, who confirms it.
    """
    for upload in series.uploads:
        clock.now = datetime.fromisoformat(f"{upload.path.stem}T23:59:59+02:00")
        report = series.take(desk, upload, asked)
        counted = report.upload if report.upload.state == "taken" else confirm(desk, report.upload.id)
        yield report, counted.held


def milan(folder: Path, target: Path, stations: int = 10_000) -> Series:
    """Return the month of the first stations around Milan, one file for each day on which reports were first seen."""
    with gzip.open(folder / "it_fuel" / "milano_2026-07.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shops = sorted({row["store_id"] for row in rows}, key=int)[:stations]
    rows = [row for row in rows if row["store_id"] in set(shops)]
    products = sorted({f"{row['product']}/{row['isSelf']}" for row in rows})
    codes = {product: f"XF01AAB{number:03d}A001010100001" for number, product in enumerate(products)}
    series = Series(
        Asked(layout="milan-reports"),
        {
            "regions": REGION,
            "drugs": "drug_code,generic_name\n" + "".join(f"{code},{product}\n" for product, code in codes.items()),
            "pharmacies": "code,name,region\n" + "".join(f"P99000{int(shop):06d},站{shop},990001\n" for shop in shops),
        },
        MILAN_LAYOUT.format(codes="\n".join(f'"{product}" = "{code}"' for product, code in codes.items())),
    )
    for day in sorted({row["first_seen"] for row in rows}):
        series.uploads.append(_day_of_milan(target, day, [row for row in rows if row["first_seen"] == day], codes))
    return series


def _day_of_milan(target: Path, day: str, rows: list[dict[str, str]], codes: dict[str, str]) -> Upload:
    """Write the reports of one day as they came; return them."""
    told = []
    for row in rows:
        at = datetime.fromisoformat(row["reported_at"]).replace(tzinfo=ROME)
        fen, drug = int(Decimal(row["price"]) * 1000), codes[f"{row['product']}/{row['isSelf']}"]
        told.append(Told(f"P99000{int(row['store_id']):06d}", drug, int(at.timestamp()), fen))
    return Upload(_written(target / f"{day}.csv", rows), told)


def south_africa(folder: Path, target: Path, every: int = 1) -> Series:
    """Return the full list of each date, prices rounded to cents, as asked by one invented pharmacy."""
    with gzip.open(folder / "za_sep" / "za_sep_2013-2016_tidy.csv.gz", "rt", encoding="utf-8", newline="") as file:
        # Second and later ingredients of a product stand in rows without a price.
        rows = [row for row in csv.DictReader(file) if row["sep"]]
    codes = {nappi: f"XZ01ZAF000A{at:012d}" for at, nappi in enumerate(sorted({row["nappi"] for row in rows})[::every])}
    rows = [row for row in rows if row["nappi"] in codes]
    names = {codes[row["nappi"]]: row["prod"].replace(",", " ").strip() or row["nappi"] for row in rows}
    series = Series(
        Asked(mode="full"),
        {
            "regions": REGION,
            "drugs": "drug_code,generic_name\n" + "".join(f"{code},{name}\n" for code, name in names.items()),
            "pharmacies": "code,name,region\nP99000100001,甲药店,990001\n",
        },
    )
    for day in sorted({row["as_of"] for row in rows}):
        series.uploads.append(_date_of_prices(target, day, [row for row in rows if row["as_of"] == day], codes))
    return series


def _date_of_prices(target: Path, day: str, rows: list[dict[str, str]], codes: dict[str, str]) -> Upload:
    """Write the list of one date with our own headers; return it."""
    asked = defaultdict(list)
    for row in rows:
        cents = (Decimal(row["sep"]) * 100).quantize(Decimal(1), ROUND_HALF_UP)
        asked[codes[row["nappi"]]].append(int(cents))
    listed = [
        {"pharmacy_code": "P99000100001", "drug_code": code, "price": f"{Decimal(fen) / 100:.2f}", "observed_at": day}
        for code, prices in asked.items()
        for fen in prices
    ]
    second = int(datetime.fromisoformat(f"{day}T00:00:00+08:00").timestamp())
    clear = {code: prices[0] for code, prices in asked.items() if len(set(prices)) == 1 and prices[0]}
    told = [Told("P99000100001", code, second, fen) for code, fen in clear.items()]
    refused = sum(len(prices) for code, prices in asked.items() if code not in clear)
    return Upload(_written(target / f"{day}.csv", listed), told, refused)


def _written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def steps_of_changes(uploads: Iterable[Upload], *, max_age: int = 30) -> Steps:
    """Return the steps that reports come to: the ten lines that the program is held to."""
    steps, seen = defaultdict(list), {}
    for one in sorted((told for upload in uploads for told in upload.told), key=lambda told: told.second):
        place, day = one[:2], (one.second + CHINA) // DAY
        line = steps[place]
        if not line or line[-1][1] != one.fen or day - seen[place] > max_age:
            line.append((one.second, one.fen))
        seen[place] = day
    return dict(steps)


def steps_of_lists(uploads: Iterable[Upload]) -> Steps:
    """Return the steps that full lists come to: what a list does not name is off it.

    A list of which rows were refused is read as changes: what it does not name stays, and what it names was seen.
    """
    steps, seen = defaultdict(list), {}
    for upload in sorted(uploads, key=lambda upload: upload.told[0].second):
        now, whole = upload.told[0].second, is_whole(upload)
        asked = {(one.pharmacy, one.drug): one.fen for one in upload.told}
        for place in asked.keys() | (steps.keys() if whole else set()):
            fen = asked.get(place, 0)
            other = fen != (steps[place][-1][1] if steps[place] else 0)
            if other or (not whole and now - seen[place] > 30 * DAY):
                steps[place].append((now, fen))
            if other or not whole:
                seen[place] = now
    return dict(steps)


def is_whole(upload: Upload) -> bool:
    """Say whether no product that a list names was refused."""
    named = {line.split(",")[1] for line in upload.path.read_text("utf-8").splitlines()[1:]}
    return named == {one.drug for one in upload.told}


def steps_kept(desk: Desk) -> Steps:
    """Return the steps in the database."""
    steps = defaultdict(list)
    for pharmacy, drug, second, fen in desk.store.engine.rows(
        "SELECT pharmacy.code, drug.code, since_at, fen FROM price_change "
        "JOIN pharmacy ON pharmacy.id = pharmacy_id JOIN drug ON drug.id = drug_id ORDER BY since_at",
        {},
    ):
        steps[pharmacy, drug].append((second, fen))
    return dict(steps)
