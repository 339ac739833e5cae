"""Lists as files: what is read back is what was written, no cell is a formula, the same rows are the same bytes."""

import csv
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pricecompare.calc.days import instant, iso
from pricecompare.files.typed import Sheet, write_csv, write_json
from pricecompare.files.write import FORMULA_STARTS, NEGATIVE_NUMBER
from pricecompare.files.xlsx import LONGEST, write_xlsx
from pricecompare.models.listing import TYPES, Column

COLUMNS = tuple(Column(kind, f"{kind}列", f"The {kind}", kind) for kind in TYPES)
ABOUT = {"list": "tried", "rows": 2, "filters": {"kind": "listed"}, "truncated": False}

PRINTED = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cn", "Co"]), max_size=12)
DANGEROUS = st.builds("{}{}".format, st.sampled_from(["", "'", "''", "-5"]), PRINTED)
STARTED = st.builds("{}{}".format, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "＝", "'=", "''@"]), PRINTED)
TEXTS = st.one_of(PRINTED, DANGEROUS, STARTED)
ROWS = st.lists(
    st.tuples(
        *(st.none() | values for values in (
            TEXTS, TEXTS, st.integers(-(2**40), 2**40), st.integers(-(10**10), 10**10),
            st.floats(-1e9, 1e9).map(lambda number: number + 0.0), st.booleans(),
            st.integers(instant(date.min), instant(date.max)), st.dates().map(date.isoformat),
        ))
    ),
    max_size=5,
)  # fmt: skip


def sheet(rows, lang="zh"):
    return Sheet("试", COLUMNS, lang, iter(rows), lambda: ABOUT)


def written(write, rows, **options):
    target = io.BytesIO()
    write(target, sheet(rows), **options)
    return target.getvalue()


def workbook(rows, **options):
    with TemporaryDirectory() as folder:
        content = written(write_xlsx, rows, folder=Path(folder), **options)
        assert list(Path(folder).iterdir()) == []
    return content


def lines(content):
    assert content.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def unshielded(text):
    """Return a text without the apostrophe that a guard put in front of it."""
    bare = text.lstrip("'")
    return text[1:] if text != bare and bare.startswith(FORMULA_STARTS) else text


def from_csv(row):
    text, code, whole, money, ratio, truth, moment, day = row
    return (
        unshielded(text), unshielded(code), int(whole) if whole else None,
        int(Decimal(money) * 100) if money else None, float(ratio) if ratio else None,
        {"1": True, "0": False, "": None}[truth], moment or None, day or None,
    )  # fmt: skip


def plain(row, *, blank):
    """Return a row with its instant as text, and `blank` for texts that are not there."""
    text, code, *numbers, moment, day = row
    return (blank if text is None else text, blank if code is None else code, *numbers,
            None if moment is None else iso(moment), day)  # fmt: skip


@settings(deadline=None)
@given(ROWS)
def test_csv_reads_back_as_it_was(rows):
    header, *found = lines(written(write_csv, rows))
    assert header == [column.zh for column in COLUMNS]
    assert [from_csv(row) for row in found] == [plain(row, blank="") for row in rows]


@settings(deadline=None)
@given(ROWS)
def test_no_cell_of_csv_is_run_by_a_spreadsheet(rows):
    for text, code, *_ in lines(written(write_csv, rows)):
        for cell in (text, code):
            assert NEGATIVE_NUMBER.fullmatch(cell) or not cell.startswith(FORMULA_STARTS)


@settings(deadline=None)
@given(ROWS)
def test_json_reads_back_as_it_was(rows):
    found = json.loads(written(write_json, rows), parse_float=Decimal)
    assert [one["title"] for one in found["columns"]] == [column.zh for column in COLUMNS]
    assert found["manifest"] == ABOUT
    read = [
        (text, code, whole, None if money is None else int(money * 100), None if ratio is None else float(ratio), *rest)
        for text, code, whole, money, ratio, *rest in (row.values() for row in found["rows"])
    ]
    assert read == [plain(row, blank=None) for row in rows]


