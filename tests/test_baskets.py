"""Baskets on both engines: what may be used, what is lacking, substitutes, places; and random ones against offers."""

from dataclasses import replace

import numpy as np
import pytest
from geopy.distance import geodesic

from pricecompare.calc.distance import legs, metres, points
from pricecompare.errors import Invalid, NotFound
from pricecompare.services.baskets.quoting import quote
from pricecompare.services.desk import Settings
from pricecompare.services.offers import across
from tests import plain_basket
from tests.made import CODES, Ask, Shop, drug, filled

CITY = (22.54, 114.05)
HERE = {"lat": CITY[0], "lng": CITY[1], "coord_type": "wgs84"}
EVERYWHERE = {"region": "440300"}


def ring(number, far, district=440305, bearing=40.0):
    at = geodesic(meters=far).destination(CITY, bearing)
    return Shop(number, district, at.latitude, at.longitude)


def basket(*quantities):
    return [{"code": code, "quantity": quantity} for code, quantity in zip(CODES, quantities, strict=False)]


def bought(plan):
    """Return {shop: {drug number: packs}} of a plan."""
    return {
        stop["pharmacy"]["id"]: {CODES.index(line["wanted"]) + 1: line["quantity"] for line in stop["lines"]}
        for stop in plan["stops"]
    }


SHOPS = [ring(1, 100), ring(2, 2000), ring(3, 2100), ring(4, 8000, 440306), ring(5, 20_000, 440402)]


def test_one_stop_two_stops_and_the_nearest(store):
    asks = [Ask(1, 3000, drug=1), Ask(1, 3000, drug=2), Ask(2, 1000, drug=1), Ask(3, 1000, drug=2), Ask(3, 2400)]
    answer = quote(filled(store, SHOPS, asks), basket(2, 1), **HERE)
    assert bought(answer["single"]) == {3: {1: 2, 2: 1}}
    assert (answer["single"]["fen"], answer["single"]["way_m"]) == (5800, pytest.approx(4200, abs=0.01))
    assert (answer["single"]["way_cost"], answer["single"]["cost"]) == ("4.20", "62.20")
    assert bought(answer["nearest"]) == {1: {1: 2, 2: 1}}
    [two] = answer["plans"]
    assert bought(two) == {2: {1: 2}, 3: {2: 1}}
    assert (two["total"], two["way_m"], two["complete"]) == ("30.00", pytest.approx(4200, abs=0.01), True)


def test_what_is_lacking_says_who_has_it(store):
    asks = [Ask(1, 1000), Ask(2, 1000, drug=2), Ask(3, 900, drug=2), Ask(5, 700, drug=3)]
    answer = quote(filled(store, SHOPS, asks), basket(1, 1, 1), **HERE, max_stops=1)
    assert (bought(answer["single"]), answer["nearest"], answer["searched_km"]) == ({1: {1: 1}}, None, 50.0)
    second, third = answer["single"]["missing"]
    assert [second[how]["pharmacy"]["id"] for how in ("nearest", "cheapest")] == [2, 3]
    assert [third[how]["pharmacy"]["id"] for how in ("nearest", "cheapest")] == [5, 5]
    assert third["nearest"]["distance_m"] == pytest.approx(20_000, abs=0.01)


def test_beyond_the_cap_nobody_is_named(store):
    asks = [Ask(1, 1000), Ask(5, 700, drug=2)]
    desk = replace(filled(store, SHOPS, asks), settings=Settings(max_radius_km=10))
    answer = quote(desk, basket(1, 1), **HERE)
    assert answer["searched_km"] == 10.0
    assert [(one["nearest"], one["cheapest"]) for one in answer["single"]["missing"]] == [(None, None)]


def test_without_a_point_the_province_is_looked_at_and_no_way_counts(store):
    asks = [Ask(1, 1000), Ask(4, 900), Ask(5, 700, drug=2)]
    answer = quote(filled(store, SHOPS, asks), basket(1, 1), **EVERYWHERE)
    assert (answer["cost_per_km"], answer["nearest"], answer["searched_km"]) == (None, None, None)
    assert (bought(answer["single"]), answer["single"]["way_m"], answer["single"]["cost_fen"]) == (
        {4: {1: 1}},
        None,
        900,
    )
    [lacking] = answer["single"]["missing"]
    assert (lacking["nearest"], lacking["cheapest"]["pharmacy"]["id"]) == (None, 5)


