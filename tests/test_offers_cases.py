"""Offers one case at a time, on both engines: places, orders, ageing, pages, and what is refused."""

import math
from dataclasses import replace

import pytest
from geopy.distance import geodesic

from pricecompare.errors import Invalid, NotFound
from pricecompare.models import KINDS
from pricecompare.services.desk import Desk, Settings
from pricecompare.services.grounds import catalogue, nearby
from pricecompare.services.ingest import import_file
from pricecompare.services.offers import compare
from pricecompare.services.statistics import standing
from tests.conftest import NOW
from tests.made import CODES, REGIONS, Ask, Shop, filled, in_pages

CITY = (22.54, 114.05)


def ring(number, metres, district=440305, bearing=40.0):
    """Return a shop so many metres from CITY."""
    at = geodesic(meters=metres).destination(CITY, bearing)
    return Shop(number, district, at.latitude, at.longitude)


FROM_CITY = {"lat": CITY[0], "lng": CITY[1], "coord_type": "wgs84"}


def test_one_seller_alone_is_found_at_the_end_of_the_circle(store):
    desk = filled(store, [ring(n, 100 + n) for n in range(1, 40)] + [ring(40, 199_999)], [Ask(40, 1000)])
    answer = compare.offers(desk, CODES[0], **FROM_CITY, sort="distance", radius_km=200)
    assert [(item["pharmacy"]["id"], item["distance_m"]) for item in answer["items"]] == [(40, 199_999.0)]
    assert compare.offers(desk, CODES[0], **FROM_CITY, sort="distance", radius_km=199.9)["total"] == 0


def test_the_nearest_of_five_hundred_come_first(store):
    shops = [ring(n, (n * 7919) % 1000 + 0.5, bearing=n * 37 % 360) for n in range(1, 501)]
    desk = filled(store, shops, [Ask(shop.id, 1000 + shop.id % 7) for shop in shops])
    answer = compare.offers(desk, CODES[0], **FROM_CITY, sort="distance", radius_km=1)
    nearest = sorted(shops, key=lambda shop: geodesic(CITY, (shop.lat, shop.lng)).meters)[:20]
    assert answer["total"] == 500
    assert [item["pharmacy"]["id"] for item in answer["items"]] == [shop.id for shop in nearest]
    near = nearby.pharmacies(desk, **FROM_CITY, radius_km=1)
    assert [item["id"] for item in near["items"]] == [shop.id for shop in nearest]


def test_a_circle_asks_every_region_it_touches(store):
    shops = [ring(1, 900), ring(2, 800, 440402), ring(3, 700, 450102), ring(4, 6000, 440402)]
    desk = filled(store, shops, [Ask(shop.id, 1000) for shop in shops])
    answer = compare.offers(desk, CODES[0], **FROM_CITY, sort="distance")
    assert [(item["pharmacy"]["region"]["code"], item["distance_m"]) for item in answer["items"]] == [
        ("450100", 700.0), ("440400", 800.0), ("440300", 900.0),
    ]  # fmt: skip


TOWN = [ring(1, 100), ring(2, 200, 440306), Shop(3, 440305, None, None), ring(4, 300, 440402), ring(5, 5, 450102)]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"region": "440300"}, [3, 2, 1]),
        ({"region": "440305"}, [3, 1]),
        ({"region": "440306"}, [2]),
        ({"region": "440000"}, [4, 3, 2, 1]),
        ({"region": "440000", **FROM_CITY}, [4, 3, 2, 1]),
        ({"region": "440000", **FROM_CITY, "sort": "distance"}, [1, 2, 4, 3]),
        ({"region": "440305", **FROM_CITY, "sort": "distance"}, [1, 3]),
        ({"region": "440000", **FROM_CITY, "sort": "distance", "radius_km": 0.25}, [1, 2]),
        ({"region": "440306", **FROM_CITY, "radius_km": 0.15}, []),
        ({**FROM_CITY, "radius_km": 0.25}, [5, 2, 1]),
    ],
    ids=str,
)
def test_where_is_a_region_a_district_a_province_or_a_circle(store, place, expected):
    desk = filled(store, TOWN, [Ask(shop.id, 1000 - 10 * shop.id) for shop in TOWN])
    assert [item["pharmacy"]["id"] for item in compare.offers(desk, CODES[0], **place)["items"]] == expected
    sold = nearby.pharmacies(desk, **{name: place[name] for name in place if name != "sort"})
    assert sorted(item["id"] for item in sold["items"]) == sorted(expected)


def test_without_a_point_nobody_is_any_distance_away(store):
    desk = filled(store, TOWN, [Ask(1, 1000)])
    [item] = compare.offers(desk, CODES[0], region="440300")["items"]
    assert (item["distance_m"], item["value"]) == (None, None)


