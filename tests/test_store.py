"""The contract of the store: what is put in comes out, the same on both engines."""

from dataclasses import replace

import numpy as np
import pytest

from pricecompare.errors import Conflict
from pricecompare.models import KINDS, Extent, IndexRow, MarketKey, MarketRow, ReferencePrice, Sale, Upload, Versions
from pricecompare.store.columns import Words
from pricecompare.store.sql import SCHEMA_VERSION
from tests.made import CODES, REGIONS, Shop, drug, pharmacy

SHOPS = [Shop(1, 440305, 22.5, 114.0), Shop(2, 440306, None, None), Shop(3, 440402, 22.3, 113.5)]
UPLOAD = Upload(1, "prices", file_name="一.csv", sha256="ab", bytes=9, came_at=90, taken_at=100, rows=5, added=5)
KEY = MarketKey(440300, 1, "listed")
MARKET = MarketRow(2, 1.5, 1.25, 0.5, 1.0, 2.0, 1.0, 2.0, 1, 0, "2026-11-02", 7, 1, b"\0\xff\1")


@pytest.fixture
def filled(store):
    """A store with regions, drugs, pharmacies and one upload."""
    with store.writing():
        store.put_regions(REGIONS)
        store.put_drugs(drug(number, code) for number, code in enumerate(CODES, 1))
        store.put_pharmacies(map(pharmacy, SHOPS))
        store.put_upload(UPLOAD)
    return store


def test_a_new_store_is_empty(store):
    assert (store.regions(), store.drugs(), store.pharmacies(), store.extents()) == ([], [], [], [])
    assert store.counts() == {"regions": 0, "drugs": 0, "pharmacies": 0, "markets": 0}
    assert store.next_ids() == (1, 1, 1)
    assert (store.last_upload(), store.sale_months(), store.last_index_month(440300)) == (None, [], None)
    assert store.meta() == {
        "schema_version": str(SCHEMA_VERSION),
        "data_version": "0",
        "places_version": "0",
        "drugs_version": "0",
        "regions_version": "0",
        "holidays_version": "0",
        "standards_version": "0",
        "past_version": "0",
        "cursor_key": "test",
        "max_age_days": "30",
    }


def test_the_data_version_counts_up_and_leaves_the_others(store):
    with store.writing():
        assert [store.next_version(), store.next_version()] == [1, 2]
        store.put_meta(places_version=2, note="三")
    assert store.versions() == Versions(2, 2, 0)
    assert store.meta()["note"] == "三"


def test_regions_come_back_and_are_replaced(filled):
    assert filled.regions() == sorted(REGIONS, key=lambda region: region.id)
    other = replace(REGIONS[2], name="新名", pooling=True)
    filled.put_regions([other])
    assert [region for region in filled.regions() if region.id == other.id] == [other]


def test_an_extent_belongs_to_its_region_and_survives_its_renaming(filled):
    filled.put_extent(440300, 3, (1.5, 2.5, 3.5, 4.5))
    filled.put_extent(440400, 4, None)
    filled.put_regions([replace(REGIONS[1], name="新名")])
    assert filled.extents() == [Extent(440300, 3, 1.5, 2.5, 3.5, 4.5)]


def test_drugs_come_back_by_id_and_by_code(filled):
    drugs = [drug(number, code) for number, code in enumerate(CODES, 1)]
    assert filled.drugs() == drugs
    assert (filled.drug(CODES[1]), filled.drug("X")) == (drugs[1], None)
    assert filled.drug_ids() == {code: number for number, code in enumerate(CODES, 1)}
    filled.put_drugs([replace(drugs[0], pack_count=None, name="新名")])
    assert filled.pack_counts(range(1, 9)) == {2: 24, 3: 24, 4: 24}
    assert [filled.pack_counts(some) for some in ([], [1], [4, 2], [3, 900])] == [{}, {}, {2: 24, 4: 24}, {3: 24}]
    assert filled.drug(CODES[0]).name == "新名"


def test_pharmacies_come_back_by_region_and_by_code(filled):
    made = list(map(pharmacy, SHOPS))
    assert (filled.pharmacies(), filled.pharmacies(440300), filled.pharmacies(1)) == (made, made[:2], [])
    assert (filled.pharmacy(made[2].code), filled.pharmacy("P")) == (made[2], None)
    assert filled.pharmacy_places() == {one.code: (one.id, one.region_id) for one in made}
    assert filled.close_pharmacies("p44030599999") == (f"{made[0].code} 第1药店",)
    assert (filled.close_pharmacies("P4403"), filled.close_pharmacies("")) == ((), ())
    assert filled.next_ids() == (5, 4, 2)


