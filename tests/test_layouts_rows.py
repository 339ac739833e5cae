"""What a layout makes of rows: read, composed, filtered, repaired, refused, or dropped without a trace."""

from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.errors import Unreadable
from pricecompare.schemas.checking import Check
from pricecompare.schemas.layout import Filter
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.sifting import checked
from tests.laid import DRUG, HEADER, PHARMACY, laid_out, looked_at


def price(one, **cells):
    """Return the values of one price row, or the codes of its refusal."""
    usual = dict(zip(HEADER, (PHARMACY, DRUG, "12.50", "2026-10-28", "in"), strict=True)) | cells
    taken, found = looked_at(one, tuple(usual), tuple(usual.values()))
    return taken[0] if taken else [code for _, _, _, code in found]


@pytest.mark.parametrize(
    ("text", "cell", "fen"),
    [
        ("", "12.50", 1250),
        ('decimal = ","', "12,50", 1250),
        ('decimal = ","', "12", 1200),
        ('decimal = ","', 12.5, 1250),
        ('decimal = ","', "12.50", ["bad_number"]),
        ('decimal = ","', "1.234,50", ["bad_number"]),
        ('decimal = ","', "¥12", ["price_with_currency"]),
        ("scale = 10", "1.234", 1234),
        ("scale = 10", "1,234", ["price_decimal_comma"]),
        ("scale = 10", 1.111, 1111),
        ("scale = 10", 2, 2000),
        ("scale = 10", True, ["bad_price"]),
        ('scale = "0.01"', "1250", 1250),
        ('scale = "0.1"', "1.05", ["price_too_many_decimals"]),
        ('scale = 10\ndecimal = ","', "１,234", 1234),
        ('values.price = { "面议" = 99 }\nscale = 10', "面议", 9900),
        ('multiply.price = ["price", "stock"]', "1.25", ["bad_quantity"]),
    ],
)
def test_how_a_price_is_written(text, cell, fen):
    found = price(laid_out(text), price=cell)
    assert (found["fen"] if isinstance(found, dict) else found) == fen


@given(st.decimals("0.001", "9999", places=3), st.sampled_from(["1", "10", "100", "0.1"]), st.sampled_from([".", ","]))
def test_a_scale_is_exact_or_refused(number, scale, sign):
    found = price(laid_out(f'scale = "{scale}"\ndecimal = "{sign}"'), price=f"{number}".replace(".", sign))
    exact = number * Decimal(scale) * 100
    assert found["fen"] == exact if exact == int(exact) else found == ["price_too_many_decimals"]


ROME = ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("text", "cell", "moment"),
    [
        ("", "2026-10-28", "2026-10-28T00:00+08:00"),
        ('zone = "Europe/Rome"', "2026-07-01", "2026-07-01T00:00+02:00"),
        ('zone = "Europe/Rome"', "2026-12-01 08:30", "2026-12-01T08:30+01:00"),
        ('zone = "Europe/Rome"', "2026-12-01T08:30:00+08:00", "2026-12-01T08:30+08:00"),
        ('zone = "Europe/Rome"', "2026-12-01T08:30:00Z", "2026-12-01T08:30+00:00"),
        ('zone = "Europe/Rome"', date(2026, 7, 1), "2026-07-01T00:00+02:00"),
        ('zone = "Europe/Rome"', datetime.fromisoformat("2026-07-01T09:05"), "2026-07-01T09:05+02:00"),
        ('dates = "%d/%m/%Y %H:%M:%S"\nzone = "Europe/Rome"', "01/07/2026 20:30:14", "2026-07-01T20:30:14+02:00"),
        ('dates = ["%d.%m.%y", "%d/%m/%Y"]', "03/04/2026", "2026-04-03T00:00+08:00"),
        ('dates = ["%d.%m.%y", "%d/%m/%Y"]', "2026-10-28", "2026-10-28T00:00+08:00"),
        ('dates = "%Y年%m月%d日"', "2026年1月2日", "2026-01-02T00:00+08:00"),
        ('dates = "%Y-%m-%d %H:%M %z"', "2026-10-28 09:00 +0000", "2026-10-28T09:00+00:00"),
        ('dates = "excel"', "46323.5", "2026-10-28T12:00+08:00"),
        ('dates = "excel"', 46323, "2026-10-28T00:00+08:00"),
        ('dates = "%d/%m/%Y"', 46323, ["bad_date"]),
        ('dates = "excel"', "9999999999", ["bad_date"]),
        ('zone = "America/New_York"', "9999-12-31 20:00", ["bad_date"]),
        ('dates = "%d/%m/%Y"', "31/02/2026", ["bad_date"]),
        ('dates = "%d/%m/%Y"', "2026-02-31", ["bad_date"]),
    ],
)
def test_when_a_price_was_observed(text, cell, moment):
    found = price(laid_out(text), observed_at=cell)
    if isinstance(moment, str):
        assert datetime.fromtimestamp(found["observed_at"], ROME) == datetime.fromisoformat(moment)
    else:
        assert found == moment


