"""Equivalents: the cheapest sound offer of each, what is the same, what differs and what it saves."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.services.offers import compare
from pricecompare.services.offers.equivalents import equivalents
from pricecompare.store import create_store
from tests.made import Ask, Shop, filled, in_pages
from tests.packed import DRUGS, GENERIC
from tests.test_across import CITY, CODE, UNITS, questions, scaled, tier, towns

SHOPS = [Shop(1, 440305, *CITY), Shop(2, 440305, CITY[0] + 0.01, CITY[1]), Shop(3, 440402, CITY[0], CITY[1] + 0.5)]


def cheapest(desk, number, to, asked):
    """Return the lowest (normalised, metres, shop) of one drug's sound offers; None without any."""
    offers = compare.offers(desk, CODE[number], **asked, limit=200)["items"]
    found = [
        (round(scaled(one["fen"], UNITS[number], to), 6), float("inf") if "lat" in asked and one["distance_m"] is None
         else one["distance_m"] or 0, one["pharmacy"]["id"])
        for one in offers if tier(one) == 0
    ]  # fmt: skip
    return min(found, default=None)


@settings(max_examples=100, deadline=None)
@given(town=towns(), asked=questions(), number=st.sampled_from([1, 4, 6]), size=st.integers(1, 3))
def test_each_equivalent_stands_with_its_cheapest_sound_offer(town, asked, number, size):
    store = create_store(":memory:", cursor_key="test", max_age_days=30)
    desk = filled(store, *town, drugs=DRUGS)
    asked = {name: value for name, value in asked.items() if name != "sort"}
    answer = equivalents(desk, CODE[number], **asked, limit=200)
    others = {drug: cheapest(desk, drug, UNITS[number], asked) for drug in GENERIC[number] - {number}}
    wanted = sorted((*best[:2], drug, best[2]) for drug, best in others.items() if best)
    shown = [(one["drug"]["id"], one["offer"]["pharmacy"]["id"]) for one in answer["items"]]
    assert shown == [(drug, shop) for _, _, drug, shop in wanted]
    own = cheapest(desk, number, UNITS[number], asked)
    assert (answer["own"] and answer["own"]["fen"]) == (own and own[0])
    for one, (fen, *_) in zip(answer["items"], wanted, strict=True):
        assert one["saves"] is None if own is None else one["saves"]["fen"] == pytest.approx(own[0] - fen, abs=1e-5)
    assert in_pages(equivalents, desk=desk, code=CODE[number], **asked, limit=size) == answer["items"]
    store.close()


ASKS = [Ask(1, 1000), Ask(2, 980), Ask(1, 1580, drug=2), Ask(2, 800, drug=4), Ask(3, 700, drug=4), Ask(1, 700, drug=6)]


def test_what_is_the_same_what_differs_and_what_is_saved(store):
    answer = equivalents(filled(store, SHOPS, ASKS, DRUGS), CODE[1], region="440300")
    assert (answer["own"]["price"], answer["own"]["pharmacy"]["id"], answer["drugs"], answer["total"]) == (
        "9.80",
        2,
        5,
        2,
    )
    other, larger = answer["items"]
    assert (other["drug"]["maker"], other["offer"]["price"], other["offer"]["normalised"]) == ("乙", "8.00", "8.00")
    assert (other["same"], other["differs"]) == (["generic", "form", "strength", "pack"], ["maker", "brand"])
    assert other["saves"] == {"price": "1.80", "fen": 180.0, "percent": 18.4}
    assert (larger["drug"]["id"], larger["offer"]["price"], larger["offer"]["normalised"]) == (2, "15.80", "8.10")
    assert (larger["same"], larger["differs"]) == (["generic", "form", "strength", "maker"], ["pack"])
    percent = ((980 - Decimal(1580) / Decimal("1.95")) / 980 * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert (larger["saves"]["price"], larger["saves"]["percent"]) == ("1.70", float(percent))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"region": "440300"}, [4, 2]),
        ({"region": "440400"}, [4]),
        ({"region": "440000"}, [4, 2]),
        ({"lat": CITY[0], "lng": CITY[1], "coord_type": "wgs84", "radius_km": 0.5}, [2]),
    ],
    ids=str,
)
def test_equivalents_are_those_sold_in_the_place(store, place, expected):
    answer = equivalents(filled(store, SHOPS, ASKS, DRUGS), CODE[1], **place)
    assert [one["drug"]["id"] for one in answer["items"]] == expected


def test_what_costs_more_saves_less_than_nothing(store):
    desk = filled(store, SHOPS, [Ask(1, 1000), Ask(1, 1200, drug=4)], DRUGS)
    (one,) = equivalents(desk, CODE[1], region="440300")["items"]
    assert one["saves"] == {"price": "-2.00", "fen": -200.0, "percent": -20.0}


def test_an_old_price_is_nobodys_cheapest(store):
    desk = filled(store, SHOPS, [Ask(1, 1000), Ask(1, 100, age=31, drug=4), Ask(2, 1200, drug=4)], DRUGS)
    (one,) = equivalents(desk, CODE[1], region="440300")["items"]
    assert one["offer"]["price"] == "12.00"


def test_without_an_offer_of_its_own_nothing_is_saved_and_all_is_shown(store):
    answer = equivalents(filled(store, SHOPS, [Ask(1, 1200, drug=4)], DRUGS), CODE[1], region="440300")
    assert (answer["own"], [one["saves"] for one in answer["items"]]) == (None, [None])


def test_what_cannot_be_read_has_no_equivalents_and_says_why(store):
    answer = equivalents(filled(store, SHOPS, [Ask(1, 1200, drug=7)], DRUGS), CODE[7], region="440300")
    assert (answer["items"], answer["alone"]["code"], answer["own"]["price"]) == ([], "spec_unclear", "12.00")