def test_offers_are_loaded_replaced_taken_off_and_read_in_order(filled):
    filled.put_offers([(440300, 2, 1, "listed", 5, 0, 0, 9), (440300, 1, 2, "listed", 7, 1, 1, 8)])
    filled.put_offers([(440300, 1, 1, kind, 3, 2, 0, 10) for kind in ("online", "insured", "listed")])
    filled.put_offers([(440300, 2, 1, "listed", 6, 1, 1, 11)])
    filled.delete_offers([(440300, 1, 1, "listed"), (440300, 2, 2, "listed")])
    assert filled.offers_of_pharmacy(440300, 1) == [
        (1, "insured", 3, 2, 0, 10),
        (1, "online", 3, 2, 0, 10),
        (2, "listed", 7, 1, 1, 8),
    ]
    assert [row[0] for row in filled.offers_of_region(440300)] == [1, 1, 1, 2]
    assert list(filled.offers_of_region(440300))[3] == (2, 1, "listed", 6, 1, 1, 11)


@pytest.mark.parametrize("offer", [(1, 0, 0, 0), (100_000_000, 127, 1, 1 << 40), (300, 5, 1, 86_400)])
def test_what_stands_on_a_list_is_read_as_columns(filled, offer):
    filled.put_offers([(440300, 1, drug, kind, *offer) for drug in (2, 1) for kind in ("listed", "online")])
    lists = [(440300, 1, "online"), (440300, 1, "insured"), (440300, 2, "online")]
    found = [[column.tolist() for column in one.values()] for one in filled.offers_of_lists(lists)]
    assert found == [[[1, 2], *([value] * 2 for value in offer)], [[]] * 5, [[]] * 5]


STEPS = [(3, 90, None, 0, 1), (5, 0, 4, 0, 1), (7, 900, None, 1, 1), (9, 900, 7, 1, 1)]


def test_the_history_is_told_oldest_first_and_for_a_whole_drug(filled):
    filled.load_changes((440300, 1, "listed", shop, *step) for shop in (2, 1) for step in reversed(STEPS))
    assert filled.history(440300, 1, 1, "listed") == STEPS
    assert filled.history(440300, 1, 1, "online") == []
    assert filled.history_of_drug(KEY) == [(shop, *step) for shop in (1, 2) for step in STEPS]
    filled.delete_history([(440300, 1, "listed", 2)])
    assert filled.history_of_drug(KEY) == [(1, *step) for step in STEPS]


@pytest.mark.parametrize(
    ("fen", "held"), [(900, [0, 0, 0, 0, 0]), (90, [0, 0, 1, 1, 1])], ids=["what holds now", "what held before"]
)
def test_only_what_holds_now_is_released(filled, fen, held):
    filled.load_changes((440300, 1, "listed", 1, *step) for step in [*STEPS, (11, 900, 9, 1, 1)])
    filled.release_history([(440300, 1, "listed", 1, fen)])
    assert [step[3] for step in filled.history(440300, 1, 1, "listed")] == held


ONE = np.ones(1, int)
LOADS = {
    "changes": lambda store: store.load_changes([(440300, 1, "listed", 1, 5, 120, None, 0, 1)]),
    "offers": lambda store: store.load_offer_columns(440300 * ONE, ONE, ONE, Words(KINDS, 0 * ONE), *[ONE] * 4),
}


@pytest.mark.parametrize("load", LOADS.values(), ids=LOADS)
def test_what_is_there_already_cannot_be_loaded(filled, load):
    load(filled)
    with pytest.raises(Conflict) as caught:
        load(filled)
    assert caught.value.code == "integrity"


def test_a_market_comes_back_to_the_bit(filled):
    empty = MarketRow(0, *[None] * 7, 0, 0, None, 8, 1, b"")
    filled.put_markets([(KEY, MARKET), (KEY._replace(kind="online"), empty), (MarketKey(440400, 1, "listed"), MARKET)])
    assert (filled.market(KEY), filled.market(KEY._replace(kind="online"))) == (MARKET, empty)
    assert filled.market(KEY._replace(drug_id=2)) is None
    assert filled.market_keys(440300) == [KEY, KEY._replace(kind="online")]
    filled.put_markets([(KEY, MARKET._replace(n=3))])
    assert filled.market(KEY).n == 3
    assert filled.ageing("2026-11-01") == []
    assert filled.ageing("2026-11-02") == [KEY, MarketKey(440400, 1, "listed")]
    filled.update_markets([(KEY, MARKET._replace(n=4))])
    filled.load_markets([(MarketKey(440400, 2, "online"), MARKET)])
    asked = [KEY, KEY._replace(drug_id=9), MarketKey(440400, 2, "online")]
    assert filled.markets(asked) == [MARKET._replace(n=4), None, MARKET]
    assert filled.markets([]) == []
    filled.delete_markets([KEY])
    assert filled.market_keys(440300) == [KEY._replace(kind="online")]


