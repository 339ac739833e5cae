"""Layouts as they are written: what each key means, and every mistake in one told by its key."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.errors import Invalid
from pricecompare.schemas.layout_keys import PARTS
from pricecompare.schemas.layouts import PLAIN, Filter, Layout, layout
from pricecompare.schemas.templates import template

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "layouts.md"
HEAD = 'name = "x"\nversion = 2\nwhat = "prices"\ntitle = { zh = "甲", en = "A" }\n'


def mistakes(text):
    """Return code, first key and sentence of what is wrong with a layout."""
    with pytest.raises(Invalid) as caught:
        layout(text)
    return caught.value.code, caught.value.field, caught.value.reason.en, caught.value.suggestions


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('format = "sheet"', {"format": "sheet"}),
        ('separator = "|"', {"separator": "|"}),
        ('separator = "\\t"', {"separator": "\t"}),
        ('encoding = "latin-1"', {"encoding": "latin-1"}),
        ("quotes = false", {"quotes": False}),
        ("title_lines = 0", {"title_lines": 0}),
        ('headers.price = "卖价"', {"headers": {"fen": ("卖价",)}}),
        ('headers.fen = ["a", "b"]', {"headers": {"fen": ("a", "b")}}),
        ("headers.stock = []", {"headers": {"stock": ()}}),
        ('dates = ["%d/%m/%Y", "excel"]', {"dates": ("%d/%m/%Y", "excel")}),
        ('dates = "%Y年%m月%d日"', {"dates": ("%Y年%m月%d日",)}),
        ('zone = "Europe/Rome"', {"zone": "Europe/Rome"}),
        ('decimal = ","', {"decimal": ","}),
        ("scale = 10", {"scale": Decimal(10)}),
        ('scale = "0.01"', {"scale": Decimal("0.01")}),
        ('kind = "online"', {"kind": "online"}),
        ('mode = "full"', {"mode": "full"}),
        ('fixed.pharmacy_code = "P99010200001"', {"fixed": {"pharmacy": "P99010200001"}}),
        ('values.stock = { Y = "in", "" = 0 }', {"values": {"stock": {"y": "in", "": "0"}}}),
        ('compose.drug = "X{a}{b:0>4}"', {"compose": {"drug": template("X{a}{b:0>4}")}}),
        ('multiply.price = ["a", "b"]', {"multiply": {"fen": ("a", "b")}}),
        ('filters = { column = "c", keep = ["否 ", ""] }', {"filters": (Filter("c", frozenset({"否", ""}), True),)}),
        ('[[filters]]\ncolumn = "c"\ndrop = "Ｘ"', {"filters": (Filter("c", frozenset({"x"}), False),)}),
        ('expect.c = ["A"]', {"expect": {"c": frozenset({"a"})}}),
        ('key = ["a", "b"]', {"key": ("a", "b")}),
        ('drop = ["a", "*"]', {"drop": ("a", "*")}),
        ('separator = ";"\nsurplus = "c"', {"separator": ";", "surplus": "c"}),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
def test_what_a_key_says(line, found):
    text = HEAD + line + "\n"
    usual = Layout(name="x", version=2, what="prices", title_zh="甲", title_en="A", text=text)
    assert layout(text) == replace(usual, **found)


@pytest.mark.parametrize(
    ("line", "field", "said"),
    [
        ("separators = 1", "separators", "there is no such key"),
        ("headers.prise = 'a'", "headers.prise", "there is no such key"),
        ("title.fr = 'a'", "title.fr", "there is no such key"),
        ("filters = { colum = 'a', keep = 'b' }", "filters[1].colum", "there is no such key"),
        ('format = "xlsx"', "format", "not one of 'csv', 'json', 'sheet'"),
        ('separator = "ab"', "separator", "cannot be used"),
        ("separator = '\"'", "separator", "cannot be used"),
        ('separator = "a"', "separator", "cannot be used"),
        ('encoding = "hex"', "encoding", "cannot be used"),
        ("encoding = 8", "encoding", "cannot be used"),
        ('quotes = "no"', "quotes", "write for example true"),
        ("title_lines = -1", "title_lines", "0…100"),
        ("title_lines = true", "title_lines", "0…100"),
        ("headers.price = 3", "headers.price", "cannot be used"),
        ("headers = 3", "headers", "cannot be used"),
        ('dates = ["%Y-%d"]', "dates", "cannot be used"),
        ('dates = ["%Y-%m"]', "dates", "cannot be used"),
        ('dates = ["%Y-%m-%d %p"]', "dates", "cannot be used"),
        ('zone = "Mars/Olympus"', "zone", "cannot be used"),
        ('zone = "../../etc/passwd"', "zone", "cannot be used"),
        ('zone = "Europe"', "zone", "cannot be used"),
        ('decimal = "x"', "decimal", "not one of"),
        ("scale = 0.1", "scale", "cannot be used"),
        ('scale = "-1"', "scale", "cannot be used"),
        ('scale = "NaN"', "scale", "cannot be used"),
        ('kind = "cheap"', "kind", "'listed', 'insured', 'online'"),
        ('datum = "wgs84"', "datum", "rows of prices have no such value"),
        ('mode = "part"', "mode", "'changes', 'full'"),
        ('fixed.pharmacy_code = "P1"', "fixed.pharmacy_code", "not a pharmacy code"),
        ("fixed.stock = [1]", "fixed.stock", "cannot be used"),
        ('values.stock.Y = "perhaps"', "values.stock.Y", "not a stock state"),
        ('compose.drug = "no column"', "compose.drug", "cannot be used"),
        ('compose.drug = "{a!r}"', "compose.drug", "cannot be used"),
        ('compose.drug = "{a:{b}}"', "compose.drug", "cannot be used"),
        ('compose.drug = "{a:999999999}"', "compose.drug", "cannot be used"),
        ('compose.drug = "{a"', "compose.drug", "cannot be used"),
        ('compose.drug = "{}"', "compose.drug", "cannot be used"),
        ('multiply.price = ["a"]', "multiply.price", "cannot be used"),
        ('multiply.stock = ["a", "b"]', "multiply.stock", "cannot be used"),
        ('filters = { column = "a" }', "filters[1]", "cannot be used"),
        ('filters = { column = "a", keep = "b", drop = "c" }', "filters[1]", "cannot be used"),
        ('filters = { keep = "b" }', "filters[1].column", "cannot be used"),
        ('key = ["a"]\ndrop = ["A "]', "drop", "dropped, but the layout works with it"),
        ('compose.fen = "{a}"\nheaders.price = "a"', "fen", "more than one"),
        ('surplus = "c"', "surplus", "needs separator"),
    ],
    ids=lambda value: value.split("\n")[0],
)
def test_a_mistake_is_told_by_its_key(line, field, said):
    code, named, sentence, _ = mistakes(HEAD.replace("}", ', fr = "" }') if "fr" in line else f"{HEAD}{line}\n")
    assert (code, named) == ("bad_layout", field)
    assert said in sentence


def test_all_mistakes_are_told_at_once_with_what_may_have_been_meant():
    code, field, sentence, near = mistakes('nam = "x"\nversion = 0\nwhat = "prizes"\nheaders.a = 1\n')
    assert (code, field, near) == ("bad_layout", "what", ("name",))
    for told in ("what: 'prizes'", "nam: there", "name: this is missing", "title: this is missing", "version: '0'"):
        assert told in sentence


@pytest.mark.parametrize(
    ("text", "code"),
    [("x = ", "layout_no_toml"), ("a" * 200_001, "layout_too_long"), ("x = " + "[" * 50_000, "layout_no_toml")],
    ids=["no TOML", "too long", "too deep"],
)
def test_what_is_no_layout_at_all(text, code):
    assert mistakes(text)[0] == code


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_any_value_of_a_key_is_a_layout_or_a_mistake(value):
    shown = repr(value).replace("None", "true")
    for key in ("separator", "headers", "values.stock", "filters", "compose", "scale", "zone", "key", "dates"):
        try:
            assert layout(f"{HEAD}{key} = {shown}\n").name == "x"
        except Invalid as error:
            assert error.code in {"bad_layout", "layout_no_toml"}


COLUMN = st.text(st.characters(exclude_characters="{}!:[]", exclude_categories=["Cs"]), min_size=1).filter(str.strip)
LITERAL = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=5)


@given(st.lists(st.tuples(LITERAL, COLUMN, st.integers(0, 12)), min_size=1, max_size=4), st.data())
def test_a_template_is_its_texts_and_cells_filled_up(parts, data):
    found = template("".join(f"{before}{{{column}:0>{width}}}" for before, column, width in parts))
    cells = data.draw(st.lists(st.text(max_size=8), min_size=len(parts), max_size=len(parts)))
    assert found.columns == tuple(column for _, column, _ in parts)
    places = iter(range(len(parts)))
    filled = found.filler(lambda _: next(places))(cells)
    plain = "".join(
        before + cell.strip().rjust(width, "0") for (before, _, width), cell in zip(parts, cells, strict=True)
    )
    assert filled == (plain if all(cell.strip() for cell in cells) else "")


@pytest.mark.parametrize(
    ("drop", "dropped"),
    [
        ((), []),
        (("psn_name",), ["PSN-Name"]),
        (("*",), ["PSN-Name", "memo", ""]),
        (("*", "memo"), ["PSN-Name", "memo", ""]),
    ],
)
def test_which_columns_leave_no_trace(drop, dropped):
    one = replace(PLAIN, what="prices", drop=drop, key=("k",), headers={"fen": ("卖价",)})
    header = ["药品代码", "卖价", "k", "PSN-Name", "memo", ""]
    assert [column for column in header if one.drops(column)] == dropped


def test_the_guide_names_every_key_and_its_examples_are_layouts():
    guide = GUIDE.read_text("utf-8")
    assert [key for key in PARTS if not re.search(rf"^\| `{key}` \||^{key} = ", guide, re.MULTILINE)] == []
    blocks = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    heads = ["", HEAD, HEAD.replace("prices", "sales")]
    assert [layout(head + block).version for head, block in zip(heads, blocks, strict=True)] == [1, 2, 2]
