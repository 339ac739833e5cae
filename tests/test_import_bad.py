"""Bad rows are refused one by one, with row, column and reason, and the good ones go in; bad files whole."""

import zipfile

import pytest

from pricecompare.errors import Unreadable
from tests.made import CODES
from tests.town import ALL, PRICE_HEADER, PRICES, SALES, SHOPS, Town, as_sheet, codes, counts

GOOD = f"{SHOPS[0]},{CODES[3]},12.50,2026-10-28,listed,in"


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    return town


def changed(**cells: str) -> str:
    """Return a price row of its own with some cells changed."""
    names = PRICE_HEADER.strip().split(",")
    row = dict(zip(names, f"{SHOPS[1]},{CODES[3]},11.00,2026-10-28,listed,in".split(","), strict=True)) | cells
    return ",".join(f'"{row[name]}"' for name in names)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("price", "-1", "price_not_positive"),
        ("price", "0", "price_not_positive"),
        ("price", "1e9", "bad_price"),
        ("price", "1000000001", "price_too_high"),
        ("price", "12.345", "price_too_many_decimals"),
        ("price", "12,50", "price_decimal_comma"),
        ("price", "¥12.50", "price_with_currency"),
        ("price", "免费", "bad_price"),
        ("price", "", "missing_value"),
        ("price", "nan", "bad_price"),
        ("observed_at", "28.10.2026", "bad_date"),
        ("observed_at", "20261028", "bad_date"),
        ("observed_at", "2026-02-30", "bad_date"),
        ("observed_at", "", "missing_value"),
        ("pharmacy_code", "P9901020000O", "pharmacy_code_letters"),
        ("pharmacy_code", "P99010200001X", "pharmacy_code_letters"),
        ("pharmacy_code", "P99010299999", "unknown_pharmacy"),
        ("drug_code", CODES[0][:-1], "drug_code_length"),
        ("drug_code", CODES[0][:-1] + "X", "bad_drug_code"),
        ("drug_code", "XJ01CAA501A001010199999", "unknown_drug"),
        ("kind", "黑市", "bad_choice"),
        ("stock", "几盒", "bad_stock"),
    ],
)
def test_a_bad_value_refuses_its_row_only(town, column, value, code):
    report = town.price(GOOD, changed(**{column: value}), changed(drug_code=CODES[2], price="9.90"))
    assert counts(report) == {"rows": 3, "added": 1, "changed": 1, "refused": 1}
    assert codes(report) == [(3, column, code)]
    (finding,) = report.findings
    assert finding.severity == "error"
    assert finding.en.isascii() or value in finding.en
    assert any("\u4e00" <= character <= "\u9fff" for character in finding.zh)
    assert {row[0]: row[2] for row in town.store.offers_of_pharmacy(990100, 1) if row[1] == "listed"}[4] == 1250
    assert {row[0]: row[2] for row in town.store.offers_of_pharmacy(990100, 2) if row[1] == "listed"} == {
        **{drug: 1100 + 10 * (drug - 1) for drug in (1, 2)},
        3: 990,
    }


def test_a_price_of_tomorrow_is_refused_alone_among_ten(town):
    report = town.price(*[GOOD] * 9, changed(observed_at="2026-11-02"))
    assert counts(report) == {"rows": 10, "added": 1, "unchanged": 8, "refused": 1}
    assert codes(report) == [(11, "observed_at", "date_in_future")]
    assert report.findings[0].value == "2026-11-02T00:00:00+08:00"


def test_the_column_is_named_as_the_file_names_it(town):
    header = "定点零售药店代码,国家医保药品编码,零售价,采集时间\n"
    report = town.take("prices", f"{header}{SHOPS[0]},{CODES[3]},免费,2026-10-28\n".encode("gb18030"))
    assert [(one.row, one.column, one.code, one.value) for one in report.findings] == [
        (2, "零售价", "bad_price", "免费")
    ]


def test_two_prices_for_one_instant_are_both_refused_and_a_repeat_is_not(town):
    before = town.store.offers_of_pharmacy(990100, 2)
    report = town.price(GOOD, changed(price="11.00"), GOOD, changed(price="12.00"), GOOD.replace("28", "29"))
    assert codes(report) == [(3, "price", "conflicting_rows"), (5, "price", "conflicting_rows")]
    assert [finding.en for finding in report.findings] == [
        "Rows 3, 5 give the same pharmacy, drug, kind and time different prices; none of them was taken."
    ] * 2
    assert counts(report) == {"rows": 5, "added": 1, "unchanged": 2, "refused": 2}
    assert town.store.offers_of_pharmacy(990100, 2) == before