def test_spreads_are_kept_by_province_and_kind(filled):
    filled.put_spreads(44, "listed", [(2, 0.25, 7), (1, 0.125, 4)])
    filled.put_spreads(44, "listed", [(2, 0.5, 8)])
    filled.put_spreads(44, "online", [(3, 0.5, 8)])
    assert filled.spreads(44, "listed") == [(1, 0.125, 4), (2, 0.5, 8)]
    assert filled.spreads_of(44, "listed", [2, 3]) == filled.spreads_of(44, "listed", [900, 2]) == {2: (0.5, 8)}
    assert sorted(filled.every_spread(44, "listed")) == [0.125, 0.5]
    filled.delete_spreads(44, "listed", [1, 3])
    assert (filled.spreads(44, "listed"), filled.spreads(44, "online")) == ([(2, 0.5, 8)], [(3, 0.5, 8)])
    assert filled.typical_spread(44, "listed") is None
    filled.put_typical_spread(44, "listed", 0.125)
    filled.put_typical_spread(44, "listed", 0.25)
    assert filled.typical_spread(44, "listed") == 0.25


def sale(region: int, month: str, sold: Sale) -> dict:
    return {"region_id": region, "month": month, "upload_id": 1, **sold._asdict()}


def test_sales_are_kept_by_region_and_month(filled):
    first, second, third = Sale(1, 2, 0.25, 100), Sale(1, 1, 3.0, -100), Sale(3, 1, 1.0, 5)
    filled.put_sales([sale(440300, "2026-09", first), sale(440300, "2026-09", second), sale(440400, "2026-08", third)])
    assert filled.sale_months() == [(440300, "2026-09"), (440400, "2026-08")]
    assert filled.sales_of_month(440300, "2026-09").tolist() == [second, first]
    assert filled.sales_of_month(440300, "2026-12").tolist() == []
    filled.put_sales([sale(440300, "2026-09", first._replace(quantity=9.5))])
    assert filled.sales_of_pharmacy(440300, "2026-09", 1) == [second, first._replace(quantity=9.5)]
    assert filled.sales_of_pharmacy(440300, "2026-08", 1) == []


def test_references_and_indices_of_a_month_are_replaced_whole(filled):
    old, new = ReferencePrice(1, 4, 2.5, 1000, 400.5), ReferencePrice(2, 5, 7.5, 2000, 300.25)
    filled.put_references(440300, "2026-09", [old])
    filled.put_references(440300, "2026-09", [new])
    assert (filled.references(440300, "2026-09"), filled.references(440300, "2026-08")) == ([new], [])
    rows = [index(1, None), index(2, 1.25)]
    columns = [{k: v for k, v in row._asdict().items() if k not in ("code", "name", "district_id")} for row in rows]
    filled.put_indices(440300, "2026-08", columns)
    filled.put_indices(440300, "2026-09", columns[:1])
    filled.put_indices(440300, "2026-09", columns)
    assert filled.indices(440300, "2026-09", "m") == [rows[1], rows[0]]
    assert filled.index(440300, "2026-09", "m", 1) == rows[0]
    assert filled.index(440300, "2026-09", "m", 3) is None
    assert filled.indices(440300, "2026-09", "other") == []
    assert (filled.last_index_month(440300), filled.last_index_month(440400)) == ("2026-09", None)


def index(shop: int, value: float | None) -> IndexRow:
    this = pharmacy(SHOPS[shop - 1])
    return IndexRow(
        *(shop, this.code, this.name, this.district_id, "m", 1, value, value, 3, 2.5, 0.5, 0.75, 900, "published")
    )


def test_all_of_a_pharmacy_follows_it(filled):
    filled.put_offers([(440300, one, 1, "listed", 3, 2, 0, 10) for one in (1, 2)])
    filled.load_changes([(440300, 1, "listed", one, 10, 3, None, 0, 1) for one in (1, 2)])
    filled.load_lists([(440300, one, "listed", 1, None, 1, b"x") for one in (1, 2)])
    filled.load_sale_lists([(440300, one, "2026-09", 1, 1, b"y") for one in (1, 2)])
    filled.put_runs([{"region_id": 440300, "kind": "listed", "pharmacy_id": one, **RUN} for one in (1, 2)])
    filled.put_sales([sale(440300, "2026-09", Sale(one, 1, 3.0, 100)) for one in (1, 2)])
    filled.move_pharmacy(1, 440300, 440400)
    for shop, region, other in ((1, 440400, 440300), (2, 440300, 440400)):
        assert [row[0] for row in filled.offers_of_region(region)] == [shop]
        assert filled.history(region, shop, 1, "listed") == [(10, 3, None, 0, 1)]
        assert filled.lists_of_pharmacy(region, shop, "listed") == [(1, None, 1, b"x")]
        assert filled.runs(region, "listed") == [(shop, *RUN.values())]
        assert filled.sale_lists(region, shop, "2026-09") == [(1, 1, b"y")]
        assert filled.sales_of_month(region, "2026-09").tolist() == [Sale(shop, 1, 3.0, 100)]
        assert filled.history(other, shop, 1, "listed") == filled.lists_of_pharmacy(other, shop, "listed") == []


RUN = {"since_at": 5, "until_at": 9}
