"""Rows are read many together where nothing is wrong with any of them: it does not matter how many."""

import pytest
from hypothesis import given

from pricecompare.files import csv_rows
from pricecompare.schemas.checking import Check
from pricecompare.schemas.rows import ROWS as SHAPES
from tests.made import CODES
from tests.test_checking import names_in_files, rows
from tests.test_import_bad import changed
from tests.town import SHOPS, Town, codes

ROWS = [
    *(changed(pharmacy_code=shop, drug_code=code, price="9.80") for shop in SHOPS for code in CODES[:3]),
    changed(price="-1"),
    changed(pharmacy_code="P99010299999"),
    changed(observed_at="2027-01-01"),
    changed(drug_code="XJ01CAA501A001010199999"),
    *(changed(pharmacy_code=shop, drug_code=CODES[3], price="7.10", observed_at="2026-10-29") for shop in SHOPS),
]
WRONG = [
    (35, "price", "price_not_positive"),
    (36, "pharmacy_code", "unknown_pharmacy"),
    (37, "observed_at", "date_in_future"),
    (38, "drug_code", "unknown_drug"),
]


@pytest.fixture(scope="module")
def one_by_one():
    """What came of the rows when each was read alone, by engine."""
    return {}


@pytest.mark.parametrize("together", [1, 2, 7, 33, 34, 10_000])
def test_rows_read_together_are_the_same_rows(store, url, tmp_path, monkeypatch, one_by_one, together):
    monkeypatch.setattr(csv_rows, "PIECE", together * 80)
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    report = town.price(*ROWS)
    assert codes(report) == WRONG
    assert (report.upload.rows, report.upload.refused) == (len(ROWS), len(WRONG))
    assert town.dump() == one_by_one.setdefault("sqlite" if "://" not in url else "postgres", town.dump())


@given(rows())
def test_rows_together_say_what_each_says_or_nothing(given_rows):
    what, names, given = given_rows
    header = names_in_files(SHAPES[what](), names)
    alone, together = Check(SHAPES[what](), header, {}), Check(SHAPES[what](), header, {})
    values = [alone.values(number, tuple(row)) for number, row in enumerate(given, 2)]
    columns = together.together(list(zip(*given, strict=True))) if given else None
    assert (together.rows, together.findings) == (0, [])
    if columns is not None:
        assert [*map(repr, map(list, zip(*columns, strict=True)))] == [*map(repr, values)]
        assert alone.findings == []
