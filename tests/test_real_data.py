"""Real files of others: real regions, pharmacies, drug codes and failed downloads; skipped where they are absent."""

import csv
import json
from dataclasses import replace

import pytest
from geopy.distance import geodesic

from pricecompare.calc.coordinates import to_wgs84
from pricecompare.errors import Unreadable
from pricecompare.services.desk import Desk
from pricecompare.services.grounds import nearby
from pricecompare.services.ingest import Asked, import_file
from pricecompare.store import create_store
from tests.conftest import NOW, SHARED
from tests.town import PRICES, Town, codes, counts

REAL = SHARED / "data"

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"{REAL} is absent: the real tables come with the shared folder beside the checkout"
)


@pytest.fixture(scope="module")
def shenzhen(tmp_path_factory):
    """The regions of China and the designated pharmacies of Shenzhen, and what became of each file."""
    path = tmp_path_factory.mktemp("shenzhen") / "prices.db"
    desk = Desk(create_store(str(path), cursor_key="", max_age_days=30), lambda: NOW)
    regions = import_file(desk, "regions", REAL / "cn" / "cpca_adcodes_with_coords.csv")
    gcj02 = Asked(declared={"datum": "gcj02"})
    shops = import_file(desk, "pharmacies", REAL / "cn" / "shenzhen_dingdian_pharmacies.json", gcj02)
    yield desk, regions, shops
    desk.store.close()


def test_all_divisions_of_china_go_in(shenzhen):
    desk, report, _ = shenzhen
    assert (counts(report), report.findings) == ({"rows": 3511, "added": 3511}, [])
    found = {region.id: region for region in desk.store.regions()}
    names = {code: (found[code].name, found[code].parent_id, found[code].pooling) for code in (110105, 440300, 440305)}
    assert names == {
        110105: ("朝阳区", 110100, False),
        440300: ("深圳市", 440000, True),
        440305: ("南山区", 440300, False),
    }
    pooling = {code // 10_000: 0 for code in found}
    for region in found.values():
        pooling[region.id // 10_000] += region.pooling
    assert {province: pooling[province] for province in (11, 12, 31, 44, 50)} == {11: 1, 12: 1, 31: 1, 44: 21, 50: 1}


def test_all_pharmacies_of_shenzhen_go_in(shenzhen):
    desk, _, report = shenzhen
    assert (report.upload.rows, report.upload.added, report.upload.refused) == (97, 97, 0)
    # Some districts are insurance regions that the administrative divisions do not know.
    assert {(finding.severity, finding.code, finding.en[:15]) for finding in report.findings} == {
        ("warning", "region_by_prefix", f"District {district}") for district in (440309, 440311)
    }
    assert {shop.region_id for shop in desk.store.pharmacies()} == {440300}
    assert all(shop.datum == "gcj02" and shop.lat is not None for shop in desk.store.pharmacies())


def test_the_list_without_coordinates_takes_none_away(shenzhen):
    desk, _, _ = shenzhen
    before = {shop.code: (shop.id, shop.name, shop.lat, shop.given_lng) for shop in desk.store.pharmacies()}
    report = import_file(desk, "pharmacies", REAL / "cn" / "shenzhen_dingdian_pharmacies.xlsx")
    assert (report.upload.rows, report.upload.added, report.errors) == (97, 0, [])
    assert {shop.code: (shop.id, shop.name, shop.lat, shop.given_lng) for shop in desk.store.pharmacies()} == before


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
@pytest.mark.parametrize(
    ("lat", "lng"), [(22.5431, 114.0579), (22.5333, 113.9305), (22.6946, 113.8145)], ids=["福田", "南山", "宝安"]
)
def test_the_nearest_pharmacies_are_those_of_geopy(shenzhen, datum, lat, lng):
    desk, _, _ = shenzhen
    here = to_wgs84(lat, lng, datum)
    rows = json.loads((REAL / "cn" / "shenzhen_dingdian_pharmacies.json").read_text("utf-8"))
    far = {row["code"]: geodesic(here, to_wgs84(row["lat"], row["lng"], "gcj02")).m for row in rows}
    ids = {shop.code: shop.id for shop in desk.store.pharmacies()}
    nearest = sorted(far, key=lambda code: (round(far[code], 3), ids[code]))[:5]
    found = nearby.pharmacies(desk, lat=lat, lng=lng, coord_type=datum, radius_km=50, limit=5)["items"]
    assert [item["code"] for item in found] == nearest
    assert [item["distance_m"] for item in found] == pytest.approx([far[code] for code in nearest], abs=1e-3)
    if datum == "gcj02":
        given = {row["code"]: (row["lat"], row["lng"]) for row in rows}
        assert [(item["lat"], item["lng"]) for item in found] == [
            pytest.approx(given[item["code"]], abs=1e-6) for item in found
        ]


def test_every_national_code_is_a_drug(store, tmp_path):
    desk = Desk(store, lambda: NOW)
    path = REAL / "cn" / "nhsa_codes_names.csv"
    report = import_file(desk, "drugs", path)
    assert (counts(report), report.findings) == ({"rows": 13_738, "added": 13_738}, [])
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [(drug.code, drug.name) for drug in store.drugs()] == [
            (row["nhsa_code"], row["generic_name"].strip()) for row in csv.DictReader(file)
        ]
    assert import_file(desk, "drugs", path) == replace(report, repeated=True)
    (tmp_path / "more.csv").write_bytes(path.read_bytes() + b"\n")
    assert counts(import_file(desk, "drugs", tmp_path / "more.csv")) == {"rows": 13_738, "unchanged": 13_738}


def test_full_rows_of_the_national_table_are_read_to_the_last_column(store):
    report = import_file(Desk(store, lambda: NOW), "drugs", REAL / "cn" / "nhsa_drug_rows_sample.csv")
    assert (counts(report), codes(report)) == ({"rows": 37, "added": 37}, [])
    drug = store.drug("XA01ABD075A002010200594")
    assert (drug.name, drug.brand, drug.form, drug.spec) == ("地喹氯铵含片", "", "片剂(含片)", "0.25mg")
    assert (drug.pack_count, drug.unit, drug.pack_unit, drug.maker) == (24, "片", "盒", "珠海同源药业有限公司")
    assert (drug.approval_no, drug.standard_code) == ("国药准字H44024254", "86900594000342")


@pytest.mark.parametrize(
    ("name", "code"),
    [("prezzo_alle_8_2026-03-15_is_html.csv", "html_file"), ("prezzo_alle_8_2026-03-19_empty.csv", "empty_file")],
    ids=["a web page", "nothing"],
)
def test_yesterdays_prices_survive_a_failed_download(store, tmp_path, name, code):
    town = Town(store, tmp_path)
    town.take_all()
    before = town.dump(), town.ledger()
    with pytest.raises(Unreadable) as caught:
        import_file(town.desk, "prices", REAL / "it_fuel" / "bad" / name)
    assert (caught.value.code, town.dump(), town.ledger()) == (code, *before)
    assert set(counts(town.again("prices", PRICES))) == {"rows", "unchanged"}
