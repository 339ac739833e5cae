"""The first page by price, read off the beginning of markets, against the same question with all sellers measured."""

import numpy as np
import pytest

from pricecompare.calc import days
from pricecompare.calc.chords import chords
from pricecompare.calc.distance import metres, points
from pricecompare.services.grounds.atlas import Grounds
from pricecompare.services.offers import compare
from pricecompare.services.offers.stalls import Stall
from tests.made import CODES, Ask, Shop, filled

CENTRE = (22.55, 114.06)
HERE = {"lat": CENTRE[0], "lng": CENTRE[1], "coord_type": "wgs84"}
MEASURED = {"max_age_days": 100_000}
"""Nothing is so old: the question is the same, but not plain."""

PRICES = {
    "each its own": lambda shop: 1000 + 7 * shop % 90,
    "all the same": lambda shop: 1000,
    "two, half each": lambda shop: 1000 + shop % 2,
    "the last of a page shared by many": lambda shop: 1000 + min(shop, 8),
}


def shops(count=90):
    """Return shops of two cities that lie in one another, up to some nine kilometres around; one has no place."""
    rng = np.random.default_rng(3)
    spots = (np.array(CENTRE) + 0.03 * rng.standard_normal((count, 2))).tolist()
    placed = [Shop(number, (440305, 440402)[number % 2], *spot) for number, spot in enumerate(spots, 1)]
    return [*placed, Shop(count + 1, 440305, None, None)]


@pytest.mark.parametrize("price", PRICES.values(), ids=PRICES)
def test_the_first_page_is_the_same_as_with_everybody_measured(store, price):
    asks = [Ask(shop.id, price(shop.id), age=(0, 3, 90)[shop.id % 3], stock=shop.id % 4) for shop in shops()]
    desk = filled(store, shops(), asks)
    for limit in (1, 2, 8, 20, 59, 60, 200):
        for more in ({}, {"in_stock": True}, {"radius_km": 0.5}, {"radius_km": 3.0}, {"radius_km": 200.0}):
            asked = {**HERE, "limit": limit, **more}
            first, measured = (
                compare.offers(desk, CODES[0], **asked),
                compare.offers(desk, CODES[0], **asked, **MEASURED),
            )
            assert (first.pop("next") is None) == (measured.pop("next") is None)
            assert first == measured


def test_the_next_page_goes_on_where_the_first_one_ended(store):
    desk = filled(store, shops(), [Ask(shop.id, 1000 + shop.id % 3) for shop in shops()])
    asked = {**HERE, "radius_km": 200.0}
    first = compare.offers(desk, CODES[0], limit=45, **asked)
    second = compare.offers(desk, CODES[0], limit=45, cursor_given=first["next"], **asked)
    assert first["items"] + second["items"] == compare.offers(desk, CODES[0], limit=200, **asked)["items"]
    assert (len(second["items"]), second["next"]) == (45, None)


def test_who_lies_on_the_rim_is_counted_as_he_is_measured(store):
    these = shops()
    desk = filled(store, these, [Ask(shop.id, 1000) for shop in these])
    far = metres(CENTRE, points([shop.lat for shop in these[:-1]], [shop.lng for shop in these[:-1]]))
    for rim in np.sort(far)[[0, 10, 50, 89]].tolist():
        totals = []
        for radius_m in (np.nextafter(rim, 0), rim, rim + 1e-6):
            asked = {**HERE, "radius_km": radius_m / 1000, "limit": 5}
            plain, measured = (compare.offers(desk, CODES[0], **asked, **how) for how in ({}, MEASURED))
            assert (plain["total"], plain["items"]) == (measured["total"], measured["items"])
            totals.append(plain["total"])
        assert totals[2] == totals[0] + 1


@pytest.mark.parametrize("here", [(0.0, 0.0), (22.5, 114.0), (89.99, 10.0), (-45.0, 180.0)])
@pytest.mark.parametrize("radius_m", [1.0, 5_000.0, 200_000.0])
def test_whoever_is_sure_to_be_inside_is_inside_and_nobody_else(here, radius_m):
    rng, reach = np.random.default_rng(5), radius_m / 100_000
    lat = np.clip(here[0] + rng.uniform(-reach, reach, 300), -90, 90)
    there = points([*lat, np.nan], [*(here[1] + rng.uniform(-reach, reach, 300)), np.nan])
    far = metres(here, there)
    sure = chords(here, there.xyz).sure(radius_m)
    assert sure is not None
    assert sure.tolist() == (far <= radius_m).tolist()
    for row in range(0, 300, 30):
        # On its own rim nobody can be told by a chord.
        assert chords(here, there.xyz).sure(float(far[row])) is None


def test_beyond_a_thousand_kilometres_nobody_is_sure():
    assert chords((0.0, 0.0), points([0.0], [0.0]).xyz).sure(1_000_001.0) is None


def test_a_queue_is_made_anew_for_another_day_or_ground(store):
    desk = filled(store, shops(), [Ask(shop.id, 2000 - shop.id, age=shop.id % 40) for shop in shops()])
    stall = Stall.of(store.market(compare.MarketKey(440300, 1, "listed")))
    version = store.versions().places
    one, other = (Grounds().ground(store, 440300, version) for _ in range(2))
    how = {"in_stock": False, "today": days.number_of(desk.today()), "max_age": 30}
    queue = stall.queue(one, **how)
    assert stall.queue(one, **how) is queue
    assert stall.queue(other, **how) is not queue
    later = stall.queue(one, **how | {"today": how["today"] + 5})
    assert later.fresh < queue.fresh < len(queue.sellers)
    fen = stall.table["fen"][queue.sellers][: queue.fresh]
    assert (np.diff(fen) >= 0).all()
