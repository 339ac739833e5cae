"""Which drugs are compared: the pack a drug is, what makes a product and a generic, and when nothing is compared."""

from dataclasses import replace

import pytest

from pricecompare.calc import kinship
from pricecompare.errors import Invalid
from pricecompare.services.offers.families import Kin
from tests.packed import DRUGS, GENERIC, PRODUCT, capsule, drug

LOZENGE = capsule(1, pack=24, spec="复方", form="片剂(含片)", unit="片")
PILL = drug(
    1, "ZA01AAF6040020190020", name="逍遥丸", form="浓缩丸", spec="每8丸相当于饮片3g", pack_count=200, unit="丸",
    pack_unit="瓶", maker="仲景",
)  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "count", "unit", "units"),
    [
        ("0.25g", 24, "粒", 24),
        ("0.25g×24粒", 24, "粒", 24),
        ("0.25g×24粒", None, "粒", 24),
        ("0.25g×24粒", 1, "盒", 24),
        ("0.25g×12粒/板×2板", 24, "粒", 24),
        ("0.25g×24粒", 12, "粒", "pack_differs"),
        ("0.25g×24粒", 1, "粒", "pack_differs"),
        ("0.25g×24片", 24, "粒", "pack_differs"),
        ("0.25g", None, "粒", "pack_unknown"),
        ("0.25g", 1, "瓶", "pack_unknown"),
        ("0.25g", 2, "板", "pack_unknown"),
        ("每粒装0.25g", 1, "盒", "pack_differs"),
        ("0.1%", 24, "粒", "pack_unknown"),
        ("复方", 24, "粒", "spec_empty"),
        ("0.25g×2板×12粒", 24, "粒", "spec_count"),
    ],
)
def test_a_pack_is_what_specification_and_columns_agree_on(spec, count, unit, units):
    one = capsule(1, pack=count, spec=spec, unit=unit)
    if isinstance(units, int):
        assert kinship.pack(one).count == units
        return
    with pytest.raises(Invalid) as refused:
        kinship.pack(one)
    assert refused.value.code == units


@pytest.mark.parametrize(
    ("form", "spec", "unit", "known"),
    [
        ("乳膏剂", "10g:0.3g", "支", True),
        ("糖浆剂", "每瓶装100ml", "瓶", True),
        ("颗粒剂", "每袋装10g", "袋", True),
        ("水蜜丸", "每袋装6g", "袋", True),
        ("水蜜丸", "每丸重0.2g", "袋", False),
        ("滴眼剂", "0.1%", "支", False),
    ],
)
def test_a_holder_is_a_unit_when_the_text_says_how_much_it_holds(form, spec, unit, known):
    one = capsule(1, pack=1, spec=spec, form=form, unit=unit)
    if known:
        assert kinship.pack(one).count == 1
    else:
        with pytest.raises(Invalid):
            kinship.pack(one)


@pytest.mark.parametrize(
    ("one", "two", "product", "generic"),
    [
        (DRUGS[0], DRUGS[1], True, True),
        (DRUGS[0], DRUGS[3], False, True),
        (DRUGS[0], DRUGS[5], False, False),
        (DRUGS[0], replace(DRUGS[1], spec="250mg×48粒"), True, True),
        (DRUGS[0], replace(DRUGS[1], spec="0.5g"), False, False),
        (DRUGS[0], replace(DRUGS[1], form="胶囊剂(硬胶囊)"), False, False),
        (DRUGS[0], replace(DRUGS[1], name="阿莫西林 胶囊"), True, True),
        (DRUGS[0], replace(DRUGS[1], name="阿莫西林钠胶囊"), False, False),
        (LOZENGE, replace(capsule(2, pack=100, spec="复方"), form="片剂（含片）", unit="片"), True, False),
        (LOZENGE, replace(LOZENGE, pack_count=None), False, False),
        (LOZENGE, replace(LOZENGE, spec="复方2"), False, False),
        (replace(LOZENGE, unit="瓶"), replace(LOZENGE, unit="瓶"), False, False),
        (PILL, replace(PILL, id=2, pack_count=300), True, True),
        (PILL, replace(PILL, id=2, maker="同仁"), False, True),
        (replace(PILL, maker=""), replace(PILL, maker=""), False, True),
        (replace(PILL, spec="复方"), replace(PILL, spec="复方"), False, False),
        (PILL, replace(PILL, spec="每8丸相当于原生药3g"), False, False),
    ],
)
def test_what_two_drugs_have_in_common(one, two, product, generic):
    assert (kinship.same_goods(one, two), kinship.same_generic(one, two)) == (product, generic)
    assert (kinship.same_goods(two, one), kinship.same_generic(two, one)) == (product, generic)


@pytest.mark.parametrize(("compare", "expected"), [("product", PRODUCT), ("generic", GENERIC)])
def test_a_family_is_what_codes_and_names_say(compare, expected):
    kin = Kin({one.id: one for one in DRUGS}, {})
    for number, members in expected.items():
        family = kin.family(DRUGS[number - 1], compare)
        assert family.members[0].drug.id == number
        assert {member.drug.id for member in family.members} == members
        assert family.apart == ()


def test_a_drug_that_cannot_be_read_is_alone_and_says_why():
    kin = Kin({one.id: one for one in DRUGS}, {})
    assert kin.family(DRUGS[6], "generic").alone.code == "spec_unclear"
    assert kin.family(DRUGS[0], "generic").alone is None


def test_packs_of_one_product_are_counted_where_their_specification_says_nothing():
    other = replace(capsule(2, pack=100, spec="复方"), form=LOZENGE.form, unit="片")
    family = Kin({1: LOZENGE, 2: other}, {}).family(LOZENGE, "product")
    assert [(member.drug.id, [one.dimension for one in member.why]) for member in family.members] == [
        (1, []), (2, ["count"]),
    ]  # fmt: skip
    assert Kin({1: LOZENGE, 2: other}, {}).family(LOZENGE, "generic").alone.code == "spec_empty"


def test_every_published_shape_of_a_family_is_found_again_in_any_order():
    for order in (DRUGS, DRUGS[::-1]):
        kin = Kin({one.id: one for one in order}, {})
        assert {member.drug.id for member in kin.family(DRUGS[4], "generic").members} == GENERIC[1]