def test_sound_prices_come_before_doubtful_ones_and_old_ones_come_last(store):
    shops = [ring(n, n) for n in range(1, 10)]
    asks = [Ask(n, 1000 + n) for n in range(1, 7)] + [Ask(7, 100), Ask(8, 50, age=31), Ask(9, 12_000)]
    desk = filled(store, shops, asks)
    items = compare.offers(desk, CODES[0], region="440300")["items"]
    assert [item["pharmacy"]["id"] for item in items] == [1, 2, 3, 4, 5, 6, 7, 9, 8]
    assert [item["flag"] for item in items[6:]] == ["error_low", "error_high", None]
    assert [item["stale"] for item in items[6:]] == [False, False, True]
    figures = standing.statistics(desk, CODES[0], region="440305")
    assert (figures["n"], figures["stale"], figures["doubtful"], figures["low"]) == (6, 1, 2, "10.01")
    assert items[0]["local"] == {"region": "440300", "n": 6, "median": "10.04", "ratio": 0.9975, "percent": -0.2}


def test_a_price_ages_while_nobody_imports(store):
    shops = [ring(n, n) for n in range(1, 4)]
    filled(store, shops, [Ask(1, 1000, age=30), Ask(2, 1100), Ask(3, 1200)])
    tomorrow = Desk(store, lambda: NOW.replace(day=2))
    answer = compare.offers(tomorrow, CODES[0], region="440300")
    assert [(item["fen"], item["stale"], item["age_days"]) for item in answer["items"]] == [
        (1100, False, 1), (1200, False, 1), (1000, True, 31),
    ]  # fmt: skip
    assert answer["items"][0]["local"]["median"] == "11.50"
    figures = standing.statistics(tomorrow, CODES[0], region="440300")
    assert (figures["n"], figures["stale"], figures["mean"]) == (2, 1, "11.50")


def test_a_flag_ends_when_its_price_is_old(store):
    shops = [ring(n, n) for n in range(1, 7)]
    desk = filled(store, shops, [Ask(1, 3000, age=30), *(Ask(n, 1000 + n) for n in range(2, 7))])
    for asked, flag in ((desk, "very_high"), (Desk(store, lambda: NOW.replace(day=2)), None)):
        assert compare.offers(asked, CODES[0], region="440300")["items"][-1]["flag"] == flag


@pytest.mark.parametrize(("cost", "expected"), [("0.10", [3, 2, 1]), ("1", [2, 1, 3]), ("100", [1, 2, 3])])
def test_value_is_price_plus_what_the_way_costs(store, cost, expected):
    shops = [ring(1, 100), ring(2, 1000), ring(3, 4000)]
    desk = filled(store, shops, [Ask(1, 1200), Ask(2, 1050), Ask(3, 1000)])
    answer = compare.offers(desk, CODES[0], **FROM_CITY, sort="value", cost_per_km=cost)
    assert [item["pharmacy"]["id"] for item in answer["items"]] == expected
    values = {item["pharmacy"]["id"]: float(item["value"]) for item in answer["items"]}
    yuan = float(cost)
    assert values == pytest.approx({1: 12 + 0.1 * yuan, 2: 10.5 + yuan, 3: 10 + 4 * yuan}, abs=0.0051)


@pytest.mark.parametrize("sort", ["price", "distance", "value"])
def test_an_import_between_two_pages_breaks_nothing(store, tmp_path, sort):
    shops = [ring(n, 10 * n) for n in range(1, 31)]
    desk = filled(store, shops, [Ask(shop.id, 4000 + shop.id) for shop in shops])
    asked = {**FROM_CITY, "sort": sort, "limit": 10}
    first = compare.offers(desk, CODES[0], **asked)
    rows = [
        f"{shop.code},{CODES[0]},listed,{40.5 + shop.id / 2:.2f},2026-11-01T12:05:00+08:00,in" for shop in shops[5:]
    ]
    (tmp_path / "prices.csv").write_text(
        "\n".join(["pharmacy_code,drug_code,kind,price,observed_at,stock", *rows]), encoding="utf-8"
    )
    assert import_file(desk, "prices", tmp_path / "prices.csv").upload.changed == 25
    rest = in_pages(lambda cursor_given, **question: compare.offers(
        desk, CODES[0], **question, cursor_given=cursor_given or first["next"]), **asked)  # fmt: skip
    # Whoever ended the first page, or was on it and has become dearer, may come once more with the new price.
    assert [item["fen"] for item in rest] == [4050 + 50 * shop.id for shop in shops[5:]][-len(rest) :]
    assert len(rest) == (21 if sort == "distance" else 25)


