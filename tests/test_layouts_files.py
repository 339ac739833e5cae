"""What a layout says of a file as a whole: how it is read, what of it is dropped, which of its rows are repaired."""

from dataclasses import replace

import pytest

from pricecompare.errors import Unreadable
from pricecompare.files.read import table
from pricecompare.schemas.checking import Check
from pricecompare.schemas.layout import PLAIN
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.sifting import checked
from tests.laid import PHARMACY, laid_out, looked_at

REPAIR = 'separator = "|"\nsurplus = "name"\nexpect.kind = ["street", "motorway"]\nkey = ["pharmacy_code"]'


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ((PHARMACY, "street", "a", "b", "1", "2"), "a|b"),
        ((PHARMACY, "street", "a", "b", "c", "1", "2"), "a|b|c"),
        ((PHARMACY, "x", "street", "a", "1", "2"), "too_many_cells"),
        ((PHARMACY, "street", "a", "1", "2", "x"), "too_many_cells"),
        ((PHARMACY, "alley", "a", "1", "2"), "bad_choice"),
        (("", "street", "a", "1", "2"), "missing_value"),
    ],
)
def test_a_surplus_is_joined_only_where_that_makes_the_row_right(row, outcome):
    one = laid_out(REPAIR + '\ndatum = "wgs84"', "pharmacies")
    taken, found = looked_at(one, ("pharmacy_code", "kind", "name", "lat", "lng"), row)
    if taken:
        assert (taken[0]["name"], found) == (outcome, [(2, "name", "warning", "surplus_joined")])
    else:
        assert {code for *_, code in found} == {outcome}


@pytest.mark.parametrize(
    ("content", "text", "rows"),
    [
        ("T|\na|b\n1|2\n", "title_lines = 1", [(3, ("1", "2"))]),
        ('"\n\na,b\n1,2\n', "title_lines = 2", [(4, ("1", "2"))]),
        ('a|b\n"x|y"z\n', 'quotes = false\nseparator = "|"', [(2, ('"x', 'y"z'))]),
        ("a,x;b\n1,2;3\n", 'separator = ";"', [(2, ("1,2", "3"))]),
        ("a\tb\n1\t2\n", 'separator = "\\t"', [(2, ("1", "2"))]),
        ("a,b\n1,价".encode("big5"), 'encoding = "big5"', [(2, ("1", "价"))]),
        ('[{"a": 1, "b": [2], "c": {"d": "Li"}}, {"a": 2}]', 'drop = ["B", "c"]', [(1, (1,)), (2, (2,))]),
        ('{"a": 1, "c": ["Li"]}', 'drop = "c"', [(1, (1,))]),
        ("a,name,b\n1,Li,2\n", 'drop = "name"', [(2, ("1", "2"))]),
        ("a,name,b\n1,2\n3,Li,Wang,4\n5,Li,6,\n", 'drop = "name"', [(2, ()), (3, ()), (4, ("5", "6"))]),
    ],
)
def test_how_a_layout_has_a_file_read(tmp_path, content, text, rows):
    (tmp_path / "upload").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert list(table(tmp_path / "upload", layout=laid_out(text)).rows) == rows


def test_a_row_that_may_show_what_is_personal_is_refused_unseen(tmp_path):
    (tmp_path / "upload").write_text("pharmacy_code,psn_name,drug_code,price,observed_at\nLi,Wang,1\n")
    one = laid_out('drop = "psn_name"')
    found = table(tmp_path / "upload", layout=one)
    check = Check(ROWS["prices"](), found.columns, {}, one)
    assert list(checked(check, found.rows)) == []
    assert [(one.row, one.column, one.code, one.value) for one in check.findings] == [(2, "", "row_withheld", "")]


@pytest.mark.parametrize(("format", "good"), [("csv", True), ("json", False), ("sheet", False), ("", True)])
def test_a_layout_may_want_one_format(tmp_path, format, good):
    (tmp_path / "upload").write_text("a,b\n1,2\n")
    if good:
        assert table(tmp_path / "upload", layout=replace(PLAIN, format=format)).columns == ("a", "b")
        return
    with pytest.raises(Unreadable) as caught:
        table(tmp_path / "upload", layout=replace(PLAIN, format=format))
    assert caught.value.code == "wrong_format"
