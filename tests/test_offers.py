"""Offers against plain rows and geopy: who answers, how far, in which order, page by page."""

import math
import re
from statistics import fmean, median

import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.coordinates import to_wgs84
from pricecompare.models import STOCKS
from pricecompare.services.offers import compare
from pricecompare.services.statistics import standing
from pricecompare.store import create_store
from tests.made import CODES, POOLING, Ask, Shop, filled, in_pages

MM = 1e-3
CITY = (22.54, 114.05)
BASES = [CITY, (23.6, 115.2), (39.9, 116.4), (90.0, 0.0), (-90.0, 10.0), (0.0, 180.0), (1e-7, -180.0), (-22.54, -65.9)]
OFFSETS = st.sampled_from([0.0, 1e-8, -1e-5, 1e-5, -0.003, 0.004, 0.05, -0.3, 1.7])
FEN = st.one_of(st.sampled_from([900, 1000, 1000, 1001]), st.integers(800, 1200), st.sampled_from([1, 200, 5000, 9999]))
ALL = {"limit": 200}


@st.composite
def spots(draw):
    (lat, lng), north, east = draw(st.sampled_from(BASES)), draw(OFFSETS), draw(OFFSETS)
    return min(90.0, max(-90.0, lat + north)), (lng + east + 180) % 360 - 180


@st.composite
def towns(draw):
    places = draw(st.lists(st.one_of(spots(), spots(), st.just((None, None))), min_size=1, max_size=14))
    shops = [Shop(number, draw(st.sampled_from(list(POOLING))), *at) for number, at in enumerate(places, 1)]
    asks = st.tuples(FEN, st.sampled_from([0, 0, 0, 3, 30, 31, 90]), st.sampled_from([0, 1, 2, 3, 127]))
    kinds = st.sampled_from([("listed",), ("listed",), ("listed", "online"), ("online",), ()])
    return shops, [Ask(shop.id, *draw(asks), kind) for shop in shops for kind in draw(kinds)]


@st.composite
def questions(draw):
    region = draw(st.sampled_from([None, None, "440300", "440305", "440000", "450000"]))
    asked = {"kind": draw(st.sampled_from(["listed", "listed", "online"])), "in_stock": draw(st.booleans())}
    asked |= draw(st.sampled_from([{}, {"max_age_days": 0}, {"max_age_days": 30}, {"max_age_days": 90}]))
    if region is not None:
        asked["region"] = region
        if draw(st.booleans()):
            return asked
    asked["lat"], asked["lng"] = draw(spots())
    asked["coord_type"] = draw(st.sampled_from(["wgs84", "gcj02", "bd09"]))
    asked["sort"] = draw(st.sampled_from(["price", "distance", "value"]))
    radius = st.sampled_from([1e-6, 0.001, 0.5, 5.0, 40.0, 200.0])
    return asked | draw(st.one_of(radius.map(lambda km: {"radius_km": km}), st.just({})))


def province(region):
    return region // 10_000


def fresh(ask):
    return ask.age <= 30


def doubtful(shops, asks, ask):
    """Say whether a fresh price is five times the middle one of its province, or a fifth of it; 9999: three times."""
    home = {shop.id: province(shop.district) for shop in shops}
    those = [one.fen for one in asks if one.kind == ask.kind and home[one.shop] == home[ask.shop] and fresh(one)]
    far = max(ask.fen / median(those), median(those) / ask.fen) if fresh(ask) else 0
    return len(those) >= 5 and far >= (3 if re.fullmatch(r"(\d)\1{3,}0*", str(ask.fen)) else 5)


def inside(shop, region):
    above = {shop.district, POOLING[shop.district], province(shop.district) * 10_000}
    return region is None or int(region) in above


def far(here, shop):
    """Return metres by geopy; infinite where the shop's place is not known, 0 when nobody asked from anywhere."""
    if here is None:
        return 0.0
    return math.inf if shop.lat is None else geodesic(here, (shop.lat, shop.lng)).meters