@pytest.mark.parametrize("km", [0, -1, 1e9, math.nan, math.inf, 200.001])
@pytest.mark.parametrize("question", [compare.offers, nearby.pharmacies], ids=["offers", "pharmacies"])
def test_a_circle_needs_a_radius_that_can_be(store, question, km):
    desk = filled(store, TOWN)
    code = [CODES[0]] if question is compare.offers else []
    with pytest.raises(Invalid) as error:
        question(desk, *code, **FROM_CITY, radius_km=km)
    assert (error.value.code, error.value.field) == ("bad_radius", "radius_km")


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({}, "no_place", "lat"),
        ({"lat": 22.5}, "half_a_coordinate", "lng"),
        ({"lng": 114.0, "region": "440300"}, "half_a_coordinate", "lat"),
        ({"lat": 91, "lng": 0}, "bad_latitude", "lat"),
        ({"lat": 0, "lng": math.nan}, "bad_longitude", "lng"),
        ({"region": "440300", "radius_km": 3}, "radius_needs_point", "radius_km"),
        ({"region": "440300", "sort": "distance"}, "sort_needs_point", "sort"),
        ({"region": "440300", "sort": "value"}, "sort_needs_point", "sort"),
        ({"region": "440300", "max_age_days": -1}, "bad_age", "max_age_days"),
        ({"region": "440300", "limit": 0}, "bad_limit", "limit"),
        ({"region": "440300", "limit": 201}, "bad_limit", "limit"),
        ({"region": "440300", "cursor_given": "WzBd.x"}, "bad_cursor", "cursor"),
        ({**FROM_CITY, "coord_type": "mars"}, "unknown_datum", None),
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_is_refused(store, asked, code, field):
    desk = filled(store, TOWN, [Ask(1, 1000)])
    with pytest.raises(Invalid) as error:
        compare.offers(desk, CODES[0], **asked)
    assert (error.value.code, field and error.value.field) == (code, field)


@pytest.mark.parametrize(
    ("region", "suggested"),
    [
        ("440301", ["440300 甲市", "440305 甲东区", "440306 甲西区"]),
        ("乙市", ["440400 乙市"]),
        ("４４０３００", ["440300 甲市", "440305 甲东区", "440306 甲西区"]),
        ("", []),
        ("999999", []),
        ("123456", ["450000 丙省", "450100 丙市", "450102 丙区", "440305 甲东区", "440306 甲西区"]),
        ("甲冬区", ["440305 甲东区", "440306 甲西区", "440000 甲省", "440300 甲市", "440402 乙区"]),
        ("é", []),
    ],
)
def test_an_unknown_region_suggests_those_like_it(store, region, suggested):
    desk = filled(store, TOWN)
    with pytest.raises(NotFound) as error:
        compare.offers(desk, CODES[0], region=region)
    assert (error.value.code, list(error.value.suggestions)) == ("unknown_region", suggested)


def test_a_cursor_is_good_for_its_own_question_only(store):
    desk = filled(store, TOWN, [Ask(shop.id, 1000) for shop in TOWN])
    cursor = compare.offers(desk, CODES[0], region="440300", limit=1)["next"]
    for other in ({"region": "440400"}, {"region": "440300", "in_stock": True}):
        with pytest.raises(Invalid, match="cursor"):
            compare.offers(desk, CODES[0], **other, limit=1, cursor_given=cursor)


def test_a_renamed_region_is_shown_by_its_new_name(store):
    desk = filled(store, TOWN, [Ask(1, 1000)])
    for name in ("甲市", "新甲市"):
        with store.writing():
            store.put_regions([replace(region, name=name) for region in REGIONS if region.id == 440300])
            store.put_meta(places_version=store.next_version())
        [item] = compare.offers(desk, CODES[0], region="440300")["items"]
        assert item["pharmacy"]["region"] == {"code": "440300", "name": name}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_are_never_mixed(store, kind):
    desk = filled(store, TOWN, [Ask(1, 1000 + place, kind=name) for place, name in enumerate(KINDS)])
    assert [item["fen"] for item in compare.offers(desk, CODES[0], region="440300", kind=kind)["items"]] == [
        1000 + KINDS.index(kind)
    ]


def test_an_empty_store_has_no_answer_and_no_error(store):
    desk = filled(store, [])
    for place in ({"region": "440300"}, {"region": "440000"}, FROM_CITY):
        assert compare.offers(desk, CODES[0], **place)["items"] == []
        assert nearby.pharmacies(desk, **place)["items"] == []
    assert catalogue.regions(desk)["total"] == len(REGIONS)


def test_the_cap_of_the_radius_is_a_setting(store):
    desk = filled(store, TOWN, [Ask(1, 1000)])
    wide = Desk(store, desk.clock, Settings(max_radius_km=20_100))
    assert compare.offers(wide, CODES[0], lat=-22.54, lng=-65.95, radius_km=20_100)["total"] == 1
