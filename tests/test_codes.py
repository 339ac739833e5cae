import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc import codes
from pricecompare.errors import Invalid

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "cn"


def shared(name):
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is absent: put the folder `shared` with the real data beside the checkout")
    return (SHARED / name).read_text(encoding="utf-8-sig")


def rows(name):
    return list(csv.DictReader(shared(name).splitlines()))


def refusal(read, text):
    with pytest.raises(Invalid) as error:
        read(text)
    return error.value.code


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (codes.drug_code, "XJ01CAA040A001010102699", "XJ01CAA040A001010102699"),
        (codes.drug_code, "ZA01AAX0558010100166", "ZA01AAX0558010100166"),
        (codes.drug_code, "  ｘj01caa040a00101０102699\n", "XJ01CAA040A001010102699"),
        (codes.standard_code, "86900594000342", "86900594000342"),
        (codes.approval_number, "国药准字H20010492", "国药准字H20010492"),
        (codes.approval_number, " 国药准字 zj2001\u30000492", "国药准字ZJ20010492"),
        (codes.approval_number, "国药准字ＨＣ２００１０４９２", "国药准字HC20010492"),
        (codes.barcode, "6901234567892", "6901234567892"),
        (codes.barcode, "96385074", "96385074"),
        (codes.barcode, "036000291452", "0036000291452"),
        (codes.pharmacy_code, "p99010000001", "P99010000001"),
        (codes.region_code, " 440300 ", 440300),
        (codes.region_code, "440300000000", 440300),
        (codes.uscc, "9131010100000000T0", "9131010100000000T0"),
        (codes.uscc, "91350100m000100y43", "91350100M000100Y43"),
    ],
)
def test_a_code_is_normalised(read, text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("code", "read", "texts"),
    [
        (
            "bad_drug_code",
            codes.drug_code,
            ["", "阿莫西林", "YJ01CAA040A001010102699", "XJ01CAA040A00101010269O", "ZA01AAX055801010016٦"],
        ),
        ("drug_code_length", codes.drug_code, ["XJ01CAA040A0010101", "ZA01AAX0558010100166000", "X", "Z"]),
        (
            "bad_standard_code",
            codes.standard_code,
            ["", "8690059400034", "96900594000342", "86800594000342", "8.69E+13"],
        ),
        ("standard_code_check_digit", codes.standard_code, ["86900594000343", "86900594003042"]),
        (
            "bad_approval_number",
            codes.approval_number,
            ["", "H20010492", "国药准字X20010492", "国药准字H2001049", "国药准字HH20010492"],
        ),
        ("bad_barcode", codes.barcode, ["", "690123456789A", "69012345678", "16901234567899", "6901234567892 1"]),
        ("barcode_check_digit", codes.barcode, ["6901234567893", "96385075", "036000291453"]),
        (
            "bad_pharmacy_code",
            codes.pharmacy_code,
            ["", "99010000001", "P9901000001", "P990100000012", "P99010-00001", "H99010000001"],
        ),
        (
            "pharmacy_code_letters",
            codes.pharmacy_code,
            ["PP99010000001", "P9901O000001", "P99010000001A", "PH9010000001"],
        ),
        ("bad_region_code", codes.region_code, ["", "44030", "044030", "4403000", "440300000001", "44030A", "深圳"]),
        (
            "bad_uscc",
            codes.uscc,
            ["", "9131010100000000T", "9131010100000000I0", "91A1010100000000T0", "9131010100000000T00"],
        ),
        ("uscc_check_character", codes.uscc, ["9131010100000000T1", "91350100M000100Y44", "91350101M000100Y43"]),
    ],
)
def test_a_wrong_code_says_what_is_wrong(code, read, texts):
    assert [(text, refusal(read, text)) for text in texts] == [(text, code) for text in texts]


def test_a_cut_drug_code_is_told_its_length():
    with pytest.raises(Invalid, match="'XJ01CAA040A0' has 12 characters: a drug code has 23 with X, and 20 with Z"):
        codes.drug_code("XJ01CAA040A0")


def test_a_registrar_may_be_a_letter():
    assert codes.uscc("Y131010100000000TA") == "Y131010100000000TA"


@given(st.from_regex("[1-9A-HJ-NPQRTUWXY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{9}", fullmatch=True))
def test_exactly_one_check_character_fits_a_social_credit_code(body):
    def taken(character):
        try:
            return codes.uscc(body + character) == body + character
        except Invalid:
            return False

    assert sum(map(taken, "0123456789ABCDEFGHJKLMNPQRTUWXY")) == 1


@given(st.from_regex("[0-9]{12}", fullmatch=True), st.integers(0, 11), st.integers(1, 9))
def test_a_mistyped_digit_of_a_barcode_is_noticed(body, place, slip):
    # The textbook way, from the left: weights 1 and 3 in turn, then up to the next ten.
    check = -sum(int(digit) * (1, 3)[index % 2] for index, digit in enumerate(body)) % 10
    wrong = body[:place] + str((int(body[place]) + slip) % 10) + body[place + 1 :]
    assert codes.barcode(f"{body}{check}") == f"{body}{check}"
    assert refusal(codes.barcode, f"{wrong}{check}") == "barcode_check_digit"


def test_packs_of_one_product_share_its_code():
    assert [
        codes.same_product(code)
        for code in (
            "XA01ABD075A002010100594",
            "XA01ABD075A002010200594",
            "XA01ABD075A002020100594",
            "ZA01AAX0558010100166",
        )
    ] == ["XA01ABD075A0020100594", "XA01ABD075A0020100594", "XA01ABD075A0020200594", None]


def test_makers_of_two_codes_are_compared():
    assert codes.maker_agrees("86900594000342", "XA01ABD075A002010100594")
    assert not codes.maker_agrees("86900594000342", "XA01ABD075A002010100483")


def test_all_real_drug_codes_are_taken():
    real = [row["nhsa_code"] for row in rows("nhsa_codes_names.csv")]
    assert len(real) == 13_738
    assert [codes.drug_code(code) for code in real] == real


def test_real_rows_agree_with_themselves():
    for row in rows("nhsa_drug_rows_sample.csv"):
        standard, drug = codes.standard_code(row["goodsstandardcode"]), codes.drug_code(row["goodscode"])
        assert codes.maker_agrees(standard, drug), row
        assert codes.approval_number(row["approvalcode"]) == row["approvalcode"]


def test_all_real_pharmacy_codes_are_taken():
    real = [pharmacy["code"] for pharmacy in json.loads(shared("shenzhen_dingdian_pharmacies.json"))]
    assert len(real) == 97
    assert [codes.pharmacy_code(code) for code in real] == real


def test_all_real_region_codes_are_taken():
    real = [row["adcode"] for row in rows("cpca_adcodes_with_coords.csv")]
    assert [f"{codes.region_code(code)}000000" for code in real] == real
