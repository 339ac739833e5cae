"""Packs on one scale: the published vectors, round trips, and what has no K."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pricecompare.calc.packs import BASES, Pack, differences, factor, normalised, shown, total
from pricecompare.calc.specs import spec
from pricecompare.errors import Invalid


def pack(text, count=1, unit=""):
    return Pack(spec(text), count, unit, solid=True)


VECTORS = [
    (872, pack("0.25g", 24), pack("0.25g", 48), "17.00", ["count"]),
    (872, pack("0.25g", 24), pack("0.25g", 36), "12.89", ["count"]),
    (872, pack("0.25g", 24), pack("0.25g", 12), "4.47", ["count"]),
    (872, pack("0.25g", 24), pack("0.5g", 24), "14.82", ["content"]),
    (872, pack("0.25g", 24), pack("0.5g", 48), "28.91", ["content", "count"]),
    (1000, pack("10mg", 7), pack("10mg", 14), "19.50", ["count"]),
    (1000, pack("10mg", 7), pack("10mg", 21), "28.82", ["count"]),
    (1000, pack("10mg", 7), pack("10mg", 28), "38.03", ["count"]),
    (1200, pack("100ml"), pack("150ml"), "17.47", ["fill"]),
    (1890, pack("20mg", 14), pack("20mg", 7), "9.69", ["count"]),
    (1890, pack("20mg", 14), pack("10mg", 28), "21.68", ["content", "count"]),
]


@pytest.mark.parametrize(("fen", "representative", "other", "price", "dimensions"), VECTORS)
def test_a_pack_costs_k_times_the_representative_one(fen, representative, other, price, dimensions):
    found = differences(other, representative)
    assert [one.dimension for one in found] == dimensions
    assert shown(fen * total(found)) == price


def test_a_price_divided_by_k_is_on_the_scale_of_the_representative_pack():
    k = total(differences(pack("0.25g", 48), pack("0.25g", 24)))
    assert shown(normalised(1580, k)) == "8.10"


@pytest.mark.parametrize(("fen", "representative", "other", "price", "dimensions"), VECTORS)
def test_there_and_back_is_the_same_price(fen, representative, other, price, dimensions):
    there, back = total(differences(other, representative)), total(differences(representative, other))
    assert shown(normalised(fen, there) * there) == f"{fen / 100:.2f}"
    assert abs(there * back - 1) < Decimal("1e-25")


RATIOS = st.fractions(min_value="1/1000", max_value=1000, max_denominator=1000).map(
    lambda ratio: Decimal(ratio.numerator) / ratio.denominator
)


@given(dimension=st.sampled_from(list(BASES)), one=RATIOS, two=RATIOS)
def test_k_of_two_steps_is_the_product_and_grows_with_the_pack(dimension, one, two):
    assume(one > 0 and two > 0)
    steps = factor(dimension, one) * factor(dimension, two)
    assert float(factor(dimension, one * two)) == pytest.approx(float(steps), rel=1e-20)
    assert (factor(dimension, one) < factor(dimension, two)) == (one < two)
    assert float(factor(dimension, one)) == pytest.approx(float(BASES[dimension]) ** float(one.ln() / Decimal(2).ln()))


@given(count=st.integers(1, 10_000), times=st.integers(2, 50))
def test_a_larger_pack_costs_more_but_less_for_each_unit(count, times):
    k = total(differences(pack("10mg", count * times), pack("10mg", count)))
    assert 1 < k < times


@pytest.mark.parametrize(
    ("one", "two", "dimension", "ratio"),
    [
        ("10ml:0.1g", "10ml:0.2g", "content", 2),
        ("10ml:0.1g", "20ml:0.2g", "fill", 2),
        ("每袋装10g", "每袋装5g", "fill", "0.5"),
        ("20mg:0.5g", "40mg:1g", "content", 2),
        ("3ml:300单位", "3ml:600单位", "content", 2),
        ("5ml:0.1%", "10ml:0.1%", "fill", 2),
        ("0.5g", "250mg", "content", "0.5"),
    ],
)
def test_units_differ_in_content_or_in_fill(one, two, dimension, ratio):
    found = differences(pack(two), pack(one))
    assert [(each.dimension, each.ratio) for each in found] == [(dimension, Decimal(ratio))]


@pytest.mark.parametrize(("one", "two"), [("0.25g", "250mg"), ("10ml:0.1g", "0.1g:10ml"), ("1000U", "0.1万单位")])
def test_one_amount_in_two_spellings_is_no_difference(one, two):
    assert differences(pack(one), pack(two)) == ()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("0.25g", "100ml"),
        ("300IU", "300U"),
        ("10ml:0.1g", "20ml:0.1g"),
        ("20mg:0.5g", "40mg:0.5g"),
        ("每袋装10g", "每袋装10g(无糖型)"),
        ("100μg×200揿", "100μg×100揿"),
        ("0.25g", "每片重0.25g"),
        ("5ml:0.1%", "5ml:5mg"),
        ("每8丸相当于饮片3g", "每8丸相当于生药3g"),
        ("0.5g(50万单位)", "0.25g(25万单位)"),
    ],
)
def test_what_the_rule_does_not_cover_is_not_compared(one, two):
    with pytest.raises(Invalid, match="one scale"):
        differences(pack(one), pack(two))


def test_a_bare_mass_is_content_in_tablets_only():
    cream, larger = Pack(spec("36克"), 1, "支"), Pack(spec("65克"), 1, "支")
    with pytest.raises(Invalid, match="one scale"):
        differences(larger, cream)
    assert differences(cream, cream) == ()


def test_units_of_another_name_are_not_counted_together():
    with pytest.raises(Invalid, match="one scale"):
        differences(pack("0.25g", 24, "粒"), pack("0.25g", 24, "袋"))
