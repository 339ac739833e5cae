"""What rules in force find follows imports, other prices, ceilings and moves, as a run would have it."""

from dataclasses import replace

import pytest

from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.ruling import using
from pricecompare.services.ruling.rules import add
from pricecompare.services.ruling.trying import tried
from tests.made import CODES
from tests.taken_up import REGION, price, seven_shops
from tests.test_import_moves import moved
from tests.test_ruling import HEADER, found, later, use, version
from tests.town import PHARMACIES, PRICE_HEADER, PRICES, SHOPS, Town


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def as_run(town):
    """Return whether a run and a rebuild would find nothing else."""
    before = town.derived()
    ran, made = using.run(town.desk), rebuild(town.desk)
    assert town.derived() == before
    return (ran.moved, made.changed) == (0, 0)


def test_what_is_found_follows_an_import(town):
    use(town.desk)
    town.take("prices", PRICE_HEADER + price(6, "13.00", 22) + price(0, "13.00", 22))
    assert as_run(town) and found(town.desk) == []
    town.take("prices", PRICE_HEADER + price(6, "21.00", 23) + price(1, "21.00", 23))
    assert as_run(town) and [one["price"] for one in found(town.desk)] == ["21.00", "21.00"]
    assert [one["price"] for one in found(town.desk, rule="plain-130", kind="listed", tier="above")] == ["21.00"] * 2
    assert found(town.desk, kind="online") == found(town.desk, rule="ceiling") == []


def test_another_kind_of_price_is_followed(town):
    use(town.desk, "online-counter")
    town.price(f"{SHOPS[0]},{CODES[0]},11.00,2026-10-25,online,in", f"{SHOPS[1]},{CODES[0]},10.20,2026-10-25,online,in")
    assert as_run(town) and [one["price"] for one in found(town.desk)] == ["11.00"]
    town.price(f"{SHOPS[0]},{CODES[0]},11.00,2026-10-26,listed,in", f"{SHOPS[1]},{CODES[0]},9.00,2026-10-26,listed,in")
    assert as_run(town) and [one["price"] for one in found(town.desk)] == ["10.20"]


def test_other_packs_are_followed(town):
    """Drugs of a group that people made; K is 1 between packs of the same size."""
    town.take(
        "groups", f"drug_code,product_group,generic_group,reason,who\n{CODES[0]},甲,甲,同,王\n{CODES[1]},甲,甲,同,王\n"
    )
    add(town.desk, version("plain-150", 2, ("version = 2", 'version = 2\ngroup = "product"')), made_by="王", why="试")
    use(town.desk, "plain-150")
    assert [(one["price"], one["group"]) for one in found(town.desk)] == [("20.00", "product")]
    town.take("prices", PRICE_HEADER + "".join(price(shop, "19.00", 25, CODES[1]) for shop in range(6)))
    assert as_run(town)
    votes = {one["drug"]["code"]: one["price"] for one in found(town.desk)}
    assert votes == {}
    town.take("prices", PRICE_HEADER + "".join(price(shop, "10.00", 26, CODES[1]) for shop in range(5)))
    assert as_run(town) and [one["price"] for one in found(town.desk)] == ["20.00", "19.00"]


def test_what_may_be_charged_is_followed(town):
    use(town.desk, "ceiling")
    assert found(town.desk) == []
    town.take("standards", f"{HEADER}{CODES[0]},990100,2026-01-01,,10.35,vbp,否\n")
    assert as_run(town) and sorted(one["price"] for one in found(town.desk)) == ["10.40", "10.50", "20.00"]
    town.take("standards", f"{HEADER}{CODES[0]},990100,2026-11-01,,15.00,bid,否\n")
    assert as_run(town) and [one["price"] for one in found(town.desk)] == ["20.00"]
    using.run(later(town.desk, 40))
    assert found(later(town.desk, 40)) == []


def test_prices_that_age_leave_by_themselves(town):
    use(town.desk)
    desk = later(town.desk, 25)
    assert found(desk) == []
    rebuild(desk, aged=True)
    assert town.store.rule_flags(int(REGION), most=9) == []


@pytest.mark.parametrize("places", [[(0, 990202)], [(0, 980100), (7, 980100)], [(at, 980100) for at in range(7)]])
def test_what_rules_found_moves_with_a_pharmacy(store, tmp_path, places):
    town = Town(store, tmp_path)
    town.take_all(until="pharmacies")
    for rule in ("plain-130", "tiers-2-5-10", "too-low", "online-counter"):
        use(town.desk, rule, "000000")
    town.take("pharmacies", PHARMACIES)
    town.take("prices", PRICES)
    town.price(*(f"{SHOPS[at]},{CODES[0]},{yuan},2026-10-31,listed,in" for at, yuan in ((0, "25.00"), (7, "4.00"))))
    assert as_run(town) and (found(town.desk), found(town.desk, "990200")) != ([], [])
    town.take("pharmacies", moved(*places))
    assert as_run(town)


THRESHOLDS = [("z = 3.0", "z = 0.1"), ("1.3, mean = 1.3", "1.05, mean = 1.05"), ('"1.00"', '"0.01"')]


def test_other_thresholds_of_the_default_rule(town):
    def flags(desk):
        return [(row.pharmacy_id, row.grade, row.rule_version) for row in desk.store.flags(int(REGION), most=99)]

    town.take("prices", PRICE_HEADER + "".join(price(at, f"{10 + at}.00", 20) for at in (8, 9, 10)))
    town.take("prices", PRICE_HEADER + price(0, "13.00", 22))
    before, elsewhere = flags(town.desk), town.store.flags(990200, most=99)
    assert before == [(7, "high", 1)]
    text = version("loo-pooled", 2, *THRESHOLDS)
    trial = tried(town.desk, add(town.desk, text, made_by="王", why="严"), REGION)
    done = use(town.desk, "loo-pooled")
    assert done["moved"] == trial["flagged"] > 1
    assert [rule for *_, rule in flags(town.desk)] == [2] * trial["flagged"]
    assert as_run(town)
    assert [row._replace(data_version=0) for row in town.store.flags(990200, most=99)] == [
        row._replace(data_version=0) for row in elsewhere
    ]
    town.take("prices", PRICE_HEADER + price(0, "13.01", 26))
    assert as_run(town) and {rule for *_, rule in flags(town.desk)} == {2}
    town.take("prices", PRICE_HEADER + price(0, "13.00", 27))
    use(town.desk, "loo-pooled", in_force=False)
    assert flags(town.desk) == before and as_run(town)


def test_every_version_of_the_default_rule_is_stored_as_it_is_computed(town):
    desk = replace(town.desk)
    add(desk, version("loo-pooled", 3, ("very_high = 2.0", "very_high = 1.9")), made_by="王", why="严")
    use(desk, "loo-pooled")
    (row,) = town.store.flags(int(REGION), most=9)
    assert (row.grade, row.rule_id, row.rule_version) == ("very_high", "loo-pooled", 3)