@pytest.mark.parametrize(
    ("text", "cell", "month"),
    [
        ('dates = "%d/%m/%Y"', "31/10/2026", "2026-10"),
        ('dates = "%Y%m"', "202610", "2026-10"),
        ('dates = "%Y%m"', "2026-10", "2026-10"),
        ('zone = "Europe/Rome"', "2026-10-31T23:30:00Z", "2026-11"),
        ('zone = "Europe/Rome"', "2026-10-31 23:59:59", "2026-10"),
        ('dates = "%Y%m"', "soon", None),
        ("", "２０２６-10", "2026-10"),
        ("", "0001-05-31", "0001-05"),
        ("decimal = ','", "2026-10", "2026-10"),
    ],
)
def test_the_month_of_a_sale(text, cell, month):
    header = ("pharmacy_code", "drug_code", "month", "quantity", "amount")
    taken, found = looked_at(laid_out(text, "sales"), header, (PHARMACY, DRUG, cell, "1", "2"))
    assert [one["month"] for one in taken] == ([month] if month else [])
    assert [code for *_, code in found] == ([] if month else ["bad_month"])


def test_values_composed_mapped_and_fixed():
    one = laid_out("""
        headers.price = "p"
        compose = { pharmacy_code = "P99000{id:0>6}", drug_code = "{fuel}/{self}" }
        fixed = { stock = "in", observed_at = "2026-10-01" }
        key = ["id", "fuel"]
        [values.drug_code]
        "Petrol/1" = "XJ01CAA501A001010190008"
    """)
    header = ("id", "fuel", "self", "p", "stock")
    rows = [(" 123 ", "PETROL", 1.0, "2", "out"), ("1", "Coal", "1", "2", ""), ("", "petrol", "1", "x", "")]
    taken, found = looked_at(one, header, *rows)
    assert [(row["pharmacy"], row["drug"], row["fen"], row["stock"]) for row in taken] == [
        ("P99000000123", DRUG, 200, 1)
    ]
    assert found == [
        (3, "fuel+self", "error", "bad_drug_code"),
        (4, "id", "error", "missing_value"),
        (4, "id", "error", "missing_value"),
        (4, "p", "error", "bad_price"),
    ]


def test_a_fixed_value_is_in_our_own_words():
    one = laid_out('scale = 10\nfixed = { price = "9.90", stock = "in" }\nvalues.stock = { "in" = "out" }')
    assert [price(one)[name] for name in ("fen", "stock")] == [990, 1]


def test_a_field_that_is_made_leaves_its_usual_column_to_others():
    one = laid_out('compose.pharmacy_code = "{shop}"')
    (row,), _ = looked_at(one, ("shop", "code", "price", "observed_at"), (PHARMACY, DRUG, "1", "2026-10-28"))
    assert (row["pharmacy"], row["drug"]) == (PHARMACY, DRUG)


def test_what_is_declared_for_one_file_wins_over_the_layout():
    one = laid_out('fixed.observed_at = "2026-10-01"')
    header, row = ("pharmacy_code", "drug_code", "price"), (PHARMACY, DRUG, "1")
    (usual,), _ = looked_at(one, header, row)
    (declared,), _ = looked_at(one, header, row, declared={"observed_at": "2026-10-02"})
    assert declared["observed_at"] - usual["observed_at"] == 86_400


def test_a_kind_and_a_datum_stand_where_no_column_says_it():
    assert price(laid_out('kind = "online"'))["kind"] == 2
    assert price(laid_out('kind = "online"'), kind="医保")["kind"] == 1
    one = laid_out('datum = "gcj02"', "pharmacies")
    check = Check(ROWS["pharmacies"](), ("code", "name", "lat", "lng"), {}, one)
    values = check.values(2, (PHARMACY, "店", "1", "2"))
    assert check.knows("datum") and values[check.names.index("datum")] == "gcj02"