@pytest.mark.parametrize("fen", [1250, -5, 0, 10**12 + 1])
def test_an_amount_in_json_keeps_two_decimals(fen):
    content = written(write_json, [(None, None, None, fen, None, None, None, None)]).decode()
    assert f'"money":{fen // 100 if fen >= 0 else "-0"}.{abs(fen) % 100:02d},' in content


def pages(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def from_xlsx(row):
    text, code, whole, money, ratio, truth, moment, day = row
    number = [None if value == "" else value for value in (whole, money, ratio, truth)]
    number[1] = None if number[1] is None else round(number[1] * 100)
    # Spreadsheets have no days before 1900: those are texts.
    moment, day = (one.isoformat() if isinstance(one, date) else one for one in (moment, day))
    return (text, code, *number, f"{moment}+08:00" if moment else None, day or None)


@settings(deadline=None, max_examples=40)
@given(ROWS)
def test_a_workbook_reads_back_as_it_was(rows):
    found = pages(workbook(rows))["试"]
    assert found[0] == [column.zh for column in COLUMNS]
    # A row without anything in it is none to who reads a sheet.
    kept = [plain(row, blank="") for row in rows]
    read = [from_xlsx(row) for row in found[1:]]
    assert read + kept[len(read) :] == [(*row[:4], pytest.approx(row[4], abs=1e-6), *row[5:]) for row in kept]
    assert {one for row in kept[len(read) :] for one in row} <= {None, ""}


def test_a_workbook_has_numbers_as_numbers_and_no_formula():
    rows = [("=1+1", "@x", 3, 1250, 1.5, True, 0, "2026-11-01"), ("http://x", "00123", *[None] * 6)]
    content = workbook(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        xml = {name: parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")}
    page = xml["xl/worksheets/sheet1.xml"]
    assert ("<f>" in page, "hyperlink" in page, 'state="frozen"' in page) == (False, False, True)
    assert ('<autoFilter ref="A1:H3"/>' in page, "<v>12.5</v>" in page) == (True, True)
    assert pages(content)["试"][1][:2] == ["=1+1", "@x"] and pages(content)["试"][2][1] == "00123"
    assert pages(content)["试"][1][6:] == [datetime.fromisoformat("1970-01-01T08:00:00"), date(2026, 11, 1)]


def test_the_second_sheet_says_what_it_is():
    found = pages(workbook([]))
    assert list(found) == ["试", "说明"]
    assert found["说明"] == [["list", "tried"], ["rows", 2], ["filters", '{"kind":"listed"}'], ["truncated", "false"]]


def test_what_a_sheet_has_no_room_for_goes_on_in_the_next():
    rows = [(str(number), *[None] * 7) for number in range(5)]
    found = pages(workbook(rows, most_rows=2))
    assert list(found) == ["试", "说明", "试 2", "试 3"]
    assert [[row[0] for row in found[name]] for name in ("试", "试 2", "试 3")] == [
        ["text列", "0", "1"], ["text列", "2", "3"], ["text列", "4"],
    ]  # fmt: skip
    assert list(pages(workbook(rows[:4], most_rows=2))) == ["试", "说明", "试 2"]


def test_a_text_that_no_cell_has_room_for_is_cut():
    ((_, (cut, *_)),) = [pages(workbook([("x" * (LONGEST + 1), *[None] * 7)]))["试"]]
    assert (len(cut), cut[-1]) == (LONGEST, "…")


def test_a_workbook_that_cannot_be_finished_leaves_nothing(tmp_path):
    def broken():
        yield ("x", *[None] * 7)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_xlsx(io.BytesIO(), sheet(broken()), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_are_the_same_bytes():
    rows = [("a", "b", 1, 2, 0.5, False, 3, "2026-11-01")]
    assert (workbook(rows), written(write_csv, rows)) == (workbook(rows), written(write_csv, rows))
    with zipfile.ZipFile(io.BytesIO(workbook(rows))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        assert "2000-01-01T00:00:00Z" in parts.read("docProps/core.xml").decode()
