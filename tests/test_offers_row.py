"""One offer with everything that is said of it, written out value by value."""

from dataclasses import replace

import pytest

from pricecompare.services.offers import compare
from tests.made import CODES, Ask, Shop, filled, pharmacy

SHOP = Shop(1, 440305, 22.55, 114.06)
OTHERS = [Shop(number, 440306, 22.6, 114.1) for number in range(2, 7)]

OFFER = {
    "pharmacy": {
        "code": "P44030500001",
        "id": 1,
        "name": "甲市安康大药房",
        "chain": "安康",
        "address": "甲市甲东区海棠路1号",
        "phone": "0755-00000001",
        "region": {"code": "440300", "name": "甲市"},
        "district": {"code": "440305", "name": "甲东区"},
        "hours": "",
        "services": [],
        "closed_on": None,
        "closure": None,
    },
    "open_now": None,
    "opens_at": None,
    "closes_at": None,
    "price": "30.00",
    "fen": 3000,
    "unit_price": "1.2500",
    "unit": "片",
    "observed_at": "2026-10-30T12:00:00+08:00",
    "age_days": 2,
    "stale": False,
    "stock": "in",
    "stock_packs": None,
    "flag": "very_high",
    "excess": None,
    "excess_fen": None,
    "local": {"region": "440300", "n": 6, "median": "10.05", "ratio": 2.9866, "percent": 198.7},
}
"""30 yuan for 24 tablets; the other five ask 10.02 to 10.06, so that the middle of six is 10.045."""


@pytest.mark.parametrize(
    ("datum", "here", "shown", "metres", "value"),
    [
        # The same point and pharmacy in the three datums, by the published formulas; metres are geopy's geodesic.
        ("wgs84", (22.54, 114.05), (22.55, 114.06), 1511.411, "33.02"),
        ("gcj02", (22.537267495, 114.055103281), (22.547287, 114.065117), 1511.411, "33.02"),
        ("bd09", (22.542932915, 114.061650465), (22.552955, 114.07167), 1511.411, "33.02"),
    ],
)
def test_an_offer_says_all_of_this(store, datum, here, shown, metres, value):
    asks = [Ask(shop.id, 1000 + shop.id) for shop in OTHERS]
    desk = filled(store, [SHOP, *OTHERS], [Ask(1, 3000, age=2), *asks])
    told = {name: OFFER["pharmacy"][name] for name in ("name", "chain", "address", "phone")}
    with store.writing():
        store.put_pharmacies([replace(pharmacy(SHOP), **told)])
    asked = {"lat": here[0], "lng": here[1], "coord_type": datum, "sort": "value", "cost_per_km": "2"}
    [offer] = compare.offers(desk, CODES[0], **asked, radius_km=2)["items"]
    distance = offer.pop("distance_m")
    lat, lng = offer["pharmacy"]["lat"], offer["pharmacy"]["lng"]
    where = {"lat": lat, "lng": lng, "coord_type": datum}
    assert offer == OFFER | {"pharmacy": OFFER["pharmacy"] | where, "value": value}
    assert (lat, lng) == shown
    # BD-09 has no exact inverse: a point given in it is found again to a decimetre.
    assert distance == pytest.approx(metres, abs=0.002 if datum != "bd09" else 0.5)


def test_a_renamed_drug_is_shown_by_its_new_name(store):
    desk = filled(store, [SHOP], [Ask(1, 1000)])
    for name in ("旧名", "新名"):
        with store.writing():
            store.put_drugs([replace(drug, name=name) for drug in store.drugs()])
            store.put_meta(drugs_version=store.next_version())
        assert compare.offers(desk, CODES[0], region="440300")["drug"]["name"] == name