def plain(shops, asks, asked):
    """Return what should be answered: {shop: (tier, metres, ask)}, and the shops on the very edge of the radius."""
    here = to_wgs84(asked["lat"], asked["lng"], asked["coord_type"]) if "lat" in asked else None
    radius = asked.get("radius_km", math.inf if "region" in asked else 5.0) * 1000
    found, edge = {}, set()
    for ask in asks:
        shop = shops[ask.shop - 1]
        metres, there = far(here, shop), inside(shop, asked.get("region"))
        wanted = ask.kind == asked["kind"] and ask.age <= asked.get("max_age_days", 999)
        if wanted and there and metres <= radius + MM and (ask.stock not in (0, 2) or not asked["in_stock"]):
            tier = 1 if doubtful(shops, asks, ask) else 0
            found[shop.id] = (tier if fresh(ask) else 2, metres, ask)
            edge |= {shop.id} if metres > radius - MM else set()
    return found, edge


def keys(asked, tier, metres, fen, shop):
    """Return (what must be in order to the fen, what must be in order to a millimetre) of one answer."""
    sort = asked.get("sort", "price")
    if sort == "price":
        return (tier, fen), metres, shop
    return (tier,), metres if sort == "distance" else fen + metres / 10, (fen, shop) if sort == "distance" else shop


@settings(max_examples=400)
@given(town=towns(), asked=questions(), size=st.integers(1, 6))
def test_the_answer_is_that_of_plain_rows(town, asked, size):
    shops, asks = town
    store = create_store(":memory:", cursor_key="test", max_age_days=30)
    desk = filled(store, shops, asks)
    answer = compare.offers(desk, CODES[0], **asked, **ALL)
    expected, edge = plain(shops, asks, asked)
    shown = [item["pharmacy"]["id"] for item in answer["items"]]
    assert len(shown) == len(set(shown)) == answer["total"]
    assert set(expected) - edge <= set(shown) <= set(expected)
    for item in answer["items"]:
        assert_shown(item, *expected[item["pharmacy"]["id"]], asked)
    assert_in_order([expected[shop] for shop in shown], asked, shops)
    assert in_pages(compare.offers, desk=desk, code=CODES[0], **asked, limit=size) == answer["items"]
    store.close()


def assert_shown(item, tier, metres, ask, asked):
    place = math.isinf(metres) or "lat" not in asked
    assert (item["fen"], item["stale"], item["age_days"]) == (ask.fen, tier == 2, ask.age)
    packs = ask.stock - 2 if ask.stock > 2 else None
    there = STOCKS[ask.stock] if packs is None else "in"
    assert (item["price"], item["stock"], item["stock_packs"]) == (f"{ask.fen / 100:.2f}", there, packs)
    assert str(item["flag"]).startswith("error") == (tier == 1)
    assert item["flag"] is None or tier < 2
    assert item["distance_m"] == (None if place else pytest.approx(metres, abs=MM))
    valued = asked.get("sort") == "value" and not place
    assert (
        item["value"] is None
        if not valued
        else float(item["value"]) == pytest.approx((ask.fen + metres / 10) / 100, abs=0.00501)
    )


def assert_in_order(rows, asked, shops):
    places = [(shops[ask.shop - 1].lat, shops[ask.shop - 1].lng) for _, _, ask in rows]
    ranks = [keys(asked, tier, metres, ask.fen, ask.shop) for tier, metres, ask in rows]
    pairs = zip(ranks, ranks[1:], places, places[1:], strict=False)
    for (exact, near, last), (exact_next, near_next, last_next), place, place_next in pairs:
        assert exact <= exact_next
        if exact == exact_next:
            assert near <= near_next + MM or near == math.inf == near_next
        # geopy's 0.0 may be a millionth of a millimetre to us; the same place is the same distance to both.
        if (exact, place) == (exact_next, place_next) and asked.get("sort") != "value":
            assert last < last_next


@given(town=towns(), region=st.sampled_from([440300, 440400, 450100]))
def test_statistics_are_those_of_fresh_sound_prices(town, region):
    shops, asks = town
    store = create_store(":memory:", cursor_key="test", max_age_days=30)
    found = standing.statistics(filled(store, shops, asks), CODES[0], region=str(region))
    store.close()
    here = [ask for ask in asks if POOLING[shops[ask.shop - 1].district] == region and ask.kind == "listed"]
    doubted = [ask for ask in here if doubtful(shops, asks, ask)]
    sound = [ask.fen for ask in here if fresh(ask) and ask not in doubted]
    stale = sum(not fresh(ask) for ask in here)
    assert (found["n"], found["stale"], found["doubtful"]) == (len(sound), stale, len(doubted))
    wanted = {"mean_fen": fmean, "median_fen": median, "low_fen": min, "high_fen": max}
    for name, figure in wanted.items():
        assert found[name] == (pytest.approx(figure(sound)) if sound else None)
