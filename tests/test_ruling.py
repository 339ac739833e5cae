"""Rules in force: said by whom, where and when; what they find follows prices, other prices, ceilings and days."""

from datetime import date, timedelta

import pytest

from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.schemas.rule import rule as parsed
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.ruling import listing, using
from pricecompare.services.ruling.rules import add, shipped
from pricecompare.services.ruling.trying import tried
from tests.conftest import NOW
from tests.taken_up import price, seven_shops
from tests.town import PRICE_HEADER

WANG = Hand("王", "cli:wang", "试行")
REGION, PROVINCE = "990100", "990000"
TEXTS = {one.name: one.text for one in shipped()}
TODAY = date(2026, 11, 1)
HEADER = "drug_code,region,since,until,standard,basis,confidential\n"
"""Columns of payment standards."""


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


def test_a_new_version_is_held_against_the_one_in_force(town):
    use(town.desk, version=1)
    town.take("prices", PRICE_HEADER + price(0, "17.00", 22))
    again = parsed(version("plain-130", 2, ("1.3", "1.5")))
    trial = tried(town.desk, again, REGION)
    assert (trial["against"]["name"], trial["against"]["version"]) == ("plain-130", 1)
    assert (trial["flagged"], trial["new"], trial["same"], trial["gone"]) == (1, 0, 1, 1)
    assert tried(town.desk, parsed(TEXTS["plain-150"]), REGION)["against"]["name"] == "loo-pooled"


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