@pytest.mark.parametrize(
    ("asks", "question", "shop", "sound"),
    [
        ([Ask(1, 500, age=31), Ask(2, 900)], {}, 2, True),
        ([Ask(1, 500, age=31), Ask(2, 400, age=90)], {}, 2, False),
        ([Ask(1, 500, age=31), Ask(2, 900)], {"max_age_days": 30}, 2, True),
        ([Ask(1, 500, age=8), Ask(2, 900, age=7)], {"max_age_days": 7}, 2, True),
        ([Ask(1, 500, stock=2), Ask(2, 900, stock=0)], {}, 2, True),
        ([Ask(1, 500, stock=0), Ask(2, 900, stock=1)], {"in_stock": True}, 2, True),
        ([Ask(1, 500, stock=0), Ask(2, 900, stock=4)], {"in_stock": True}, 2, True),
        ([Ask(1, 500, kind="online"), Ask(2, 900)], {}, 2, True),
        ([Ask(1, 500), Ask(2, 900, kind="online")], {"kind": "online"}, 2, True),
    ],
    ids=["old", "only old ones", "old and young", "as young as asked", "gone", "there", "counted", "listed", "online"],
)
def test_which_prices_are_used(store, asks, question, shop, sound):
    answer = quote(filled(store, SHOPS, asks), basket(1), **EVERYWHERE, **question)
    assert list(bought(answer["single"])) == [shop]
    assert answer["single"]["unsound"] == (0 if sound else 1)
    [line] = answer["single"]["stops"][0]["lines"]
    assert (line["sound"], line["stale"]) == (sound, not sound)


def test_a_price_that_is_probably_wrong_is_the_last_resort(store):
    asks = [Ask(1, 10), *(Ask(number, 1000 + number) for number in (2, 3, 4)), Ask(5, 1000), Ask(2, 5, drug=2)]
    asks += [Ask(3, 300, age=40, drug=2)]
    desk = filled(store, SHOPS, asks)
    assert list(bought(quote(desk, basket(1), **EVERYWHERE)["single"])) == [2]
    near = quote(desk, basket(1), **HERE, radius_km=1)["single"]
    assert (near["unsound"], near["stops"][0]["lines"][0]["flag"]) == (1, "error_low")


def test_nobody_sells_any_of_it(store):
    answer = quote(filled(store, SHOPS), basket(1, 2), **EVERYWHERE)
    assert (answer["single"], answer["nearest"], answer["plans"], answer["pharmacies"]) == (None, None, [], 0)


def test_a_pharmacy_whose_place_is_unknown_is_no_stop_on_a_way(store):
    desk = filled(store, [Shop(1, 440305, None, None), ring(2, 500)], [Ask(1, 100), Ask(2, 900)])
    assert list(bought(quote(desk, basket(1), **EVERYWHERE)["single"])) == [1]
    assert list(bought(quote(desk, basket(1), **EVERYWHERE, **HERE)["single"])) == [2]


def test_the_same_drug_twice_is_summed(store):
    desk = filled(store, SHOPS, [Ask(1, 1000)])
    twice = [{"code": CODES[0], "quantity": 2}, {"code": CODES[0].lower(), "quantity": 3}]
    answer = quote(desk, twice, **EVERYWHERE)
    assert [item["quantity"] for item in answer["items"]] == [5]
    assert answer["single"]["fen"] == 5000


def test_other_packs_are_bought_whole_and_never_without_leave(store):
    """24 a pack are wanted twice: 48 of another maker's packs of 10 are five packs."""
    asks = [Ask(1, 3000), Ask(2, 900, drug=2), Ask(3, 4000, drug=2)]
    desk = filled(store, SHOPS, asks)
    other = replace(drug(2, CODES[1]), name="药1", pack_count=10, maker="二厂")
    with store.writing():
        store.put_drugs([drug(1, CODES[0]), other])
        store.put_meta(drugs_version=store.next_version())
    for allow, shop, packs, fen in (("sku", 1, 2, 6000), ("product", 1, 2, 6000), ("generic", 2, 5, 4500)):
        plan = quote(desk, [{"code": CODES[0], "quantity": 2}], **EVERYWHERE, allow=allow)["single"]
        [line] = plan["stops"][0]["lines"]
        assert (plan["stops"][0]["pharmacy"]["id"], line["quantity"], plan["fen"]) == (shop, packs, fen)
        assert (line["wanted"], line["drug"]["code"]) == (CODES[0], CODES[1 if allow == "generic" else 0])


