"""XLSX workbooks: what is read from them, and those that would break the machine."""

import copy
import struct
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, datetime, time

import pytest
import xlsxwriter

from pricecompare.errors import Unreadable
from pricecompare.files.read import Limits, table
from pricecompare.schemas.layout import PLAIN

MOMENT = datetime.fromisoformat("2026-10-28T09:30:05")


def workbook(path, *sheets):
    """Save `sheets`, each a dict of (row, column) from 1 to cell, as an XLSX workbook."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        clock = book.add_format({"num_format": "hh:mm"})
        for cells in sheets:
            sheet = book.add_worksheet()
            for (row, column), cell in cells.items():
                sheet.write(row - 1, column - 1, cell, *[clock] * isinstance(cell, time))
    return path


def cells(*rows):
    """Return rows of cells as a sheet for `workbook`."""
    return {(r, c): cell for r, row in enumerate(rows, 1) for c, cell in enumerate(row, 1)}


def packed(path, members, *, compression=zipfile.ZIP_DEFLATED):
    """Save a ZIP with `members` and what makes a workbook."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", **members}.items():
            archive.writestr(name, content)
    return path


def changed(path, member, old, new):
    """Save the workbook `path` again with `old` written as `new` in one member."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    return packed(path, members | {member: members[member].replace(old, new)})


def refusal(path, **options):
    with pytest.raises(Unreadable) as caught:
        table(path, **options)
    return caught.value.code


def read(path):
    found = table(path)
    return found.columns, list(found.rows)


def test_whole_numbers_dates_and_the_rows_of_the_sheet(tmp_path):
    rows = [
        ["药店价目表"],
        [],
        ["code", "price", "day", "at"],
        ["A1", 12.0, date(2026, 10, 28), time(9, 30)],
        [" ", ""],
    ]
    rows += [["B2", 12.5, MOMENT, True], ["C3"], ["D4", 1e17, "12.0", "", "x"]]
    # Compared as they are shown, since 1, 1.0 and True are equal.
    assert repr(read(workbook(tmp_path / "upload", {}, cells(["only a header"]), cells(*rows)))) == repr(
        (
            ("code", "price", "day", "at", ""),
            [
                (4, ("A1", 12, date(2026, 10, 28), "09:30:00", "")),
                (6, ("B2", 12.5, MOMENT, True, "")),
                (7, ("C3", "", "", "", "")),
                (8, ("D4", 1e17, "12.0", "", "x")),
            ],
        )
    )


@pytest.mark.parametrize(
    ("sheet", "columns", "rows"),
    [
        (cells(["code"], ["A"], ["B"]), ("code",), [(2, ("A",)), (3, ("B",))]),
        ({(3, 2): "code", (3, 3): "n", (7, 2): "A", (7, 3): 0}, ("code", "n"), [(7, ("A", 0))]),
        (cells(["title"], ["of two lines"], ["code", "n"], ["A", 1]), ("code", "n"), [(4, ("A", 1))]),
    ],
    ids=["one column", "away from the corner", "title"],
)
def test_where_a_sheet_keeps_its_header(tmp_path, sheet, columns, rows):
    assert read(workbook(tmp_path / "upload", sheet)) == (columns, rows)


def test_a_layout_says_where_the_header_is(tmp_path):
    path = workbook(tmp_path / "upload", cells(["Chain", 2026], [], ["a", "b"], [1, 2]))
    assert read(path)[0] == ("Chain", "2026")
    found = table(path, layout=replace(PLAIN, title_lines=2))
    assert (found.columns, list(found.rows), found.form.titles) == (("a", "b"), [(4, (1, 2))], ("Chain 2026", ""))


def test_a_hidden_sheet_is_not_read(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "upload")) as book:
        hidden, shown = book.add_worksheet(), book.add_worksheet()
        for sheet, text in ((hidden, "no"), (shown, "yes")):
            sheet.write_column(0, 0, ["a", text])
        shown.activate()
        shown.set_first_sheet()
        hidden.hide()
    assert read(tmp_path / "upload") == (("a",), [(2, ("yes",))])


def test_references_may_be_absent(tmp_path):
    path = workbook(tmp_path / "upload", cells(["a", "b"], [1, 2]))
    for reference in ("A1", "B1", "A2", "B2"):
        changed(path, "xl/worksheets/sheet1.xml", f'<c r="{reference}"'.encode(), b"<c")
    assert read(path) == (("a", "b"), [(2, (1, 2))])
    for reference in (b' r="1"', b' r="2"'):
        changed(path, "xl/worksheets/sheet1.xml", b"<row" + reference, b"<row")
    assert read(path) == (("a", "b"), [(2, (1, 2))])
    assert refusal(path, limits=Limits(cells=3)) == "sheet_too_large"
    assert len(list(table(path, limits=Limits(cells=4)).rows)) == 1


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ({}, "no_rows"),
        (cells(["a", "b"]), "no_rows"),
        (cells(["a", " a"], [1, 2]), "duplicate_columns"),
        ({(1, 1): "a", (2, 1): 1, (1_048_576, 16_384): "x"}, "sheet_too_large"),
        (cells(["a", "b"], ["x\0", 1]), "bad_character"),
    ],
    ids=["empty", "only a header", "one name twice", "stray cell", "NUL"],
)
def test_a_bad_sheet_is_refused(tmp_path, sheet, code):
    assert refusal(workbook(tmp_path / "upload", sheet)) == code


@pytest.mark.parametrize(
    ("member", "old", "new", "code"),
    [
        ("xl/worksheets/sheet1.xml", b'<c r="A2"', b'</row><row r="99999999"><c', "sheet_too_large"),
        ("xl/worksheets/sheet1.xml", b'<c r="A2"', b"<c r='xfd9999999'", "sheet_too_large"),
        ("xl/worksheets/sheet1.xml", b'<c r="A2"', b'<c r="AAAAAAAAAA2"', "sheet_too_large"),
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"<row><c>", "damaged_spreadsheet"),
        ("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="99999999999', "damaged_spreadsheet"),
        ("xl/workbook.xml", b"<sheets>", b"<", "damaged_spreadsheet"),
    ],
    ids=["far row", "far cell", "far column", "torn sheet", "announced texts", "torn workbook"],
)
def test_a_broken_sheet_cannot_exhaust_memory(tmp_path, member, old, new, code):
    path = workbook(tmp_path / "upload", cells(["a", "b"], ["x", 1]))
    assert refusal(changed(path, member, old, new)) == code


def test_cells_that_are_only_formatted_do_not_count(tmp_path):
    path = workbook(tmp_path / "upload", cells(["a", "b"], [1, 2]))
    changed(
        path,
        "xl/worksheets/sheet1.xml",
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>',
    )
    assert read(path) == (("a", "b"), [(2, (1, 2))])


def test_a_workbook_of_zeros_is_a_bomb(tmp_path):
    path = tmp_path / "upload"
    with zipfile.ZipFile(packed(path, {}), "a", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("xl/sharedStrings.xml", "w") as member:
            for _ in range(100):
                member.write(bytes(1_000_000))
    assert refusal(path) == "zip_bomb"
    assert refusal(path, limits=Limits(zip_ratio=2000)) == "damaged_spreadsheet"


def test_forged_sizes_do_not_hide_a_bomb(tmp_path):
    path = packed(tmp_path / "upload", {"xl/media/image1.png": bytes(50_000_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 50_000_000), struct.pack("<L", 1000)))
    tracemalloc.start()
    assert refusal(path) == "zip_bomb"
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_entries_that_share_bytes_are_a_bomb(tmp_path):
    path = tmp_path / "upload"
    with zipfile.ZipFile(packed(path, {"xl/a.xml": "<a/>"}), "a") as archive:
        again = copy.copy(archive.getinfo("xl/a.xml"))
        archive.writestr("xl/b.xml", "<b/>")
        again.filename = "xl/c.xml"
        archive.filelist.append(again)
    assert refusal(path) == "zip_bomb"


def test_an_entry_that_reaches_into_the_next_is_a_bomb(tmp_path):
    path = packed(tmp_path / "upload", {"a.bin": bytes(1234), "b.bin": bytes(900)}, compression=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 1234), struct.pack("<L", 1500)))
    assert refusal(path) == "zip_bomb"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "LZMA"])
def test_a_packing_that_no_spreadsheet_has_is_refused(tmp_path, compression):
    assert refusal(packed(tmp_path / "upload", {}, compression=compression)) == "damaged_spreadsheet"


def test_a_workbook_that_is_also_another_kind_is_refused(tmp_path):
    assert refusal(packed(tmp_path / "upload", {"xl/workbook.bin": "x"})) == "not_a_spreadsheet"
    assert refusal(packed(tmp_path / "upload", {"content.xml": "<x/>"})) == "zip_not_one_file"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_cut_off_is_damaged(tmp_path, kept):
    path = workbook(tmp_path / "upload", cells(["a", "b"], *[[n, str(n)] for n in range(100)]))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert refusal(path) == "damaged_spreadsheet"
