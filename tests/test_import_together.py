"""Rows are read many together where nothing is wrong with any of them: it does not matter how many."""

import pytest
from hypothesis import given

from pricecompare.calc.codes import drug_code, pharmacy_code
from pricecompare.files import csv_rows
from pricecompare.schemas.checking import Check
from pricecompare.schemas.rows import ROWS as SHAPES
from tests.laid import HEADER, PHARMACY, laid_out
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
    columns = together.together(list(zip(*given, strict=True)), {}) if given else None
    assert (together.rows, together.findings) == (0, [])
    if columns is not None:
        assert [*map(repr, map(list, zip(*columns, strict=True)))] == [*map(repr, values)]
        assert alone.findings == []


@pytest.mark.parametrize(
    ("text", "cell", "there"),
    [
        ("", CODES[0], 7),
        ("", f" {CODES[0]}", 7),
        ("", CODES[1], None),
        (f'values.drug_code = {{ "{CODES[0]}" = "{CODES[1]}" }}', CODES[0], None),
        (f'values.drug_code = {{ "{CODES[1]}" = "{CODES[0]}" }}', CODES[1], 7),
    ],
)
def test_ids_come_for_registered_codes_as_the_layout_reads_them(text, cell, there):
    check = Check(SHAPES["prices"](), HEADER, {}, laid_out(text))
    row = (PHARMACY, cell, "12.50", "2026-10-28", "in")
    columns = check.together([[one, one] for one in row], {"drug": {CODES[0]: 7}})
    assert columns[:2] == [[PHARMACY] * 2, [there] * 2]


@pytest.mark.parametrize("code", [*CODES, *SHOPS])
def test_a_code_that_was_read_reads_as_itself(code):
    read = drug_code if code in CODES else pharmacy_code
    assert read(read(f" {code.lower()} ")) == read(code) == code