@pytest.mark.parametrize(
    ("drugs", "question", "code", "field"),
    [
        ([], EVERYWHERE, "bad_basket_size", "drugs"),
        (basket(1) * 31, EVERYWHERE, "bad_basket_size", "drugs"),
        (basket(1, 0), EVERYWHERE, "bad_whole", "drugs[1].quantity"),
        (basket(1000), EVERYWHERE, "bad_whole", "drugs[0].quantity"),
        (basket(1), {}, "no_place", "lat"),
        (basket(1), {"lat": 22.5}, "half_a_coordinate", "lng"),
        (basket(1), HERE | {"radius_km": 0}, "bad_radius", "radius_km"),
        (basket(1), EVERYWHERE | {"radius_km": 1}, "radius_needs_point", "radius_km"),
        (basket(1), HERE | {"max_stops": 4}, "bad_whole", "max_stops"),
        (basket(1), HERE | {"max_age_days": -1}, "bad_age", "max_age_days"),
        (basket(1), HERE | {"cost_per_km": "-1"}, "cost_negative", "cost_per_km"),
        (basket(1), HERE | {"cost_per_km": "1000.01"}, "cost_too_high", "cost_per_km"),
        (basket(1), EVERYWHERE | {"cost_per_km": "1"}, "cost_needs_point", "cost_per_km"),
    ],
)
def test_what_makes_no_sense_is_refused(store, drugs, question, code, field):
    with pytest.raises(Invalid) as error:
        quote(filled(store, SHOPS), drugs, **question)
    assert (error.value.code, error.value.field) == (code, field)


def test_an_unknown_drug_is_named_with_its_place(store):
    with pytest.raises(NotFound) as error:
        quote(filled(store, SHOPS), [*basket(1, 1), {"code": "XX", "quantity": 1}], **EVERYWHERE)
    assert (error.value.code, error.value.field) == ("unknown_drug", "drugs[2].code")


@pytest.mark.parametrize("seed", range(4))
def test_random_baskets_are_bought_as_every_choice_tried_says(store, seed):
    rng = np.random.default_rng(seed)
    shops = [ring(number, float(rng.integers(50, 6000)), bearing=float(rng.integers(360))) for number in range(1, 15)]
    asks = [
        Ask(
            shop.id,
            int(rng.integers(900, 1400)),
            age=int(rng.choice([0, 5, 31])),
            stock=int(rng.choice([0, 1, 2, 3, 4, 127])),
            drug=one,
        )
        for shop in shops
        for one in (1, 2, 3, 4)
        if rng.random() < 0.6
    ]
    assert_best(filled(store, shops, asks), basket(*rng.integers(1, 5, 4).tolist()), {**HERE, "radius_km": 5.0})


def assert_best(desk, drugs, question, *, most=3):
    """Check a quote against every choice of stops, from what `offers` answers for each drug."""
    answer = quote(desk, drugs, **question, max_stops=most)
    fen, shops = offers_of(desk, drugs, question)
    numbers = sorted(shops)
    rows = [[row.get(number, np.inf) for number in numbers] for row in fen]
    places = points(*zip(*[(shops[number].lat, shops[number].lng) for number in numbers], strict=True))
    home = metres((question["lat"], question["lng"]), places).tolist()
    apart = [legs(one[None], places.xyz).tolist() for one in places.xyz]
    for stops, plan in enumerate([answer["single"], *answer["plans"]], 1):
        expected, _ = plain_basket.best(stops, rows, numbers, home, apart, 100)
        assert sorted(stop["pharmacy"]["id"] for stop in plan["stops"]) == list(expected[4])
        assert (len(plan["missing"]), round(plan["way_m"] * 1000)) == (expected[0], expected[3])
        assert plan["fen"] == sum(line["total_fen"] for stop in plan["stops"] for line in stop["lines"])


def offers_of(desk, drugs, question):
    """Return {pharmacy: fen for all packs} of each drug, and all pharmacies by number: the best prices there are."""
    every = {shop.id: shop for shop in desk.store.pharmacies()}
    rows, seen = [], set()
    for one in drugs:
        found = across.offers(desk, one["code"], **question, limit=200)["items"]
        there = [o for o in found if o["stock"] != "out" and (o["stock_packs"] or 999) >= one["quantity"]]
        tier = min((rank(offer) for offer in there), default=0)
        rows.append({o["pharmacy"]["id"]: o["fen"] * one["quantity"] for o in there if rank(o) == tier})
        seen |= rows[-1].keys()
    return rows, {number: every[number] for number in seen}


def rank(offer):
    """Return how little an offer is worth: sound, probably wrong, old."""
    return 2 if offer["stale"] else int(offer["flag"] in ("error_high", "error_low", "held"))


@pytest.mark.parametrize("seed", range(6))
def test_baskets_in_the_invented_city_are_bought_as_every_choice_tried_says(city, seed):
    rng = np.random.default_rng(seed)
    codes = rng.choice([one.code for one in city.store.drugs()], 6, replace=False).tolist()
    drugs = [{"code": code, "quantity": int(rng.integers(1, 4))} for code in codes]
    here = {"lat": 28.228, "lng": 112.939, "coord_type": "wgs84"}
    assert_best(city, drugs, {**here, "radius_km": 2.5})
    assert_best(city, drugs, {**here, "radius_km": 20.0}, most=2)
