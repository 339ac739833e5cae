from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.money import amount_fen, fen, many_fen, quantity, unit_price, yuan
from pricecompare.errors import Invalid


def refusal(read, value):
    with pytest.raises(Invalid) as error:
        read(value)
    return error.value.code


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        pytest.param("12.50", 1250, id="two decimals"),
        pytest.param("12.5", 1250, id="one decimal"),
        pytest.param("7", 700, id="whole yuan"),
        pytest.param("0.01", 1, id="one fen"),
        pytest.param("007.10", 710, id="leading zeros"),
        pytest.param("12.5000", 1250, id="trailing zeros of a database"),
        pytest.param(" 12.50\t", 1250, id="blanks around"),
        pytest.param("１２．５０", 1250, id="full-width digits"),
        pytest.param("\u300012.50\u00a0", 1250, id="full-width and no-break blanks"),
        pytest.param("1000000", 100_000_000, id="highest"),
        pytest.param(7, 700, id="int"),
        pytest.param(12.1, 1210, id="float"),
        pytest.param(0.1 + 0.2, 30, id="float with binary noise"),
        pytest.param(1000000.0, 100_000_000, id="highest float"),
        pytest.param(Decimal("12.500000"), 1250, id="Decimal"),
    ],
)
def test_a_price_is_whole_fen(price, expected):
    assert fen(price) == expected


@pytest.mark.parametrize(
    ("code", "prices"),
    [
        ("price_not_positive", ["-1", "0", "0.00", "-0.00", "－１", 0, -1, 0.0, -0.0, 1e-12, -12.5, Decimal("-1")]),
        (
            "bad_price",
            [
                "1e9",
                "inf",
                "nan",
                "NaN",
                "免费",
                "",
                " ",
                "12.",
                ".5",
                "+5",
                "1_000",
                "0x10",
                "12 50",
                "12..5",
                "--1",
                "元",
                "128¹",
                "10²",
                "①②",
                "⒈5",
                "㉑",
            ]
            + [
                True,
                False,
                None,
                [12],
                float("nan"),
                float("inf"),
                Decimal("NaN"),
                Decimal("sNaN"),
                Decimal("Infinity"),
            ],
        ),
        (
            "price_too_many_decimals",
            ["12.345", "0.001", "12." + "0" * 40 + "1", 12.345, 12.3400001, Decimal("12.345"), Decimal("1E-40")],
        ),
        ("price_decimal_comma", ["12,50", "1,200.00", "1,200,000", "１，２００", "-12,50"]),
        ("price_with_currency", ["¥12.50", "￥12.50", "12.50元", "12.50 元/盒", "RMB 12.50", "12.5cny", "¥1,200.00"]),
        (
            "price_too_high",
            ["1000000.01", "9" * 5000, 1000001, 10**400, 1000000.01, 1e300, Decimal("1E+999999999999999999")],
        ),
    ],
)
def test_what_is_not_a_price_says_why(code, prices):
    assert [(str(price)[:20], refusal(fen, price)) for price in prices] == [(str(price)[:20], code) for price in prices]


def test_a_refusal_repeats_what_was_written_and_the_limit():
    with pytest.raises(Invalid, match="^'1000001' is above the highest price taken, 1,000,000 yuan.$"):
        fen(1000001)


@given(st.integers(1, 100_000_000))
def test_a_price_is_read_as_it_was_shown_whatever_its_type(amount):
    shown = yuan(amount)
    assert [fen(shown), fen(float(shown)), fen(Decimal(shown))] == [amount] * 3


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        pytest.param("10.005", 1001, id="a half goes up"),
        pytest.param("-10.005", -1001, id="a half of a return goes away from zero"),
        pytest.param("10.004999", 1000, id="below a half goes down"),
        pytest.param("-0.004999", 0, id="nothing left of a return"),
        pytest.param("0", 0, id="zero"),
        pytest.param("12.500000", 1250, id="NUM(16,6)"),
        pytest.param(1.005, 101, id="a float means the decimals it shows"),
        pytest.param(-3, -300, id="int"),
        pytest.param(Decimal("0.333333"), 33, id="Decimal"),
        pytest.param("1000000000", 10**11, id="largest"),
        pytest.param(-1e9, -(10**11), id="largest return"),
        pytest.param(999999999.123456, 99_999_999_912, id="a large float with all its decimals"),
    ],
)
def test_an_amount_is_rounded_to_fen(amount, expected):
    assert amount_fen(amount) == expected


