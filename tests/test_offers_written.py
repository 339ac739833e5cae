"""Offers as they were written before for somebody else: the same as for who asks first, whatever has changed since."""

import itertools
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from pricecompare.services.offers import compare, stalls
from tests.made import CODES, NOW, Ask, Desk, Shop, filled, pharmacy

SHOPS = [Shop(number, (440305, 440402)[number % 2], 22.55 + number / 2000, 114.06) for number in range(1, 61)]
ASKS = [
    Ask(shop.id, 1000 + shop.id % 7, age=shop.id % 40, stock=shop.id % 3, drug=drug)
    for shop in SHOPS
    for drug in (1, 2)
]
PLACES = {"lat": 22.55, "lng": 114.06}, {"lat": 22.57, "lng": 114.05, "radius_km": 200.0}, {"region": "440300"}
MOMENTS = [timedelta(hours=hour) for hour in (0, 1, 9, 24, 24 * 25, 0)]
NARROWED = {}, {"in_stock": True}, {"sort": "distance"}, {"sort": "value"}, {"limit": 7}, {"max_age_days": 20}


def told(desk, place, datum, **how):
    """Return offers as they are written; sorted only where there is a point to sort around."""
    asked = how if "lat" in place else {name: value for name, value in how.items() if name != "sort"}
    return orjson.dumps(compare.offers(desk, asked.pop("drug"), written=True, coord_type=datum, **place, **asked))


@pytest.mark.parametrize(
    ("most", "hours"), [(1, "08:00-21:00"), (40, "08:00-21:00"), (1000, "08:00-21:00"), (1000, "")]
)
def test_what_was_written_for_others_is_what_is_written_now(store, monkeypatch, most, hours):
    monkeypatch.setitem(stalls.MOST_WRITTEN, "offers", most)
    filled(store, SHOPS, ASKS)
    with store.writing():
        store.put_pharmacies(replace(pharmacy(shop), hours=hours) for shop in SHOPS[::3])
        store.put_meta(places_version=store.next_version())
    at = [NOW]
    desk = Desk(store, lambda: at[0])
    for datum, moment, place, how in itertools.product(("wgs84", "gcj02"), MOMENTS, PLACES, NARROWED):
        at[0] = NOW + moment
        for drug in CODES[:3]:
            asked = {"drug": drug, **how}
            assert told(desk, place, datum, **asked) == told(Desk(store, lambda: at[0]), place, datum, **asked)


def test_no_more_offers_are_held_than_said(store):
    desk = filled(store, SHOPS, ASKS)
    for start in range(0, 60, 5):
        place = {"lat": SHOPS[start].lat, "lng": SHOPS[start].lng, "radius_km": 0.4}
        told(desk, place, "wgs84", drug=CODES[0], limit=15)
        for stall in desk.seen._lately.at(store, store.versions().data).rows.values():
            held = stall._written["offers"][1] if stall else {}
            assert len(held) < stalls.MOST_WRITTEN["offers"] + 15
