"""Who sells a drug nearby: counts inside circles and districts are those of the offers there, whatever changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pricecompare.calc.distance import metres, points
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.searching import popularity
from pricecompare.services.searching.crowds import Crowds
from pricecompare.services.searching.search import drugs, suggestions
from tests.made import CODES, Ask, Shop, drug, filled
from tests.town import SHOPS, Town

HERE = (22.54, 114.05)
KINDS = ("listed", "online", "insured")
NAMES = ("阿莫西林胶囊", "阿莫西林片", "阿莫西林颗粒", "阿莫西林散")


def city_of(store, seed):
    """Return a desk with shops around a point in three districts, some of them nowhere, and what they ask."""
    rng = np.random.default_rng(seed)
    shops = [
        Shop(number, int(rng.choice([440305, 440306, 440402])), *(at if rng.random() < 0.95 else (None, None)))
        for number, at in enumerate((np.array(HERE) + 0.04 * rng.standard_normal((150, 2))).tolist(), 1)
    ]
    # Some kinds are told by many in one half of the town only.
    shares = {(one, kind): rng.random(2) for one in range(1, 5) for kind in KINDS}
    asks = [
        Ask(shop.id, 1000, kind=kind, drug=one)
        for shop in shops
        for (one, kind), share in shares.items()
        if rng.random() < share[int((shop.lat or 0) > HERE[0])]
    ]
    sold = [replace(drug(number, code), name=NAMES[number - 1]) for number, code in enumerate(CODES, 1)]
    return filled(store, shops, asks, sold)


def counted(store, region=None, here=None, radius_km=None):
    """Return the sellers of each drug inside a place, one offer after the other: of several kinds the most told."""
    shops, total = {shop.id: shop for shop in store.pharmacies()}, {}
    for pooling in sorted({shop.region_id for shop in shops.values()}):
        told = {}
        for pharmacy, drug_id, kind, *_ in store.offers_of_region(pooling):
            if is_inside(shops[pharmacy], region, here, radius_km):
                kinds = told.setdefault(drug_id, {})
                kinds[kind] = kinds.get(kind, 0) + 1
        for drug_id, kinds in told.items():
            total[drug_id] = total.get(drug_id, 0) + max(kinds.values())
    return total


def is_inside(shop, region, here, radius_km):
    if region is not None and region not in (shop.district_id, shop.region_id, shop.region_id // 10_000 * 10_000):
        return False
    return radius_km is None or (
        shop.lat is not None and bool(metres(here, points([shop.lat], [shop.lng]))[0] <= radius_km * 1000)
    )


def told(desk, region=None, here=None, radius_km=None, q="阿莫西林"):
    place = {"region": region and str(region), "radius_km": radius_km, "coord_type": "wgs84"}
    place |= {"lat": here[0], "lng": here[1]} if here else {}
    return {one["id"]: one["sellers"] for one in drugs(desk, q=q, group="none", **place)["items"] if one["sellers"]}


PLACES = [
    *({"here": (HERE[0] + north, HERE[1]), "radius_km": far} for north in (0, 0.05, 3) for far in (0.5, 2, 5, 40)),
    {"region": 440305},
    {"region": 440300},
    {"region": 440305, "here": HERE, "radius_km": 3},
    {"region": 440300, "here": HERE, "radius_km": 3},
    {"region": 440000},
]


@pytest.mark.parametrize("room", [16_000_000, 0], ids=["room", "no room"])
@pytest.mark.parametrize("seed", range(2))
def test_sellers_of_a_place_are_those_of_the_offers_inside_it(store, seed, room):
    desk = replace(city_of(store, seed), crowds=Crowds(room))
    for place in [*PLACES, *PLACES[::-1]]:
        assert told(desk, **place) == counted(store, **place), place


def test_a_circle_too_wide_to_be_near_counts_all_of_the_regions_it_touches(store, monkeypatch):
    desk = city_of(store, 3)
    assert told(desk, here=HERE, radius_km=2) == counted(store, here=HERE, radius_km=2)
    monkeypatch.setattr(popularity, "WIDEST_M", 1999.0)
    assert told(desk, here=HERE, radius_km=2) == counted(store, region=440000) != counted(store, here=HERE, radius_km=2)


def test_equal_matches_are_ranked_by_who_sells_them_in_the_circle(store):
    """Drug 1 is sold by most of the region, drug 2 by those near the point; both are found by their beginning."""
    shops = [Shop(number, 440305, HERE[0] + (0.2 if number > 2 else 0.001), HERE[1]) for number in range(1, 8)]
    asks = [Ask(number, 1000, drug=1) for number in range(3, 8)] + [Ask(1, 1000, drug=2), Ask(2, 1000, drug=2)]
    sold = [replace(drug(number, CODES[number - 1]), name=NAMES[number - 1]) for number in (1, 2)]
    desk = filled(store, shops, asks, sold)
    near = {"lat": HERE[0], "lng": HERE[1], "coord_type": "wgs84", "radius_km": 3.0}
    for place, order, sellers in (({"region": "440300"}, [1, 2], [5, 2]), (near, [2, 1], [2, 0])):
        items = drugs(desk, q="阿莫", **place)["items"]
        assert ([one["id"] for one in items], [one["sellers"] for one in items]) == (order, sellers)
        begun = suggestions(desk, q="阿莫", **place)["items"]
        assert [(one["text"], one["sellers"]) for one in begun[:2]] == [
            (NAMES[number - 1], crowd) for number, crowd in zip(order, sellers, strict=True)
        ]
    assert [one["sellers"] for one in suggestions(desk, q="阿莫")["items"]] == [None, None]


NEAR = {"here": (28.23, 112.93), "radius_km": 3.0}
rows = st.tuples(st.sampled_from(SHOPS), st.sampled_from(CODES[:3]), st.sampled_from(["listed", "online"]))
steps = st.lists(st.tuples(st.lists(rows, min_size=1, max_size=6, unique=True), st.booleans()), min_size=1, max_size=4)


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    return town


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(steps)
def test_sellers_nearby_follow_every_change(town, steps):
    for these, full in steps:
        take = town.full if full else town.price
        take(*(f"{shop},{one},10.00,2026-10-25,{kind},in" for shop, one, kind in these))
        for place in (NEAR, {"region": 990202}):
            assert told(town.desk, **place, q="药") == counted(town.store, **place)
    rebuild(town.desk)
    assert told(town.desk, **NEAR, q="药") == counted(town.store, **NEAR)


def test_only_markets_of_what_was_found_and_changed_are_read(town, monkeypatch):
    town.take_all()
    asked, plain = [], town.store.markets
    monkeypatch.setattr(town.store, "markets", lambda keys: asked.append(list(keys)) or plain(asked[-1]))
    told(town.desk, **NEAR, q=CODES[1])
    assert {key.drug_id for keys in asked for key in keys} == {2}
    told(town.desk, **NEAR, q="药")
    told(town.desk, **NEAR, q="药")
    everything = [key for keys in asked for key in keys]
    assert len(everything) == len(set(everything))
    monkeypatch.undo()
    town.price(f"{SHOPS[0]},{CODES[1]},11.00,2026-10-29,listed,in")
    monkeypatch.setattr(town.store, "markets", lambda keys: asked.append(list(keys)) or plain(asked[-1]))
    asked.clear()
    told(town.desk, **NEAR, q="药")
    assert {key.drug_id for keys in asked for key in keys} == {2}
