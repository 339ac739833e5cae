"""Lines under a price list: refused once each by what they are, and never where a code or a price stands in them."""

import pytest

from tests.made import CODES
from tests.town import PRICE_HEADER, SHOPS, Town, as_sheet, codes, counts, rows_of

GOOD = f"{SHOPS[0]},{CODES[3]},12.50,2026-10-28,listed,in"
SHOP, DRUG = SHOPS[1], CODES[3]


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    return town


FOOTERS = [
    "合计",
    "合计,,,,,",
    "合计：12 种,,,,,",
    ",总计,,,,",
    "　小计　,,,,,",
    "合 计：,,,,,",
    "总　　计,,,,,",
    "制 表 人：李四　　审 核 人：王五,,,,,",
    "制表人：李四,,,,,",
    "制表人：,李四,,审核人：,王五,",
    "打印时间：2026-10-31 09:30,,,,,",
    "打印时间,2026-10-31 09:30,,,,",
    "Total,,,,,",
    "total: 3 drugs,,,,,",
    "TOTAL (3),,,,,",
]
ROWS = [
    f"合计,{DRUG},,2026-10-28,listed,in",
    f"{SHOP},合计,,,,",
    "合计,,1234.50,,,",
    "合计,,免费3,,,",
    f"总计,{DRUG},11.00,2026-10-28,listed,in",
    f"{SHOP},{DRUG},合计,,,",
    "Totalan,,,,,",
    "合计药店,,,,,",
    "合 计 药 店,,,,,",
    "备注,,,,,",
]


def sent(town, form, *lines):
    text = PRICE_HEADER + "\n".join(lines) + "\n"
    return town.take("prices", text if form == "csv" else as_sheet(town.folder, rows_of(text)))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_line_under_the_table_is_refused_once_as_what_it_is(town, form):
    report = sent(town, form, GOOD, *FOOTERS)
    assert codes(report) == [(row, "", "footer_line") for row in range(3, 3 + len(FOOTERS))]
    assert counts(report) == {"rows": 1 + len(FOOTERS), "added": 1, "refused": len(FOOTERS)}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_row_with_a_code_or_a_price_is_never_one(town, form):
    report = sent(town, form, GOOD, *ROWS)
    assert "footer_line" not in {code for _, _, code in codes(report)}
    assert {row for row, _, _ in codes(report)} == set(range(3, 3 + len(ROWS)))
    assert counts(report) == {"rows": 1 + len(ROWS), "added": 1, "refused": len(ROWS)}


def test_a_line_under_a_full_list_leaves_the_list_whole(town):
    first = [f"{SHOPS[0]},{code},12.50,2026-10-29,online,in" for code in CODES[:2]]
    town.full(*first, source="s")
    after = town.full(f"{SHOPS[0]},{CODES[0]},12.50,2026-10-30,online,in", ",合计,,,,", source="s")
    assert (counts(after)["refused"], counts(after)["gone"]) == (1, 1)