@pytest.mark.parametrize(
    ("code", "amounts"),
    [
        ("bad_amount", ["12.3456789", 12.3456789, "1e3", "", "退", True, float("nan"), Decimal("0.0000001")]),
        ("price_decimal_comma", ["1,200.00"]),
        ("price_with_currency", ["-12.50元"]),
        ("amount_too_high", ["1000000000.01", "-1000000001", 1e10, -(10**12)]),
    ],
)
def test_what_is_not_an_amount_says_why(code, amounts):
    assert [(amount, refusal(amount_fen, amount)) for amount in amounts] == [(amount, code) for amount in amounts]


@given(st.decimals(-1_000_000_000, 1_000_000_000, places=6))
def test_an_amount_is_rounded_half_up_as_decimals_are(amount):
    expected = int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
    assert [amount_fen(amount), amount_fen(f"{amount:f}"), amount_fen(float(amount))] == [expected] * 3


@pytest.mark.parametrize(
    ("packs", "expected"),
    [("2", 2.0), ("0.2500", 0.25), ("-1", -1.0), ("0", 0.0), (0.3333, 0.3333), (3, 3.0), (0.1 + 0.2, 0.3), ("１", 1.0)],
)
def test_a_quantity_may_be_a_part_pack_or_a_return(packs, expected):
    assert quantity(packs) == expected


def test_no_quantity_is_minus_zero():
    assert str(quantity("-0")) == "0.0"


@pytest.mark.parametrize(
    "packs", ["0.33333", 0.33333, "1,5", "2盒", "", "1e3", "inf", True, float("nan"), "1000000001"]
)
def test_what_is_not_a_quantity_is_refused(packs):
    assert refusal(quantity, packs) == "bad_quantity"


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (1075, "10.75"),
        (5, "0.05"),
        (0, "0.00"),
        (-5, "-0.05"),
        (-1250, "-12.50"),
        (1360.5, "13.61"),
        (-1360.5, "-13.61"),
        (1360.499, "13.60"),
        (0.5, "0.01"),
        (-0.4, "0.00"),
        (100_000_000, "1000000.00"),
    ],
)
def test_fen_are_shown_as_yuan(amount, expected):
    assert yuan(amount) == expected


@given(st.floats(-1e12, 1e12))
def test_parts_of_a_fen_are_shown_half_up(amount):
    exact = (Decimal(amount) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(yuan(amount)) == exact


@pytest.mark.parametrize(
    ("price", "units", "expected"),
    [(1100, 24, "0.4583"), (1, 800, "0.0000"), (1, 200, "0.0001"), (3, 200, "0.0002"), (1250, 1, "12.5000")],
    ids=["plain", "below a half", "a half goes up", "an odd half goes up", "one unit"],
)
def test_a_unit_price_has_four_decimals(price, units, expected):
    assert unit_price(price, units) == expected


@given(st.integers(0, 100_000_000), st.integers(1, 10_000))
def test_a_unit_price_is_within_half_of_its_last_digit(price, units):
    difference = Fraction(unit_price(price, units)) - Fraction(price, 100 * units)
    assert Fraction(-1, 20_000) < difference <= Fraction(1, 20_000)


PLAIN = ["12.50", "7.00", "000001.00", "999999.99"]
NOT_ALL_PLAIN = [
    ["0.00"],
    ["12.5"],
    ["7"],
    [" 7.00"],
    ["７.00"],
    ["7.00\n8.00"],
    ["7.00\n"],
    ["1000000.00"],
    [7.0],
    [""],
]


def test_many_prices_that_are_written_plainly_are_what_each_is():
    assert many_fen(PLAIN) == [*map(fen, PLAIN)]


@pytest.mark.parametrize("other", NOT_ALL_PLAIN, ids=repr)
def test_one_price_that_is_not_written_plainly_leaves_all_to_be_read_one_by_one(other):
    assert many_fen([*PLAIN, *other]) is None
