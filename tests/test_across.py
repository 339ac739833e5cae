"""Offers across packs and makers against all offers of each drug, put on one scale by hand."""

import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.errors import Invalid, NotFound
from pricecompare.models import MarketKey
from pricecompare.services.offers import across, compare
from pricecompare.store import create_store
from tests.made import POOLING, Ask, Shop, filled, in_pages
from tests.packed import DRUGS, GENERIC, PRODUCT, capsule

CITY = (22.54, 114.05)
CODE = {one.id: one.code for one in DRUGS}
UNITS = {one.id: one.pack_count for one in DRUGS}
FEN = st.sampled_from([1000, 1950, 975, 1001, 1478, 1479, 513, 514, 400, 9000])
SPOTS = st.sampled_from([(0.0, 0.0), (0.001, 0.0), (0.0, 0.001), (0.02, 0.03), (0.3, 0.3)])


@st.composite
def towns(draw):
    offsets = draw(st.lists(st.one_of(SPOTS, st.none()), min_size=1, max_size=8))
    places = [(None, None) if one is None else (CITY[0] + one[0], CITY[1] + one[1]) for one in offsets]
    shops = [Shop(number, draw(st.sampled_from(list(POOLING))), *at) for number, at in enumerate(places, 1)]
    drugs = st.lists(st.integers(1, len(DRUGS)), unique=True, max_size=6)
    ages, stocks, kinds = (
        st.sampled_from([0, 0, 3, 30, 31]),
        st.sampled_from([0, 1, 2, 3, 127]),
        st.sampled_from(["listed", "online"]),
    )
    return shops, [
        Ask(shop.id, draw(FEN), draw(ages), draw(stocks), draw(kinds), drug) for shop in shops for drug in draw(drugs)
    ]


@st.composite
def questions(draw):
    asked = {"in_stock": draw(st.booleans()), "kind": draw(st.sampled_from(["listed", "listed", "online"]))}
    asked |= draw(st.sampled_from([{}, {"max_age_days": 3}, {"max_age_days": 30}]))
    if draw(st.booleans()):
        asked["region"] = draw(st.sampled_from(["440300", "440305", "440000"]))
        if draw(st.booleans()):
            return asked
    asked |= {"lat": CITY[0], "lng": CITY[1], "coord_type": "wgs84"}
    return asked | {"sort": draw(st.sampled_from(["price", "distance", "value"]))}


def tier(one):
    return 2 if one["stale"] else 1 if str(one["flag"]).startswith(("error", "held")) else 0


def scaled(fen, units, to):
    """Return a price for so many units as one for `to` units."""
    return float(fen / Decimal("1.95") ** ((Decimal(units) / to).ln() / Decimal(2).ln()))


def rank(one, drug, to, sort):
    """Return where an offer belongs; equal to a millionth of a fen is equal."""
    fen = round(scaled(one["fen"], UNITS[drug], to), 6)
    metres = math.inf if one["distance_m"] is None else one["distance_m"]
    keys = {"price": (fen, metres), "distance": (metres, fen), "value": (round(fen + metres / 10, 3), metres)}
    return tier(one), *keys[sort], one["pharmacy"]["id"], drug


def by_hand(desk, number, group, asked):
    """Return (rank, drug, offer) of all offers of every drug of a group, each asked for by itself."""
    alone = {drug: compare.offers(desk, CODE[drug], **asked, limit=200)["items"] for drug in group}
    sort = asked.get("sort", "price")
    # Where nobody asks from anywhere, all are equally far.
    here = {} if "lat" in asked else {"distance_m": 0}
    rows = [(rank(one | here, drug, UNITS[number], sort), drug, one) for drug, those in alone.items() for one in those]
    return sorted(rows, key=lambda row: row[0])


@settings(max_examples=200, deadline=None)
@given(town=towns(), asked=questions(), number=st.sampled_from([1, 4, 6, 7, 8]), how=st.sampled_from([0, 1]),
       size=st.integers(1, 5))  # fmt: skip
def test_the_answer_is_that_of_every_drug_by_itself(town, asked, number, how, size):
    store = create_store(":memory:", cursor_key="test", max_age_days=30)
    desk = filled(store, *town, drugs=DRUGS)
    question = {**asked, "compare": ("product", "generic")[how]}
    answer = across.offers(desk, CODE[number], **question, limit=200)
    wanted = by_hand(desk, number, (PRODUCT, GENERIC)[how][number], asked)
    assert answer["total"] == len(wanted)
    assert [(one["drug"]["id"], one["pharmacy"]["id"]) for one in answer["items"]] == [
        (drug, one["pharmacy"]["id"]) for _, drug, one in wanted
    ]
    for found, (_, drug, one) in zip(answer["items"], wanted, strict=True):
        same = [name for name in one if name not in ("value", "unit_price")]
        assert {name: found[name] for name in same} == {name: one[name] for name in same}
        assert found["normalised_fen"] == pytest.approx(scaled(one["fen"], UNITS[drug], UNITS[number]))
        assert found["fen"] == pytest.approx(found["normalised_fen"] * found["k"])
    pages = in_pages(across.offers, desk=desk, code=CODE[number], **question, limit=size)
    assert pages == answer["items"]
    store.close()


