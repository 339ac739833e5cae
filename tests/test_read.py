"""Files of tables: what is read from good ones, and why bad ones are refused as a whole."""

import json
import tracemalloc
from pathlib import Path

import pytest

from pricecompare.errors import Unreadable
from pricecompare.files import json_rows
from pricecompare.files.read import LIMITS, Limits, table

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture
def saved(tmp_path):
    """Return a function that saves bytes under a name that says nothing about them."""

    def save(content):
        path = tmp_path / "upload"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


@pytest.fixture
def real():
    """The folder of real tables."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: the real tables come with the shared folder beside the checkout")
    return SHARED


def read(path, **options):
    found = table(path, **options)
    return found.columns, list(found.rows)


def refusal(path, **options):
    with pytest.raises(Unreadable) as caught:
        table(path, **options)
    return caught.value.code


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [("", "utf-8"), ("\ufeff", "utf-8"), ("", "gb18030"), ("\ufeff", "gb18030"), ("", "gbk"), ("", "utf-16")]
    + [("\ufeff", "utf-16-be")],
    ids=["UTF-8", "UTF-8 with BOM", "GB18030", "GB18030 with BOM", "GBK", "UTF-16 with BOM", "UTF-16 BE with BOM"],
)
def test_rows_of_csv_keep_the_line_they_start_in(saved, mark, encoding, separator, newline):
    text = '编码, 名称 ,价格/1,感冒灵,2.50//2,"双黄\n连",3/3,"a"",b"/ ,, /4,片,1,,/5,盒,1,,x/6,五,'
    text = mark + text.replace(",", separator).replace("/", newline)
    assert read(saved(text.encode(encoding))) == (
        ("编码", "名称", "价格"),
        [
            (2, ("1", "感冒灵", "2.50")),
            (4, ("2", "双黄\n连", "3")),
            (6, ("3", f'a"{separator}b', "")),
            (8, ("4", "片", "1")),
            (9, ("5", "盒", "1", "", "x")),
            (10, ("6", "五", "")),
        ],
    )


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("\n \n ,,\na,b\n1,2", ("a", "b"), [(5, ("1", "2"))]),
        ("a\n1\n", ("a",), [(2, ("1",))]),
        ('"a;b;c",d\n1,2', ("a;b;c", "d"), [(2, ("1", "2"))]),
        ('"a\nb",c\n1,2', ("a\nb", "c"), [(3, ("1", "2"))]),
        ("a,,b,\n1,2,3,4", ("a", "", "b", ""), [(2, ("1", "2", "3", "4"))]),
        ('a,b\n12" pipe,"x"y\n', ("a", "b"), [(2, ('12" pipe', "xy"))]),
        ("a,b\n =1, 2 \n", ("a", "b"), [(2, (" =1", " 2 "))]),
        ("PK,b\n1,2\n", ("PK", "b"), [(2, ("1", "2"))]),
        ("a,b\n10µg,é\n".encode(), ("a", "b"), [(2, ("10µg", "é"))]),
        ("a,b\n1,片\n".encode("gb18030"), ("a", "b"), [(2, ("1", "片"))]),
        (b"a,b\n" + b"1,2\n" * 50_000 + "1,盒".encode("gb18030"), ("a", "b"), [(50_002, ("1", "盒"))]),
    ],
    ids=["blank lines above", "one column", "quoted separators", "header of two lines", "nameless columns"]
    + ["marks of inches", "spaces kept", "like a ZIP", "Western UTF-8", "GB18030 that is valid UTF-8", "late GB18030"],
)
def test_unusual_csv(saved, content, columns, rows):
    found = read(saved(content))
    assert (found[0], found[1][-len(rows) :]) == (columns, rows)


def test_a_given_encoding_wins(saved):
    assert read(saved("a,b\n1,价".encode("big5")), encoding="big5") == (("a", "b"), [(2, ("1", "价"))])
    assert read(saved("a,b\n1,2".encode("utf-16-le")), encoding="utf-16-le") == (("a", "b"), [(2, ("1", "2"))])


@pytest.mark.parametrize("piece", [1, 2, 7, 50, 1 << 20])
def test_json_is_read_alike_in_pieces_of_any_size(saved, monkeypatch, piece):
    monkeypatch.setattr(json_rows, "PIECE", piece)
    rows = [{" a": 1, "b": '药\n"]'}, {"b": None}, {"b": None, "c": -12.5e3}, {" a": "", "b": " "}, {"c": True}]
    expected = ("a", "b", "c"), [(1, (1, '药\n"]', "")), (3, ("", None, -12500.0)), (5, ("", "", True))]
    assert read(saved(json.dumps(rows))) == expected
    assert read(saved("\ufeff" + json.dumps(rows, indent=2, ensure_ascii=False))) == expected
    assert read(saved(json.dumps({"total": 12345, "rows": rows, "x": [[], {}]}).encode("utf-16"))) == expected
    assert read(saved(json.dumps(rows, ensure_ascii=False).encode("gb18030"))) == expected


UTF8_TEXT = "编码,名称\n1,复方感冒灵颗粒价格查询\n".encode()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("\ufeff", "no_rows"),
        (" \n\r\n\t\n", "no_rows"),
        ("a,b\n", "no_rows"),
        ("a,b\n,\n \n", "no_rows"),
        ("\n<!DOCTYPE html><html></html>", "html_file"),
        ("\ufeff<table><tr><td>1</td></tr></table>", "html_file"),
        ("<html>".encode("utf-16"), "html_file"),
        (b"a,b\n1,\x00\n", "nul_bytes"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "not_text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
        (b"\x00\x01\xff\xff\x02", "not_text"),
        (b"a,b\n1,\xff\xff\n", "unknown_encoding"),
        (UTF8_TEXT + b"2,\xff", "broken_utf8"),
        (b"a,b\n" + b"1,2\n" * 50_000 + UTF8_TEXT + b"2,\xe7\x9b", "broken_utf8"),
        (b"\xef\xbb\xbfa,b\n1,\xd0\xa1\xba\xd0\n", "broken_utf8"),
        (b"\xff\xfea\x00,\x00b", "wrong_encoding"),
        ("a,b, a\n1,2,3\n", "duplicate_columns"),
        (",".join(f"c{n}" for n in range(1001)) + "\n1", "too_many_columns"),
        ('a,b\n"x,1\ny,2\n', "unclosed_quote"),
        ('a,b\n"x,1\n"y",2\n', "unclosed_quote"),
        ('a,b\n1,"x', "unclosed_quote"),
        ('a,"b\n1,2\n', "unclosed_quote"),
        ('a,b\n"' + "x,1\n" * 100_000, "unclosed_quote"),
        ("a,b\n" + "x" * (LIMITS.record + 1), "line_too_long"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "old_excel"),
        (b"PK\x05\x06" + bytes(18), "zip_not_one_file"),
        (b"PK\x03\x04" + bytes(600), "damaged_spreadsheet"),
        ('[{"a": 1},\n{"a": 2]', "bad_json"),
        ('[{"a": 1}', "bad_json"),
        ('[{"a": 1},]', "bad_json"),
        ('[{"a": 1}] x', "bad_json"),
        ('[{"a": NaN}]', "bad_json"),
        ('[{"a": ' + "1" * 5000 + "}]", "bad_json"),
        ('{"rows": [{"a": 1}], "rows": []}', "bad_json"),
        ('[{"a": "' + "x" * 2_000_000 + '"}]', "bad_json"),
        ("[" * 100_000, "bad_json"),
        ('[{"a":' * 100_000, "bad_json"),
        ('{"prices": [{"a": 1}]}', "no_list"),
        ("[[1, 2]]", "not_an_object"),
        ('[{"a": 1, "b": 2, "a": 3}]', "duplicate_keys"),
        ('[{"a": 1}, {"a": [2]}]', "nested_value"),
        (r'[{"a": "\u0000"}]', "bad_character"),
        (r'[{"a": "\ud800"}]', "bad_character"),
        ('[{"a": 1, "a ": 2}]', "duplicate_columns"),
        (json.dumps([{str(n): 1} for n in range(1001)]), "too_many_columns"),
        ("[]", "no_rows"),
        ('{"rows": [{}]}', "no_rows"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_bad_file_is_refused_before_its_first_row(saved, content, code):
    assert refusal(saved(content)) == code


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a,b\n\n"x\ny",1\n"z,1\n', 5),
        (b"a,b\n1,\x00", 2),
        ("a,b\n1,2\n" + "x" * 200_000, 3),
        ('[\n{"a": 1}\n{"a": 2}]', 3),
    ],
    ids=["unclosed quote", "NUL", "long line", "JSON"],
)
def test_a_refusal_names_the_line(saved, monkeypatch, content, line):
    monkeypatch.setattr(json_rows, "PIECE", 5)
    with pytest.raises(Unreadable, match=rf"\b[lL]ine {line}\b"):
        table(saved(content))


def test_paths_that_are_no_file(tmp_path):
    assert refusal(tmp_path / "absent") == "no_such_file"
    assert refusal(str(tmp_path)) == "not_a_file"


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"file_bytes": 10}, "file_too_large"), ({"record": 9}, "line_too_long"), ({"columns": 2}, "too_many_columns")],
)
def test_limits_can_be_narrowed(saved, limits, code):
    path = saved("a,b,c\n1,2,3456789")
    assert (refusal(path, limits=Limits(**limits)), len(read(path)[1])) == (code, 1)


@pytest.mark.parametrize("encoding", ["ascii", "no-such-codec", "hex", "utf-16"])
def test_a_wrong_given_encoding_is_refused(saved, encoding):
    assert refusal(saved("a,b\n1,药品"), encoding=encoding) == "wrong_encoding"


def test_a_huge_line_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "upload"
    with path.open("wb") as file:
        file.write(b"a,b\n")
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    assert refusal(path) == "line_too_long"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("start", "row", "end"),
    [(b"a,b\n", b'12,"34"\n', b"5,6"), (b"[", b'{"a": "%b"},' % (b"x" * 200), b'{"a": 1}]')],
    ids=["CSV", "JSON"],
)
def test_rows_are_streamed(saved, start, row, end):
    path = saved(start + row * 50_000 + end)
    tracemalloc.start()
    assert sum(1 for _ in table(path).rows) == 50_001
    # JSON is held in pieces of a megabyte, as bytes and as text.
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["prezzo_alle_8_2026-03-15_is_html.csv", "prezzo_alle_8_2026-03-19_empty.csv"])
def test_real_failed_downloads_are_refused(real, name):
    assert refusal(real / "it_fuel" / "bad" / name) == ("html_file" if "html" in name else "empty_file")


@pytest.mark.parametrize("name", ["shenzhen_dingdian_pharmacies.xlsx", "shenzhen_dingdian_pharmacies.json"])
def test_the_real_list_of_pharmacies_has_97_rows(real, name):
    columns, rows = read(real / "cn" / name)
    codes = [cells[2] for _, cells in rows]
    assert (columns[2], len(set(codes)), codes[0]) == ("机构编码" if "xlsx" in name else "code", 97, "P44030700943")


@pytest.mark.parametrize(("name", "rows"), [("nhsa_codes_names.csv", 13_738), ("cpca_adcodes_with_coords.csv", 3_511)])
def test_every_row_of_real_csv_is_read(real, name, rows):
    columns, found = read(real / "cn" / name)
    assert [number for number, _ in found] == list(range(2, rows + 2))
    assert {len(cells) for _, cells in found} == {len(columns)}
