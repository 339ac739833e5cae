"""Good files: taken once, unchanged the second time, the same whatever they are written in."""

import pytest

from pricecompare.calc.index import METHOD_ID
from pricecompare.errors import Conflict, Invalid, Unreadable
from pricecompare.services.markets.rebuild import rebuild
from tests.made import CODES
from tests.town import ALL, DRUGS, PHARMACIES, PRICES, REGIONS, SALES, SHOPS, Town, as_json, as_sheet, codes, counts
from tests.town import rows_of as cells

ORDER = list(ALL)


@pytest.fixture
def town(store, tmp_path):
    return Town(store, tmp_path)


@pytest.mark.parametrize("what", ORDER)
def test_a_file_is_new_once_and_then_unchanged(town, what):
    town.take_all(until=what)
    rows = len(ALL[what].splitlines()) - 1
    first = town.take(what, ALL[what])
    assert (counts(first), first.findings) == ({"rows": rows, "added": rows}, [])
    before = town.dump()
    again = town.again(what, ALL[what])
    assert (counts(again), again.findings) == ({"rows": rows, "unchanged": rows}, [])
    assert town.dump() == before
    assert (again.upload.id, again.upload.data_version) == (first.upload.id + 1, None)


def test_a_town_equals_its_rebuild(town):
    town.take_all()
    before = town.dump("meta")
    assert before["market"] and before["pharmacy_index"] and before["reference_price"]
    assert rebuild(town.desk).changed == 0
    assert town.dump("meta") == before


@pytest.mark.parametrize(
    ("what", "old", "new"),
    [
        ("regions", "望江区", "望河区"),
        ("drugs", "药3,片剂", "药3,胶囊剂"),
        ("pharmacies", "路2号,28.22", "路2号,28.23"),
        ("prices", f"{SHOPS[0]},{CODES[0]},10.00,2026-10-20", f"{SHOPS[0]},{CODES[0]},10.01,2026-10-30"),
        ("sales", f"{SHOPS[0]},{CODES[0]},2026-09,3", f"{SHOPS[0]},{CODES[0]},2026-09,4"),
    ],
    ids=ORDER,
)
def test_one_change_changes_one_row_and_no_id(town, what, old, new):
    town.take_all()
    before, versions = town.dump(), town.store.versions()
    changed = sum(old in line for line in ALL[what].splitlines())
    report = town.take(what, ALL[what].replace(old, new))
    rows = len(ALL[what].splitlines()) - 1
    assert counts(report) == {"rows": rows, "changed": changed, "unchanged": rows - changed}
    assert town.store.versions().data == versions.data + 1
    ids = [(drug.code, drug.id) for drug in town.store.drugs()] + sorted(town.store.pharmacy_places().items())
    assert ids == [(code, number) for number, code in enumerate(CODES, 1)] + [
        (code, (number, int(code[1:5]) * 100)) for number, code in enumerate(SHOPS, 1)
    ]
    after = town.dump()
    assert {len(after[table]) - len(before[table]) for table in after if table != "price_change"} == {0}
    assert len(after["price_change"]) - len(before["price_change"]) == (changed if what == "prices" else 0)


def written(town: Town, what: str) -> dict[str, bytes]:
    """Return a table in every form it may come in."""
    text = ALL[what]
    return {
        "UTF-8": text.encode(),
        "UTF-8 with BOM": ("\ufeff" + text).encode(),
        "GB18030": text.encode("gb18030"),
        "CRLF and semicolons": text.replace(",", ";").replace("\n", "\r\n").encode(),
        "JSON": as_json(text),
        "XLSX": as_sheet(town.folder, cells(text)),
    }


@pytest.mark.parametrize("what", ORDER)
def test_it_does_not_matter_what_a_table_is_written_in(town, what):
    town.take_all()
    before = town.dump()
    # Of plain digits and letters UTF-8 and GB18030 are the same bytes.
    for content, form in {content: form for form, content in written(town, what).items()}.items():
        report = (town.again if content == ALL[what].encode() else town.take)(what, content)
        rows = len(ALL[what].splitlines()) - 1
        assert (form, counts(report), town.dump()) == (form, {"rows": rows, "unchanged": rows}, before)


def test_a_new_town_from_sheets_is_the_same_town(town, tmp_path):
    for what in ORDER:
        numbers = [[number(cell) for cell in row] for row in cells(ALL[what])]
        assert town.take(what, as_sheet(tmp_path, numbers)).findings == []
    sheets = town.dump()
    for what in ORDER:
        assert counts(town.take(what, ALL[what])).keys() == {"rows", "unchanged"}
    assert town.dump() == sheets


def number(cell: str) -> object:
    """Return what Excel makes of a cell that looks like a number."""
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize(
    ("what", "column", "value", "name", "code"),
    [
        ("pharmacies", "coord_type", "gcj02", "datum", "datum_missing"),
        ("prices", "observed_at", "2026-10-25", "observed_at", "missing_columns"),
        ("sales", "month", "2026-09", "month", "missing_columns"),
    ],
)
def test_what_all_rows_share_is_declared_or_in_a_column(town, what, column, value, name, code):
    town.take_all(until=what)
    header, *rows = cells(ALL[what])
    at = header.index(column)
    without = "\n".join(",".join(row[:at] + row[at + 1 :]) for row in [header, *rows])
    before = town.dump(), town.ledger()
    with pytest.raises(Unreadable) as caught:
        town.take(what, without)
    assert (caught.value.code, town.dump(), town.ledger()) == (code, *before)
    assert counts(town.take(what, without, **{name: value})) == {"rows": len(rows), "added": len(rows)}
    same = "\n".join(",".join(row[:at] + [value] + row[at + 1 :]) for row in rows)
    assert counts(town.take(what, ",".join(header) + "\n" + same)) == {"rows": len(rows), "unchanged": len(rows)}