def test_sku_is_the_answer_of_one_drug(store):
    desk = filled(store, [Shop(1, 440305, *CITY)], [Ask(1, 1000), Ask(1, 1500, drug=2)], DRUGS)
    assert across.offers(desk, CODE[1], region="440300") == compare.offers(desk, CODE[1], region="440300")


def test_an_offer_says_how_it_was_brought_to_the_scale(store):
    desk = filled(store, [Shop(1, 440305, *CITY)], [Ask(1, 872), Ask(1, 1580, drug=2)], DRUGS)
    answer = across.offers(desk, CODE[1], compare="product", region="440300", sort="price")
    assert (answer["compare"], answer["drugs"], answer["alone"], answer["apart"]) == ("product", 3, None, [])
    first, second = answer["items"]
    assert (first["drug"]["pack_count"], first["price"], first["unit_price"]) == (48, "15.80", "0.3292")
    assert (first["normalised"], first["k"]) == ("8.10", 1.95)
    assert first["normalised_fen"] == pytest.approx(1580 / 1.95)
    assert first["why"] == [
        {
            "dimension": "count",
            "ratio": 2.0,
            "k": 1.95,
            "code": "k_count",
            "en": "Units in the pack × 2: K = 1.95^log2(2) = 1.9500.",
            "zh": "包装数量之比 2：包装数量差比系数 1.95^log2(2) = 1.9500。",
        }
    ]
    assert (second["price"], second["normalised"], second["k"], second["why"]) == ("8.72", "8.72", 1.0, [])


# 1.80 for 24 is 3.51 for 48, which floats put a little above.
@pytest.mark.parametrize(("near", "far"), [((1, 180), (2, 351)), ((2, 351), (1, 180))], ids=str)
def test_equal_on_the_scale_the_nearer_one_comes_first(store, near, far):
    shops = [Shop(1, 440305, CITY[0] + 0.01, CITY[1]), Shop(2, 440305, *CITY)]
    desk = filled(store, shops, [Ask(1, far[1], drug=far[0]), Ask(2, near[1], drug=near[0])], DRUGS)
    here = {"lat": CITY[0], "lng": CITY[1], "coord_type": "wgs84", "radius_km": 5}
    answer = across.offers(desk, CODE[2], compare="product", **here)
    assert [one["pharmacy"]["id"] for one in answer["items"]] == [2, 1]
    assert answer["items"][0]["normalised"] == answer["items"][1]["normalised"]


def test_a_drug_that_cannot_be_read_is_compared_with_itself(store):
    desk = filled(store, [Shop(1, 440305, *CITY)], [Ask(1, 1000, drug=7), Ask(1, 900, drug=1)], DRUGS)
    answer = across.offers(desk, CODE[7], compare="generic", region="440300")
    assert (answer["drugs"], answer["alone"]["code"]) == (1, "spec_unclear")
    assert [(one["drug"]["id"], one["k"]) for one in answer["items"]] == [(7, 1.0)]


def test_prices_of_the_past_are_compared_as_they_were(store):
    desk = filled(store, [Shop(1, 440305, *CITY)], [Ask(1, 1000), Ask(1, 1500, drug=2)], DRUGS)
    day = desk.today()
    assert across.offers(desk, CODE[1], compare="product", region="440300", as_of=day)["today"] == day.isoformat()


@pytest.mark.parametrize(
    ("code", "asked", "error", "reason"),
    [
        ("XJ01CAA999A001010190008", {"region": "440300"}, NotFound, "unknown_drug"),
        (CODE[1], {"region": "999999"}, NotFound, "unknown_region"),
        (CODE[1], {}, Invalid, "no_place"),
        (CODE[1], {"region": "440300", "sort": "distance"}, Invalid, "sort_needs_point"),
        (CODE[1], {"region": "440300", "limit": 0}, Invalid, "bad_limit"),
        (CODE[1], {"region": "440300", "cursor_given": "x.y"}, Invalid, "bad_cursor"),
    ],
)
def test_what_makes_no_sense_is_refused_as_for_one_drug(store, code, asked, error, reason):
    desk = filled(store, [Shop(1, 440305, *CITY)], [Ask(1, 1000)], DRUGS)
    with pytest.raises(error) as refused:
        across.offers(desk, code, compare="generic", **asked)
    assert refused.value.code == reason


def test_a_large_group_is_the_same_by_the_list_of_what_is_offered(store):
    drugs = [capsule(number, pack=12 + number, maker=chr(0x4E00 + number)) for number in range(1, 31)]
    shops = [Shop(1, 440305, *CITY), Shop(2, 440402, *CITY)]
    desk = filled(store, shops, [Ask(1, 1000 + n, drug=n) for n in (1, 7, 30)] + [Ask(2, 900, drug=9)], drugs)
    for region, wanted in (("440300", {1, 7, 30}), ("440000", {1, 7, 9, 30})):
        answer = across.offers(desk, drugs[0].code, compare="generic", region=region)
        assert (answer["drugs"], {one["drug"]["id"] for one in answer["items"]}) == (30, wanted)
    with store.writing():
        store.put_meta(data_version=store.versions().data + 1)
        row = store.market(MarketKey(440300, 7, "listed"))
        store.put_markets([(MarketKey(440300, 8, "listed"), row)])
        store.delete_markets([MarketKey(440300, 7, "listed")])
    answer = across.offers(desk, drugs[0].code, compare="generic", region="440300")
    assert {one["drug"]["id"] for one in answer["items"]} == {1, 8, 30}