SHOP = "P99010200099,新店,新路,{},gcj02"
PHARMACY_HEADER = ALL["pharmacies"].splitlines()[0]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (SHOP.format("91,112.9"), "lat", "bad_latitude"),
        (SHOP.format("NaN,112.9"), "lat", "bad_latitude"),
        (SHOP.format("28.2,181"), "lng", "bad_longitude"),
        (SHOP.format("28.2,inf"), "lng", "bad_longitude"),
        (SHOP.format("28.2,"), "lng", "half_a_coordinate"),
        (SHOP.format("NULL,112.9"), "lat", "half_a_coordinate"),
        (SHOP.format("北纬28,112.9"), "lat", "bad_number"),
        (SHOP.format("2_8,112.9"), "lat", "bad_number"),
        (SHOP.format("28.2,112.9").replace("gcj02", "火星"), "coord_type", "bad_choice"),
        (SHOP.format("28.2,112.9").replace("gcj02", ""), "coord_type", "datum_missing"),
        (SHOP.format("28.2,112.9").replace("新店", ""), "name", "missing_value"),
        ("P88010200099,新店,新路,28.2,112.9,gcj02", "region", "no_pooling_region"),
        ("P98000000099,新店,新路,28.2,112.9,gcj02", "region", "no_pooling_region"),
    ],
)
def test_a_bad_pharmacy_is_refused_alone(town, row, column, code):
    report = town.take("pharmacies", f"{PHARMACY_HEADER}\nP99010200098,好店,路,28.2,112.9,gcj02\n{row}\n")
    assert (counts(report), codes(report)) == ({"rows": 2, "added": 1, "refused": 1}, [(3, column, code)])
    assert town.store.pharmacy("P99010200098").id == len(SHOPS) + 1
    assert town.store.pharmacy(row.split(",")[0]) is None


@pytest.mark.parametrize(
    ("what", "content", "findings"),
    [
        ("pharmacies", SHOP.format("0,0"), [(2, "lat", "zero_coordinates")]),
        ("pharmacies", "P99019900001,新店,新路,28.2,112.9,gcj02", [(2, "region", "region_by_prefix")]),
        ("drugs", f"{CODES[0]},药,24,86990008000013", []),
        ("drugs", f"{CODES[0]},药,24,86990019000019", [(2, "standard_code", "maker_differs")]),
        (
            "drugs",
            f"{CODES[0]},药,若干,86990008000014",
            [(2, "pack_count", "bad_number"), (2, "standard_code", "standard_code_check_digit")],
        ),
    ],
    ids=["placeholder coordinates", "district nobody knows", "no doubt", "another maker", "pack count and check digit"],
)
def test_a_warning_refuses_nothing(town, what, content, findings):
    header = PHARMACY_HEADER if what == "pharmacies" else "drug_code,generic_name,pack_count,standard_code"
    report = town.take(what, f"{header}\n{content}\n")
    assert (codes(report), report.errors, report.upload.refused) == (findings, [], 0)
    assert (report.upload.warnings, report.upload.added + report.upload.changed) == (len(findings), 1)


def test_one_code_with_two_contents_is_refused_in_all_its_rows(town):
    rows = [f"{CODES[0]},甲", f"{CODES[1]},乙", f"{CODES[0]},丙", f"{CODES[1]},乙", f"{CODES[0]},甲"]
    before = town.store.drug(CODES[0])
    report = town.take("drugs", "drug_code,generic_name\n" + "\n".join(rows))
    assert codes(report) == [(row, "drug_code", "duplicate_code") for row in (2, 4, 6)]
    assert counts(report) == {"rows": 5, "changed": 1, "refused": 3}
    assert (town.store.drug(CODES[0]), town.store.drug(CODES[1]).name) == (before, "乙")


