"""Rows checked fast: the same values and the same refusals as marshmallow gives, under the headers people use."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, missing

from pricecompare.calc.days import instant
from pricecompare.errors import Reason, Unreadable
from pricecompare.schemas import findings
from pricecompare.schemas.checking import Check, columns_of
from pricecompare.schemas.rows import ROWS, DrugRow, PharmacyRow, PriceRow
from pricecompare.schemas.sifting import checked

DRUG, PHARMACY = "XJ01CAA501A001010190008", "P99010200001"
ODD = ["", " ", None, True, False, 0, 1, -1, 1.5, float("nan"), "无", "-", "NULL", "x", "1e9", "１２", "\u3000", "1_0"]
GOOD = {
    "pharmacy": [PHARMACY, " p99010200001 "],
    "drug": [DRUG, DRUG.lower()],
    "parent": ["990000", 990000, "990000000000"],
    "region": ["990102", 990102],
    "name": ["感冒灵 ", "12", 5],
    "level": ["city", "市", "COUNTY"],
    "pooling": ["1", 1, "是", "No"],
    "kind": ["listed", "医保", "O2O"],
    "fen": ["12.50", 12.5, 7, "７"],
    "observed_at": [
        "2026-10-28",
        "2026/1/2",
        "2026-10-28T09:30:00+08:00",
        date(2026, 10, 28),
        datetime(2026, 10, 28, 9, tzinfo=UTC),
    ],
    "stock": ["in", "无货", "12", 0, 3],
    "month": ["2026-10", "2026-10-31"],
    "quantity": ["2", -0.25, 3],
    "amount_fen": ["10.005", -2],
    "pack_count": ["24", 24],
    "approval_no": ["国药准字H20010492", "进口"],
    "standard_code": ["86900594000342", "86900594000343"],
    "barcode": ["6901234567892", 6901234567892, "1"],
    "insurance_class": ["甲类", "乙", "丁"],
    "prescription": ["rx", "OTC", "也许"],
    "lat": ["22.5", 91, "31,2"],
    "lng": ["114", 181.0],
    "datum": ["gcj02", "GPS", "百度", "mars"],
}
CODES = {"regions": ["990100", "99010", "990100000000"], "drugs": GOOD["drug"], "pharmacies": GOOD["pharmacy"]}


def cells(what: str, name: str) -> st.SearchStrategy:
    known = CODES[what] if name == "code" else GOOD.get(name, ["文字", " 片剂（含片） ", 12])
    return st.sampled_from(known) | st.sampled_from(known) | st.sampled_from(ODD) | st.text(max_size=3)


@st.composite
def rows(draw) -> tuple[str, list[str], list[list]]:
    """Return what is imported, some of its columns in any order with all that must be there, and rows."""
    what = draw(st.sampled_from(list(ROWS)))
    fields = ROWS[what]().fields
    some = draw(st.sets(st.sampled_from(list(fields))))
    names = draw(st.permutations([name for name, field in fields.items() if field.required or name in some]))
    return what, names, draw(st.lists(st.tuples(*(cells(what, name) for name in names)).map(list), max_size=4))


@given(rows())
def test_a_check_agrees_with_marshmallow(given_rows):
    what, names, given = given_rows
    schema = ROWS[what]()
    check = Check(schema, names_in_files(schema, names), {})
    for number, row in enumerate(given, 1):
        before = len(check.findings)
        values = check.values(number, row)
        errors = {finding.column for finding in check.findings[before:] if finding.severity == "error"}
        assert {finding.row for finding in check.findings[before:]} <= {number}
        assert (plain(schema, values), errors) == loaded(schema, names, row)


def names_in_files(schema, names: list[str]) -> list[str]:
    """Return headers that lead to each field and to no other."""
    headers = [next(alias for alias in schema.fields[name].headers if not alias.isascii()) for name in names]
    assert columns_of(schema, headers) == {name: position for position, name in enumerate(names)}
    return headers


def plain(schema, values: list | None) -> dict | None:
    return None if values is None else dict(zip(schema.fields, map(repr, values), strict=True))


def loaded(schema, names: list[str], row: list) -> tuple[dict | None, set[str]]:
    """Return what marshmallow makes of a row, a blank cell being none, and the columns it refuses."""
    written = {name: cell for name, cell in zip(names, row, strict=True) if cell is not None and str(cell).strip()}
    blank = {
        name: field.blank for name, field in schema.fields.items() if field.required and field.blank is not missing
    }
    try:
        found = blank | schema.load(written, partial=tuple(blank))
    except ValidationError as error:
        columns = dict(zip(names, names_in_files(schema, names), strict=True))
        return None, {columns[name] for name in error.messages}
    assert missing not in found.values()
    return {name: repr(found[name]) for name in schema.fields}, set()


NATIONAL = """药品代码 注册名称 商品名称 注册剂型 注册规格 包装材质 最小包装数量 最小制剂单位 最小包装单位
药品企业 批准文号 药品本位码 甲乙类 编号 药品名称 剂型 备注""".split()
DRUG_COLUMNS = {
    **{"code": "药品代码", "name": "注册名称", "brand": "商品名称", "form": "注册剂型", "spec": "注册规格"},
    **{"pack_count": "最小包装数量", "unit": "最小制剂单位", "pack_unit": "最小包装单位", "maker": "药品企业"},
    **{"approval_no": "批准文号", "standard_code": "药品本位码", "insurance_class": "甲乙类"},
}
RECORD = "rtalPhacCode medinsName uscc addr tel lnt lat elec_prsc_flag mob_pay_flag".split()
PHARMACY_COLUMNS = {
    **{"code": "rtalPhacCode", "name": "medinsName", "uscc": "uscc", "address": "addr", "phone": "tel"},
    **{"lng": "lnt", "lat": "lat"},
}
OTHERS = [f"附加{number}" for number in range(8)]


@pytest.mark.parametrize(
    ("schema", "header", "columns"),
    [(DrugRow(), NATIONAL, DRUG_COLUMNS), (PharmacyRow(), RECORD, PHARMACY_COLUMNS)],
    ids=["national drug table", "public pharmacy record"],
)
@given(st.data())
def test_official_headers_are_known_in_any_order_among_others(schema, header, columns, data):
    shuffled = data.draw(st.permutations([*header, *OTHERS]))
    assert {name: shuffled[at] for name, at in columns_of(schema, shuffled).items()} == columns


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("药店编码 药品编码 价格", None),
        ("pharmacy_code code price observed_at", [0, 1, 2, 3]),
        ("code drug_code price date 日期", [0, 1, 2, 4]),
        ("Pharmacy-Code ＤＲＵＧ_ＣＯＤＥ Price Observed_At", [0, 1, 2, 3]),
        ("pharmacy_code drug_code Price price 日期", [0, 1, 2, 4]),
        ("定点零售药店代码 国家医保药品编码 零售价 价格 采集时间", [0, 1, 3, 4]),
        ("*定点医药机构编码 *医保药品代码 零售价(元) 采集日期", [0, 1, 2, 3]),
    ],
    ids=[
        "a drug column nobody knows",
        "code",
        "code beside a drug code",
        "other writing",
        "first of two",
        "the more telling price",
        "of a spreadsheet",
    ],
)
def test_headers_of_price_lists(header, columns):
    found = columns_of(PriceRow(), header.split())
    assert columns is None or [found[name] for name in ("pharmacy", "drug", "fen", "observed_at")] == columns
    assert columns is not None or "drug" not in found


def test_unknown_columns_are_passed_over():
    check = Check(PriceRow(), ["备注", "pharmacy_code", "drug_code", "x", "price", "observed_at", "y"], {})
    row = ("坏", PHARMACY, DRUG, object(), "12.50", "2026-10-28", "")
    assert list(checked(check, iter([(2, row)]))) == [(2, [PHARMACY, DRUG, 0, 1250, instant("2026-10-28"), 0])]
    assert check.findings == []


HEADER = ("pharmacy_code", "drug_code", "price", "observed_at", "stock")


@pytest.mark.parametrize("declared", [{"observed_at": "2026-10-28"}, {}], ids=["declared", "in a column"])
@pytest.mark.parametrize(
    ("price", "stock", "outcome"),
    [
        ("1", "1", (100, 3)),
        (1, 1, (100, 3)),
        (1.0, 0, (100, 2)),
        (True, 1, "bad_price"),
        ("true", 1, "bad_price"),
        (False, 1, "bad_price"),
        (None, 1, "missing_value"),
        (1, True, (100, 1)),
        (1, False, (100, 2)),
        (1, "一些", "bad_stock"),
    ],
)
def test_a_truth_value_is_not_a_number(declared, price, stock, outcome):
    header, row = HEADER[: 3 if declared else 4] + HEADER[4:], [PHARMACY, DRUG, price, "2026-10-28", stock]
    check = Check(PriceRow(), header, declared)
    # What was read before must not stand for what only compares equal: 1 == True == 1.0.
    for before in ("1", 1, 1.0):
        assert check.values(1, [*([PHARMACY, DRUG, before, "2026-10-28", "1"][: len(header) - 1]), "1"])
    found = check.values(2, row if not declared else row[:3] + row[4:])
    assert (found[3], found[5]) == outcome if found else [one.code for one in check.findings] == [outcome]


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    check = Check(PriceRow(), HEADER, {})
    assert check.values(7, ("P9901020000I", "X1", "12,50", "昨天", "很多")) is None
    assert [(one.row, one.column, one.severity, one.code, one.value) for one in check.findings] == [
        (7, "pharmacy_code", "error", "pharmacy_code_letters", "P9901020000I"),
        (7, "drug_code", "error", "drug_code_length", "X1"),
        (7, "price", "error", "price_decimal_comma", "12,50"),
        (7, "observed_at", "error", "bad_date", "昨天"),
        (7, "stock", "error", "bad_stock", "很多"),
    ]


def test_what_is_declared_stands_where_no_column_says_it():
    check = Check(PriceRow(), HEADER, {"observed_at": "2026-10-01"})
    assert check.values(1, (PHARMACY, DRUG, "1", "", ""))[4] == instant("2026-10-01")
    assert check.values(2, (PHARMACY, DRUG, "1", "2026-10-02", ""))[4] == instant("2026-10-02")
    assert (check.knows("observed_at"), check.knows("stock"), check.knows("kind")) == (True, True, False)


def test_a_doubt_is_remarked_on_and_its_row_taken():
    check = Check(DrugRow(), ["药品代码", "注册名称", "药品本位码", "最小包装数量", "批准文号"], {})
    values = dict(zip(check.names, check.values(3, (DRUG, "药", "86900594000343", "许多", "无")), strict=True))
    assert (values["standard_code"], values["pack_count"], values["approval_no"]) == ("86900594000343", None, "")
    assert [(one.row, one.column, one.severity, one.code) for one in check.findings] == [
        (3, "最小包装数量", "warning", "bad_number"),
        (3, "药品本位码", "warning", "standard_code_check_digit"),
    ]


def test_of_very_many_findings_the_first_are_kept_and_all_are_counted(monkeypatch):
    monkeypatch.setattr(findings, "MOST_FINDINGS", 5)
    check = Check(PriceRow(), HEADER, {})
    bad = [PHARMACY, "X1", "12,50", "2026-10-28", "in"]
    for row in (2, 3, 9, 1):
        assert check.values(row, bad) is None
    check.find(9, "drug", "error", Reason.of("unknown_drug", value="X1"))
    check.find(50, "drug", "warning", Reason.of("bad_number", value="x"))
    assert check.values(51, [PHARMACY, DRUG, "1", "2026-10-28", ""])
    assert [one.row for one in check.findings] == [2, 2, 3, 3, 9]
    assert (check.untold, check.refused, check.warnings, check.rows) == (5, 4, 1, 5)


def test_missing_columns_are_named_with_what_is_there():
    with pytest.raises(Unreadable) as caught:
        Check(PriceRow(), ["药店", "价格"], {"observed_at": "2026-10-28"})
    assert caught.value.code == "missing_columns"
    assert str(caught.value) == (
        "The file lacks the column pharmacy_code (定点零售药店代码), drug_code (药品代码); it has: 药店, 价格."
    )