def test_a_declared_value_must_make_sense_too(town):
    town.take_all(until="prices")
    with pytest.raises(Invalid) as caught:
        town.take("prices", PRICES.replace("observed_at", "x"), observed_at="昨天")
    assert caught.value.code == "bad_date"


def test_what_is_not_a_kind_of_file_is_refused(town):
    with pytest.raises(Invalid) as caught:
        town.take("shops", PHARMACIES)
    assert caught.value.code == "nothing_to_import"


@pytest.mark.parametrize(
    ("what", "content"),
    [
        ("drugs", "drug_code,generic_name\n" + "".join(f"{code},药{at}\n" for at, code in enumerate(CODES, 1))),
        ("pharmacies", "机构编码,机构名称\n" + "".join(f"{code},第{at}药店\n" for at, code in enumerate(SHOPS, 1))),
        ("regions", "code,name\n" + "".join(",".join(row[:2]) + "\n" for row in cells(REGIONS)[1:])),
    ],
    ids=["drugs", "pharmacies", "regions"],
)
def test_a_file_with_fewer_columns_takes_nothing_away(town, what, content):
    town.take_all()
    before = town.dump()
    assert set(counts(town.take(what, content))) == {"rows", "unchanged"}
    assert town.dump() == before


def test_a_blank_cell_in_a_column_does_take_away(town):
    town.take_all(until="prices")
    town.take("pharmacies", f"pharmacy_code,name,address,lat,lng,coord_type\n{SHOPS[0]},第1药店,,,,\n")
    found = town.store.pharmacy(SHOPS[0])
    assert (found.address, found.lat, found.lng, found.datum, found.given_lat) == ("", None, None, "", None)


def test_regions_may_come_in_any_order_and_leave_out_what_their_codes_say(town):
    header, *rows = (
        REGIONS.replace("沅口市,990000,city,1", "沅口市,,,").replace("青石区,990100,county,0", "青石区,,,").split()
    )
    town.take("regions", "\n".join([header, *reversed(rows)]))
    found = {region.id: (region.parent_id, region.level, region.pooling) for region in town.store.regions()}
    assert found[990200] == (990000, "city", True)
    assert (found[990102], found[990202]) == ((990100, "county", False), (990200, "county", False))


def test_sales_of_one_drug_and_month_are_parts_and_a_later_file_replaces_them(town):
    town.take_all()
    where = f"{SHOPS[0]},{CODES[0]}"
    header = SALES.splitlines()[0]
    parts = [
        f"{where},2026-09,0.1,1.005",
        f"{where},2026-09-15,0.2,2.5",
        f"{where},2026-10,1,9",
        f"{where},2026-09,-0.05,-1",
    ]
    report = town.take("sales", "\n".join([header, *parts]))
    assert counts(report) == {"rows": 4, "added": 1, "changed": 1}
    sold = [sale[1:] for month in ("2026-09", "2026-10") for sale in town.store.sales_of_pharmacy(990100, month, 1)]
    assert [(quantity, fen) for drug, quantity, fen in sold if drug == 1] == [(0.25, 251), (1.0, 900)]
    assert town.store.last_index_month(990100) == "2026-10"
    before = town.dump("meta")
    assert rebuild(town.desk).months == 3
    assert town.dump("meta") == before


def test_sales_that_all_went_back_leave_no_index_to_compute(town):
    town.take_all(until="prices")
    header = SALES.splitlines()[0]
    town.take("sales", f"{header}\n{SHOPS[0]},{CODES[0]},2026-09,-2,-20\n{SHOPS[1]},{CODES[0]},2026-09,0,0\n")
    assert [row.value for row in town.store.indices(990100, "2026-09", METHOD_ID)] == [None, None]
    assert town.store.references(990100, "2026-09") == []


def test_every_row_refused_changes_nothing_but_the_ledger(town):
    town.take_all()
    before, files = town.dump(), town.ledger()
    report = town.price(f"{SHOPS[0]},{CODES[0]},-1,2026-10-30,listed,in")
    assert (counts(report), codes(report)) == ({"rows": 1, "refused": 1}, [(2, "price", "price_not_positive")])
    after = town.ledger()
    assert (
        town.dump(),
        {table: len(after[table]) - len(files[table]) for table in after if after[table] != files[table]},
    ) == (before, {"upload": 1, "refused_row": 1, "refused_file": 1})


def test_regions_with_pharmacies_cannot_lose_their_pooling_region(town):
    town.take_all()
    before = town.dump()
    with pytest.raises(Conflict) as caught:
        town.take("regions", REGIONS.replace("990000,city,1", "990000,city,0"))
    assert (caught.value.code, town.dump()) == ("no_pooling_left", before)
    assert counts(town.again("drugs", DRUGS)) == {"rows": 4, "unchanged": 4}