@pytest.mark.parametrize(
    ("row", "column", "code", "under"),
    [
        ("990300,新市,880000,city,1", "parent", "unknown_parent", "parent_not_above"),
        ("99030,新市,990000,city,1", "code", "bad_region_code", "unknown_parent"),
        ("990300,新市,990000,town,1", "level", "bad_choice", "unknown_parent"),
        ("990300,新市,990000,city,也许", "pooling", "bad_choice", "unknown_parent"),
        ("990300,新市,990300,city,1", "parent", "parent_not_above", "parent_not_above"),
        ("990000,云泽省,990100,province,0", "parent", "parent_not_above", "unknown_parent"),
    ],
    ids=["unknown parent", "five digits", "level", "pooling", "its own parent", "under its own child"],
)
def test_a_bad_region_is_refused_with_all_that_hangs_under_it(town, row, column, code, under):
    header = ALL["regions"].splitlines()[0]
    report = town.take("regions", f"{header}\n{row}\n990302,新区,990300,county,0\n990400,好市,990000,city,1\n")
    assert codes(report) == [(2, column, code), (3, "parent", under)]
    assert counts(report) == {"rows": 3, "added": 1, "refused": 2}
    assert {region.id for region in town.store.regions()} & {990300, 990302, 990400} == {990400}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("month", "2026-12", "date_in_future"),
        ("month", "2026-13", "bad_month"),
        ("quantity", "1.23456", "bad_quantity"),
        ("quantity", "很多", "bad_quantity"),
        ("amount", "12,50", "price_decimal_comma"),
        ("amount", "1e12", "bad_amount"),
        ("pharmacy_code", "P99010299999", "unknown_pharmacy"),
        ("drug_code", "XJ01CAA501A001010199999", "unknown_drug"),
    ],
)
def test_a_bad_sale_is_refused_alone(town, column, value, code):
    header, row = SALES.splitlines()[:2]
    names = header.split(",")
    bad = dict(zip(names, row.split(","), strict=True)) | {column: f'"{value}"'}
    before = town.dump("sale", "sale_month", "meta", "reference_price", "pharmacy_index")
    report = town.take(
        "sales", f"{header}\n{','.join(bad[name] for name in names)}\n{row.replace('2026-09', '2026-11')}\n"
    )
    assert (counts(report), codes(report)) == ({"rows": 2, "added": 1, "refused": 1}, [(2, column, code)])
    assert town.dump("sale", "sale_month", "meta", "reference_price", "pharmacy_index") == before


def test_a_row_with_too_many_cells_is_refused_alone(town):
    report = town.price(GOOD, changed() + ",x", changed() + ",,,")
    assert (counts(report), codes(report)) == ({"rows": 3, "added": 2, "refused": 1}, [(3, "", "too_many_cells")])


def test_refused_rows_can_be_corrected_and_sent_again(town):
    town.price(GOOD, changed(price="免费"))
    assert counts(town.price(GOOD, changed(price="11.00"))) == {"rows": 2, "added": 1, "unchanged": 1}


def bomb(town: Town) -> bytes:
    """Return a workbook of which one part unpacks to hundreds of megabytes."""
    path = town.folder / "bomb.xlsx"
    path.write_bytes(as_sheet(town.folder, [["pharmacy_code"], [SHOPS[0]]]))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"\0" * (300 << 20))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda town: b"", "empty_file"),
        (lambda town: PRICE_HEADER.encode(), "no_rows"),
        (lambda town: b"<!DOCTYPE html><html><body>503</body></html>", "html_file"),
        (lambda town: b"shop,drug\n1,2\n", "missing_columns"),
        (lambda town: PRICES.replace("price", "drug_code").encode(), "duplicate_columns"),
        (lambda town: PRICE_HEADER.encode() + b"x" * (200 << 20), "line_too_long"),
        (lambda town: PRICES.encode() + b"P99010200001,\0\0\0\n", "nul_bytes"),
        (lambda town: PRICES.encode() + b'"P99010200001,\n', "unclosed_quote"),
        (lambda town: ("备注," + PRICES).replace("\n", "\n药店药品价格齐全,").encode()[:-2], "broken_utf8"),
        (lambda town: as_sheet(town.folder, [["a", "b"], [1, 2]])[:-50], "damaged_spreadsheet"),
        (bomb, "zip_bomb"),
        (lambda town: b'[{"pharmacy_code": "P"}, 5]', "not_an_object"),
        (lambda town: b'[{"pharmacy_code": "P"}', "bad_json"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_leaves_the_database_as_it_was(town, content, code):
    before = town.dump(), town.ledger()
    with pytest.raises(Unreadable) as caught:
        town.take("prices", content(town))
    assert (caught.value.code, town.dump(), town.ledger()) == (code, *before)
    assert counts(town.price(GOOD)) == {"rows": 1, "added": 1}
