"""Stock as a level or a number of packs: from a list to every answer, and what a basket makes of it."""

import pytest

from pricecompare.calc.stocked import LEVELS, MOST_PACKS, PACKS, of_packs
from pricecompare.services.offers import compare
from pricecompare.services.uploads import feed
from tests.made import CODES
from tests.test_baskets import EVERYWHERE, SHOPS, Ask, basket, bought, filled, quote
from tests.town import SHOPS as CODES_OF_SHOPS
from tests.town import Town


@pytest.mark.parametrize(
    ("cell", "level", "packs"),
    [
        ("in", "in", None),
        ("无货", "out", None),
        ("", "unknown", None),
        ("0", "out", None),
        ("1", "in", 1),
        ("0.5", "in", 1),
        ("124", "in", 124),
        ("125", "in", 125),
        ("8000", "in", 125),
    ],
)
def test_a_stock_is_told_as_it_was_said(store, tmp_path, cell, level, packs):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    town.price(f"{CODES_OF_SHOPS[0]},{CODES[0]},9.90,2026-10-28,listed,{cell}")
    [item] = compare.offers(town.desk, CODES[0], region="990102")["items"]
    assert (item["stock"], item["stock_packs"]) == (level, packs)
    [change] = feed.changes(town.desk, since=0)["items"]
    assert (change["stock"], change["stock_packs"]) == (level, packs)
    there = compare.offers(town.desk, CODES[0], region="990102", in_stock=True)["total"]
    assert there == (level == "in")


def test_a_number_that_is_stored_says_level_and_packs():
    assert (len(LEVELS), len(PACKS)) == (128, 128)
    for packs in range(1, MOST_PACKS + 1):
        assert (LEVELS[of_packs(packs)], PACKS[of_packs(packs)]) == ("in", packs)


@pytest.mark.parametrize(("packs", "shop"), [(1, 1), (2, 2), (3, 3), (125, 4), (999, 4)])
def test_nobody_is_sent_where_fewer_packs_were_counted(store, packs, shop):
    asks = [Ask(1, 500, stock=3), Ask(2, 600, stock=4), Ask(3, 700, stock=100), Ask(4, 800, stock=127)]
    desk = filled(store, SHOPS, asks)
    for question in ({}, {"in_stock": True}):
        answer = quote(desk, basket(packs), **EVERYWHERE, **question)
        assert bought(answer["single"]) == {shop: {1: packs}}
    [line] = answer["single"]["stops"][0]["lines"]
    assert (line["stock"], line["stock_packs"]) == ("in", {1: 1, 2: 2, 3: 98, 4: 125}[shop])
