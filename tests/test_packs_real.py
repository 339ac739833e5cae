"""Published names and rows: what is compared among them, and that no name is taken for something else."""

import csv

import pytest

from pricecompare.calc import kinship
from pricecompare.calc.specs import spec
from pricecompare.errors import Invalid
from pricecompare.schemas.values import text
from pricecompare.services.offers.families import Kin
from tests.conftest import SHARED
from tests.packed import drug

CN = SHARED / "data" / "cn"
pytestmark = pytest.mark.skipif(not CN.is_dir(), reason="no published names and rows: ../shared/data/cn is absent")

COLUMNS = {
    "name": "registeredproductname", "brand": "goodsname", "form": "registeredmedicinemodel",
    "spec": "registeredoutlook", "unit": "minunit", "pack_unit": "unit", "maker": "companynamesc",
}  # fmt: skip
PRODUCTS = """
XA01ABD075A002010100594 XA01ABD075A002010200594
XA01ABD075A002020100594 XA01ABD075A002020200594 XA01ABD075A002020300594
XA01ABD152A002010100322 XA01ABD152A002010200322 XA01ABD152A002010300322
XA01ABD152A002010100372 XA01ABD152A002010200372
XA01ABD152A002010103087 XA01ABD152A002010203087
XA01ABD152A002010104152 XA01ABD152A002010204152 XA01ABD152A002010304152
XA01ABJ070A002010102699 XA01ABJ070A002010202699
"""
GENERICS = """
XA01ABD075A002010100594 XA01ABD075A002010200594 XA01ABD075A002020100594 XA01ABD075A002020200594 XA01ABD075A002020300594
XA01ABD138F002010104557 XA01ABD138F002030104557
XA01ABD138F002010104745 XA01ABD138F002020104745
XA01ABD152A002010100322 XA01ABD152A002010200322 XA01ABD152A002010300322 XA01ABD152A002010100372 XA01ABD152A002010200372\
 XA01ABD152A002010101871
XA01ABD152A002010102870 XA01ABD152A002010103065 XA01ABD152A002010103087 XA01ABD152A002010203087 XA01ABD152A002010103098\
 XA01ABD152A002010103139 XA01ABD152A002010104152 XA01ABD152A002010204152 XA01ABD152A002010304152 XA01ABD152A002010105725
XA01ABJ070A002010102699 XA01ABJ070A002010202699
"""
"""What a person puts together: 地喹氯铵 of two shapes of tablet are one generic but, by their codes, two products;
度米芬 as lozenge and as tablet are two forms; 丁硼乳膏 of 65克 does not say whether that is what the tube holds."""


@pytest.fixture(scope="module")
def kin():
    with (CN / "nhsa_drug_rows_sample.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told = ({name: text(row[column]) for name, column in COLUMNS.items()} for row in rows)
    drugs = [
        drug(number, row["goodscode"], pack_count=int(row["factor"]), **one)
        for number, (row, one) in enumerate(zip(rows, told, strict=True), 1)
    ]
    return Kin({one.id: one for one in drugs}, {})


@pytest.mark.parametrize(("compare", "expected"), [("product", PRODUCTS), ("generic", GENERICS)])
def test_published_rows_are_compared_as_a_person_would(kin, compare, expected):
    families = [kin.family(one, compare) for one in kin.drugs.values()]
    found = {frozenset(member.drug.code for member in family.members) for family in families}
    assert {one for one in found if len(one) > 1} == {frozenset(line.split()) for line in expected.strip().splitlines()}
    assert [family.apart for family in families if family.apart] == []


def names():
    with (CN / "nhsa_codes_names.csv").open(encoding="utf-8") as file:
        return {row["generic_name"] for row in csv.DictReader(file)}


def test_no_two_published_names_become_one():
    assert len({kinship.plain(name) for name in names()}) == len(names()) == 888


@pytest.mark.parametrize("wrapped", ["{}", "{}×24粒", "每片含{}"])
def test_no_published_name_is_read_as_a_specification(wrapped):
    for name in names():
        with pytest.raises(Invalid):
            spec(wrapped.format(name))


def test_a_name_and_an_amount_are_an_ingredient_or_nothing():
    """Half of the names have digits or words of a pack (片, 丸, 重) in them: those are refused."""
    read = 0
    for name in sorted(names()):
        try:
            (one,) = spec(f"每片含{name}5mg").content
        except Invalid:
            continue
        assert (one.of, one.value, one.unit) == (name, 5, "mg")
        read += 1
    assert read > 400
