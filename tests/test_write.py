"""CSV and headers as they are written, and read again."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.files.read import table
from pricecompare.files.write import content_disposition, csv_lines, guarded

COLUMNS = ("code", "名称", "price")
# No file may hold NUL, and half a surrogate pair has no bytes.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=20)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800000000", "'+8613800000000"),
        ("-cmd", "'-cmd"),
        ("-5.0+1", "'-5.0+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", '"\'\r=1"'),
        ("＝1+1", "'＝1+1"),
        ("-5.0", "-5.0"),
        (-5, "-5"),
        (-5.5, "-5.5"),
        (Decimal("-5.50"), "-5.50"),
        ("感冒灵", "感冒灵"),
        ("0.5g*12片", "0.5g*12片"),
        (" =1", " =1"),
        ('a"b,c', '"a""b,c"'),
        ("a\nb", '"a\nb"'),
        (None, ""),
        (date(2026, 10, 28), "2026-10-28"),
    ],
)
def test_how_a_cell_is_written(cell, written):
    assert list(csv_lines(["a", "=b"], [["x", cell]], bom=False)) == ["a,'=b\r\n", f"x,{written}\r\n"]


def test_the_byte_order_mark_comes_first_and_once():
    assert "".join(csv_lines(["a"], [["1"], ["2"]], bom=True)) == "\ufeffa\r\n1\r\n2\r\n"


def test_rows_are_written_as_they_come():
    def rows():
        yield ["1"]
        raise RuntimeError("asked for too much")

    lines = csv_lines(["a"], rows(), bom=False)
    assert [next(lines), next(lines)] == ["a\r\n", "1\r\n"]


def saved(folder, content):
    path = folder.mktemp("written") / "table"
    path.write_bytes(content)
    return path


@given(ROWS)
def test_what_is_written_is_read_again_with_its_lines(tmp_path_factory, rows):
    lines = list(csv_lines(COLUMNS, [("first", "", ""), *rows], bom=True))
    expected, line = [], 1
    for cells, text in zip([COLUMNS, ("first", "", ""), *rows], lines, strict=True):
        expected += [(line, tuple(map(guarded, cells)))] * any(cell.strip() for cell in cells)
        line += len(re.findall("\r\n|\r|\n", text))
    found = table(saved(tmp_path_factory, "".join(lines).encode()))
    assert [(1, found.columns), *found.rows] == expected


@given(ROWS, st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_text_once_guarded_stays_as_it_is(tmp_path_factory, rows, encoding):
    rows = [("药", "品", "1"), *(tuple(map(guarded, row)) for row in rows)]
    path = saved(tmp_path_factory, "".join(csv_lines(COLUMNS, rows, bom=False)).encode(encoding))
    assert [cells for _, cells in table(path).rows] == [row for row in rows if any(cell.strip() for cell in row)]


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("prices.csv", "attachment; filename=\"prices.csv\"; filename*=UTF-8''prices.csv"),
        ("价格 1.csv", "attachment; filename=\"__ 1.csv\"; filename*=UTF-8''%E4%BB%B7%E6%A0%BC%201.csv"),
        ('a"b\r\nX: 1/..\\c', "attachment; filename=\"a_b__X: 1_.._c\"; filename*=UTF-8''a_b__X%3A%201_.._c"),
        ("a'(1)*%;.csv", "attachment; filename=\"a'(1)*%;.csv\"; filename*=UTF-8''a%27%281%29%2A%25%3B.csv"),
    ],
    ids=["plain", "Chinese", "header injection", "reserved characters"],
)
def test_content_disposition(filename, header):
    assert content_disposition(filename) == header


@given(TEXTS)
def test_content_disposition_is_one_ascii_line_with_the_whole_name(filename):
    header = content_disposition(filename)
    assert header.isascii() and header.isprintable()
    assert unquote(header.partition("UTF-8''")[2]) == re.sub(r'[\x00-\x1f\x7f"\\/]', "_", filename)