def test_a_blank_can_mean_something():
    one = laid_out('values.stock = { "" = "out" }')
    assert [price(one, stock=cell)["stock"] for cell in ("", " ", None, "in")] == [2, 2, 2, 1]


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ('filters = { column = "c", keep = ["否"] }', ["否", "否 "]),
        ('filters = { column = "c", drop = ["是", ""] }', ["否", "否 ", "Y"]),
        ('filters = [{ column = "c", drop = "是" }, { column = "C", drop = "y" }]', ["否", "否 ", "", None]),
    ],
)
def test_rows_that_a_filter_passes_over_are_counted_not_refused(filters, kept):
    cells = ["否", "否 ", "是", "Y", "", None]
    rows = [(PHARMACY, DRUG, "1", "2026-10-28", "", cell) for cell in cells]
    check = Check(ROWS["prices"](), (*HEADER, "c"), {}, laid_out(filters))
    taken = [row for row, _ in checked(check, iter(enumerate(rows)))]
    assert ([cells[row] for row in taken], check.filtered, check.refused) == (kept, len(cells) - len(kept), 0)


@pytest.mark.parametrize(
    "text",
    ['key = ["c"]', 'filters = { column = "c", drop = "x" }', 'compose.drug = "{c}"', 'expect.c = ["x"]']
    + ['multiply.price = ["c", "price"]', 'separator = ","\nsurplus = "c"', 'headers.price = "c"'],
)
def test_a_file_without_a_column_the_layout_works_with_is_refused(text):
    with pytest.raises(Unreadable) as caught:
        Check(ROWS["prices"](), HEADER, {}, laid_out(text))
    assert (caught.value.code, str(caught.value).split(";")[0]) == ("missing_columns", "The file lacks the column c")


MONEY = st.decimals("0", "99999", places=6)


@given(MONEY, st.decimals("-999", "999", places=4), st.booleans())
def test_an_amount_is_the_exact_product_rounded_once(unit, count, as_number):
    one = laid_out('multiply.amount = ["unit", "quantity"]', "sales")
    cells = (float(unit), float(count)) if as_number else (str(unit), str(count))
    header = ("pharmacy_code", "drug_code", "month", "quantity", "unit")
    (sale,), _ = looked_at(one, header, (PHARMACY, DRUG, "2026-10", cells[1], cells[0]))
    assert sale["amount_fen"] == int((unit * count * 100).to_integral_value(ROUND_HALF_UP))
    assert sale["quantity"] == float(count)


def test_a_product_has_the_layouts_sign_and_scale():
    one = laid_out('multiply.amount = ["unit", "n"]\nfixed.quantity = 1\ndecimal = ","\nscale = "0.1"', "sales")
    header = ("pharmacy_code", "drug_code", "month", "n", "unit")
    (sale,), _ = looked_at(one, header, (PHARMACY, DRUG, "2026-10", "2,5", "12,30"))
    assert sale["amount_fen"] == 308


@pytest.mark.parametrize(
    ("unit", "count", "code"),
    [
        ("1.2345678", "1", "bad_amount"),
        ("1", "0.00001", "bad_quantity"),
        ("1000000000", "1000000000", "amount_too_high"),
        ("a", "1", "bad_amount"),
        ("", "1", "missing_value"),
    ],
)
def test_a_product_of_what_is_no_price_and_no_count_is_refused(unit, count, code):
    one = laid_out('multiply.amount = ["unit", "n"]\nfixed.quantity = 1', "sales")
    header = ("pharmacy_code", "drug_code", "month", "n", "unit")
    assert looked_at(one, header, (PHARMACY, DRUG, "2026-10", count, unit)) == ([], [(2, "unit × n", "error", code)])


@given(st.lists(st.tuples(st.sampled_from(["1", "x", ""]), st.sampled_from(["a", "b"])), max_size=8))
def test_every_row_is_taken_refused_or_passed_over(cells):
    one = replace(laid_out(""), filters=(Filter("c", frozenset({"a"}), False),))
    rows = [(PHARMACY, DRUG, price, "2026-10-28", "", c) for price, c in cells]
    taken, _ = looked_at(one, (*HEADER, "c"), *rows)
    assert len(taken) == sum(cell == ("1", "b") for cell in cells)
