"""Rules in force: said by whom, where and when; what they find follows prices, other prices, ceilings and days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.schemas.rule import rule as parsed
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.rebuild import rebuild
from pricecompare.services.rules import add, shipped
from pricecompare.services.ruling import listing, using
from pricecompare.services.trying import tried
from tests.conftest import NOW
from tests.made import CODES
from tests.taken_up import price, seven_shops
from tests.town import PRICE_HEADER, SHOPS

WANG = Hand("王", "cli:wang", "试行")
REGION, PROVINCE = "990100", "990000"
TEXTS = {one.name: one.text for one in shipped()}
TODAY = date(2026, 11, 1)


@pytest.fixture
def town(store, tmp_path):
    return seven_shops(store, tmp_path)


def use(desk, name="plain-130", region=REGION, **more):
    return using.use(desk, region, name, by=WANG, **more)


def found(desk, region=REGION, **asked):
    """Return what rules found, without the version of the data."""
    items = listing.found(desk, region, limit=200, **asked)["items"]
    return [{name: value for name, value in one.items() if name != "data_version"} for one in items]


def later(desk: Desk, days: int) -> Desk:
    return Desk(desk.store, lambda: NOW + timedelta(days=days))


def version(name, number, *replaced):
    """Return another version of a shipped rule with texts in it replaced."""
    text = TEXTS[name].replace("version = 1", f"version = {number}")
    for before, after in replaced:
        assert before in text
        text = text.replace(before, after)
    return text


def test_a_rule_in_force_finds_at_once_with_every_number(town):
    done = use(town.desk)
    assert (done["looked"], done["moved"]) == (7, 1)
    (one,) = found(town.desk)
    assert (one["rule"]["id"], one["rule"]["version"], one["tier"], one["price"]) == ("plain-130", 1, "above", "20.00")
    by_name = {ref["name"]: ref for ref in one["references"]}
    prices = [1000, 1010, 1020, 1030, 1040, 1050, 2000]
    assert by_name["all_median"]["fen"] == 1030 and by_name["all_median"]["ratio"] == 2000 / 1030
    assert by_name["all_mean"]["fen"] == sum(prices) / 7 and by_name["all_mean"]["ratio"] == 2000 * 7 / sum(prices)
    assert (one["others"], one["ref_area"]) == (6, "local")
    assert one["z"] > 3 and "1030" not in one["text_zh"] and "10.30" in one["text_zh"] and "10.30" in one["text_en"]


def test_who_when_and_why_stand_there_and_in_the_audit_trail(town):
    use(town.desk, until=TODAY + timedelta(days=9))
    (said,) = using.uses(town.desk)
    assert (said["version"], said["since"], said["until"], said["made_by"], said["why"]) == (
        1, "2026-11-01", "2026-11-10", "王", "试行",
    )  # fmt: skip
    entry = audit.entries(town.desk, what="rule_use")["items"][0]
    assert (entry["who"], entry["why"], entry["about"]) == ("王", "试行", "rule plain-130 990100")
    assert (entry["before"], entry["after"]["name"]) == ([], "plain-130")
    assert audit.verified(town.desk)["first_break"] is None


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ({"name": "plain-13"}, NotFound, "unknown_rule"),
        ({"version": 7}, NotFound, "unknown_rule"),
        ({"region": "123456"}, NotFound, "unknown_region"),
        ({"region": "990102"}, Invalid, "whole_region_only"),
        ({"since": TODAY - timedelta(days=1)}, Invalid, "rule_use_days"),
        ({"until": TODAY - timedelta(days=1)}, Invalid, "rule_use_days"),
        ({"name": "elsewhere"}, Conflict, "rule_not_for_this"),
        ({"name": "over"}, Conflict, "rule_not_for_this"),
        ({"name": "loo-pooled", "version": 9}, Invalid, "rule_not_default"),
    ],
)
def test_refusals_change_nothing(town, asked, error, code):
    elsewhere = version("plain-130", 1, ('name = "plain-130"', 'name = "elsewhere"\nregions = ["990200"]'))
    over = version("plain-130", 1, ('name = "plain-130"', 'name = "over"\nuntil = "2026-10-31"'))
    for text in (elsewhere, over, version("loo-pooled", 9, ("min_others = 3", "error_ratio = 6"))):
        add(town.desk, text, made_by="王", why="试")
    before = town.dump()
    with pytest.raises(error) as refused:
        use(town.desk, **asked)
    assert (refused.value.code, town.dump()) == (code, before)


@pytest.mark.parametrize("by", [Hand("", "cli", "why"), Hand("王", "cli", " ")])
def test_nobody_does_it_without_a_name_and_a_reason(town, by):
    with pytest.raises(Invalid):
        using.use(town.desk, REGION, "plain-130", by=by)
    assert using.uses(town.desk) == []


def test_an_old_version_that_is_run_again_gives_the_same_flags(town):
    add(town.desk, version("plain-130", 2, ("1.3", "2.5")), made_by="王", why="误报多")
    use(town.desk, version=1)
    first, trial = found(town.desk), tried(town.desk, parsed(TEXTS["plain-130"]), REGION)
    assert len(first) == trial["flagged"] == 1
    use(town.desk)
    assert found(town.desk) == []
    use(town.desk, version=1)
    assert found(town.desk) == first
    assert tried(town.desk, parsed(TEXTS["plain-130"]), REGION) | {"data_version": 0} == trial | {"data_version": 0}


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ([(REGION, {})], True),
        ([(PROVINCE, {})], True),
        ([("000000", {})], True),
        ([("980100", {})], False),
        ([("000000", {}), (REGION, {"in_force": False})], False),
        ([(REGION, {"in_force": False}), ("000000", {})], False),
        ([(REGION, {}), (REGION, {"in_force": False})], False),
        ([(REGION, {}), (REGION, {"in_force": False}), (REGION, {})], True),
        ([(REGION, {"since": TODAY + timedelta(days=1)})], False),
        ([(REGION, {}), (REGION, {"in_force": False, "since": TODAY + timedelta(days=1)})], True),
    ],
)
def test_where_a_rule_holds(town, said, holds):
    for region, more in said:
        use(town.desk, region=region, **more)
    assert bool(found(town.desk)) == holds
    names = [one["name"] for one in using.in_force(town.desk, REGION)["rules"]]
    assert names == (["loo-pooled", "plain-130"] if holds else ["loo-pooled"])


def test_days_begin_and_end_by_the_nightly_run(town):
    use(town.desk, since=TODAY + timedelta(days=2), until=TODAY + timedelta(days=3))
    assert [one["since"] for one in using.in_force(town.desk, REGION)["to_come"]] == ["2026-11-03"]
    seen = []
    for days in range(5):
        using.run(later(town.desk, days))
        seen.append(len(found(later(town.desk, days))))
    assert seen == [0, 0, 1, 1, 0]


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


HEADER = "drug_code,region,since,until,standard,basis,confidential\n"


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


def test_flags_come_page_by_page(town):
    use(town.desk, "tiers-2-5-10")
    use(town.desk, "plain-130")
    town.take("prices", PRICE_HEADER + price(5, "19.00", 25))
    whole, page, cursor = found(town.desk), [], None
    while True:
        answer = listing.found(town.desk, REGION, limit=1, cursor_given=cursor)
        page += answer["items"]
        if (cursor := answer["next"]) is None:
            break
    assert len(whole) == 4 and [one["id"] for one in page] == [one["id"] for one in whole]
    assert found(town.desk, "990102") == whole


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
