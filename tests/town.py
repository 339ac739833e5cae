"""A small invented town taken in through files, and whole databases compared."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import xlsxwriter

from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, Report, import_file
from pricecompare.store import Store
from pricecompare.store.sql import schema
from tests.conftest import NOW
from tests.made import CODES

TABLES = re.findall(r"^CREATE TABLE (\w+)", schema(), re.MULTILINE)
LEDGER = ("upload", "quote_list", "sale_list", "effect", "refused_row", "refused_file", "request_key", "audit")
"""What is kept of every file that came, even of one that changed nothing."""

REGIONS = """code,name,parent,level,pooling
990000,云泽省,,province,0
990100,云泽市,990000,city,1
990102,青石区,990100,county,0
990200,沅口市,990000,city,1
990202,望江区,990200,county,0
980000,桂影省,,province,0
980100,桂影市,980000,city,1
"""
DRUGS = "drug_code,generic_name,form,spec,pack_count,unit,pack_unit,maker\n" + "".join(
    f"{code},药{number},片剂,0.1g,24,片,盒,厂\n" for number, code in enumerate(CODES, 1)
)
SHOPS = [f"P990102{number:05d}" for number in range(1, 8)] + [f"P990202{number:05d}" for number in range(1, 5)]
PHARMACIES = "pharmacy_code,name,address,lat,lng,coord_type\n" + "".join(
    f"{code},第{number}药店,路{number}号,{28.2 + number / 100:.2f},{112.9 + number / 100:.2f},gcj02\n"
    for number, code in enumerate(SHOPS, 1)
)
PRICE_HEADER = "pharmacy_code,drug_code,price,observed_at,kind,stock\n"
PRICES = PRICE_HEADER + "".join(
    f"{shop},{drug},{10 + at % 5 + place / 10:.2f},2026-10-{20 + at % 9},{kind},in\n"
    for at, shop in enumerate(SHOPS)
    for place, drug in enumerate(CODES[:3])
    for kind in ("listed", "online")
)
SALES = "pharmacy_code,drug_code,month,quantity,amount\n" + "".join(
    f"{shop},{drug},2026-09,{3 + at},{(3 + at) * (10 + at % 5)}\n"
    for at, shop in enumerate(SHOPS)
    for drug in CODES[:3]
)
MANY = 20_000
"""Refused rows that are not compared one by one any more."""
PLAINLY = Asked()
ALL = {"regions": REGIONS, "drugs": DRUGS, "pharmacies": PHARMACIES, "prices": PRICES, "sales": SALES}


class Town:
    """A desk at a store, and files that are taken there."""

    def __init__(self, store: Store, folder: Path):
        self.store = store
        self.desk = Desk(store, lambda: NOW)
        self.folder = folder

    def take(self, what: str, content: str | bytes, asked: Asked = PLAINLY, **declared: str) -> Report:
        """Take a file with that content."""
        path = self.folder / f"{what}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_file(self.desk, what, path, replace(asked, declared=declared))

    def again(self, what: str, content: str | bytes) -> Report:
        """Take a file that came before: the same bytes are answered with what became of them, and do nothing.

        With a blank line more it is read once more, and that is what is reported.
        """
        before, plain = (self.dump(), self.ledger()), content.encode() if isinstance(content, str) else content
        same = self.take(what, plain)
        assert (same.repeated, same.findings, self.dump(), self.ledger()) == (True, [], *before)
        return self.take(what, plain + b"\n")

    def take_all(self, *, until: str = "") -> None:
        """Take what the town is made of, in order, the kind `until` left out; every row of it must go in."""
        for what in list(ALL)[: list(ALL).index(until) if until else None]:
            assert self.take(what, ALL[what]).findings == []

    def price(self, *rows: str, asked: Asked = PLAINLY, **declared: str) -> Report:
        """Take rows of a price list."""
        return self.take("prices", PRICE_HEADER + "\n".join(rows), asked, **declared)

    def full(self, *rows: str, **asked: Any) -> Report:
        """Take rows that are whole lists."""
        return self.price(*rows, asked=Asked(mode="full", **asked))

    def dump(self, *without: str) -> dict[str, list[str]]:
        """Return every row of every table but the ledger and those named; without meta, no versions of regions."""
        found = {table: self._rows(table) for table in TABLES if table not in (*LEDGER, *without)}
        return found | ({"region": self._regions()} if "meta" in without and "region" not in without else {})

    def _regions(self) -> list[str]:
        names = "id, name, parent_id, level, pooling, version, x, y, z, reach"
        return [repr(row) for row in self.store.engine.rows(f"SELECT {names} FROM region ORDER BY id", {})]  # noqa: S608

    def ledger(self) -> dict[str, list[str]]:
        """Return every row of what is kept of files that came; of refused rows beyond some thousands a digest."""
        return {table: self._rows(table) if table != "refused_row" else self._refused() for table in LEDGER}

    def _refused(self) -> list[str]:
        (count,) = self.store.engine.rows("SELECT count(*) FROM refused_row", {})[0]
        if count < MANY:
            return self._rows("refused_row")
        digest = hashlib.sha256()
        for row in self.store.engine.stream("SELECT * FROM refused_row ORDER BY upload_id, row", {}):
            digest.update(repr(row).encode())
        return [digest.hexdigest()]

    def derived(self) -> dict[str, Any]:
        """Return all that follows from what counts, without the versions it was made at."""
        regions = [region.id for region in self.store.regions()]
        markets = {key: self.store.market(key) for one in regions for key in self.store.market_keys(one)}
        flags = [flag for one in regions for flag in self.store.flags(one, most=999)]
        return self.dump("meta", "market", "flag") | {
            "market": {key: row._replace(data_version=0) for key, row in markets.items()},
            "region": self.store.engine.rows("SELECT id, x, y, z, reach FROM region ORDER BY id", {}),
            "flag": [flag._replace(data_version=0) for flag in flags],
        }

    def _rows(self, table: str) -> list[str]:
        rows = self.store.engine.rows(f"SELECT * FROM {table}", {})  # noqa: S608 - own names
        # The head of the audit trail belongs to what is kept of every file and decision.
        return sorted(repr(row) for row in rows if row[0] != "audit_head")


def counts(report: Report) -> dict[str, int]:
    """Return what became of the rows, leaving out what is zero."""
    names = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused", "filtered", "warnings")
    return {name: count for name in names if (count := getattr(report.upload, name))}


def codes(report: Report) -> list[tuple[int, str, str]]:
    """Return (row, column, code) of every finding."""
    return [(finding.row, finding.column, finding.code) for finding in report.findings]


def rows_of(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


def as_json(text: str) -> bytes:
    header, *rows = rows_of(text)
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False).encode()


def as_sheet(folder: Path, rows: Iterable[Sequence[object]]) -> bytes:
    path = folder / "made.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path.read_bytes()
