"""Layouts that come with the program: what they let through, and what must not be kept."""

import csv
import io
import json

import pytest

from pricecompare.errors import Unreadable
from pricecompare.files.read import table
from pricecompare.schemas.checking import Check
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.sifting import checked
from pricecompare.services.uploads import layouts as kept
from tests.laid import DRUG, PHARMACY


def shipped(name):
    return next(one for one in kept.shipped() if one.name == name)


PERSONAL = {
    "psn_no": "4403001985", "psn_name": "李雷", "certno": "440301198501010017", "mdtrt_id": "M77001",
    "setl_id": "S99002", "prsc_dr_name": "王医生", "rtal_docno": "R55", "new_personal_field": "韩梅梅",
}  # fmt: skip
SALE = {
    "fixmedins_code": PHARMACY, "med_list_codg": DRUG, "sel_retn_time": "2026-10-31 23:50:00", "trdn_flag": "0",
    "finl_trns_pric": "12.345678", "sel_retn_cnt": "2.0000",
}  # fmt: skip
RETURN = SALE | {"sel_retn_cnt": "-0.5000", "finl_trns_pric": "10.010000"}
WRONG = SALE | {"sel_retn_cnt": "many"}


def as_csv(*records):
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*PERSONAL, *SALE])
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue()


def as_json(*records):
    return "\n".join(json.dumps(one | {"drugtracinfo": [{"drug_trac_codg": "8"}]}) for one in records)


@pytest.mark.parametrize("written", [as_csv, as_json], ids=["CSV", "JSON lines"])
def test_sale_messages_are_taken_without_the_person_in_them(tmp_path, written):
    one = shipped("sales-3505")
    (tmp_path / "x").write_text(written(*(PERSONAL | sale for sale in (SALE, RETURN, WRONG))), "utf-8")
    found = table(tmp_path / "x", layout=one)
    rows = list(found.rows)
    check = Check(ROWS["sales"](), found.columns, {}, one)
    assert [values for _, values in checked(check, iter(rows))] == [
        [PHARMACY, DRUG, "2026-10", 2.0, 2469],
        [PHARMACY, DRUG, "2026-10", -0.5, -501],
    ]
    assert set(found.columns) == {"fixmedins_code", "med_list_codg", "sel_retn_time", "finl_trns_pric", "sel_retn_cnt"}
    left = repr((found.columns, rows, check.findings))
    assert [text for pair in PERSONAL.items() for text in pair if text in left] == []
    assert {finding.code for finding in check.findings} == {"bad_quantity"}


PROVINCE = """序号 产品名称 商品名 药品统一编码 药品类型 剂型 规格 包装 生产企业 批准文号 药品质量层次
医保报销种类 是否集采中选 是否双通道 是否国家谈判 是否价格保密 最小包装挂网价 最小制剂价格""".split()


def test_confidential_prices_of_a_province_are_passed_over(tmp_path):
    text = (
        shipped("province-listed-prices")
        .text.replace("version = 1", "version = 2")
        .replace('kind = "listed"', f'kind = "listed"\nfixed.pharmacy_code = "{PHARMACY}"')
    )
    one = kept.layout(text)
    rows = [dict.fromkeys(PROVINCE, "x") | {"药品统一编码": DRUG, "最小包装挂网价": f"{n}.5"} for n in range(5)]
    for row, word in zip(rows, ["否", "是", "", "*", "否"], strict=True):
        row["是否价格保密"] = word
    rows[4]["药品统一编码"] = ""
    lines = [PROVINCE, *([row[column] for column in PROVINCE] for row in rows)]
    (tmp_path / "x").write_text("\n".join(map(",".join, lines)), "utf-8")
    found = table(tmp_path / "x", layout=one)
    check = Check(ROWS["prices"](), found.columns, {"observed_at": "2026-10-01"}, one)
    assert [(row, values[:4]) for row, values in checked(check, found.rows)] == [(2, [PHARMACY, DRUG, 0, 50])]
    assert (check.filtered, [finding.code for finding in check.findings]) == (3, ["missing_value", "missing_value"])
    with pytest.raises(Unreadable, match="lacks the column pharmacy_code"):
        Check(ROWS["prices"](), found.columns, {"observed_at": "2026-10-01"}, shipped("province-listed-prices"))
