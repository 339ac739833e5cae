"""What rests on the catalogue or on groups follows at once when these change, as a run would have it."""

import pytest

from pricecompare.calc.codes import flag_name
from pricecompare.services.cases import Asked, step, told
from pricecompare.services.ruling.rules import add
from tests.made import CODES
from tests.taken_up import REGION, WANG, price, seven_shops
from tests.test_ruling import found, use, version
from tests.test_ruling_followed import as_run
from tests.town import DRUGS, PRICE_HEADER

GROUPS = "drug_code,product_group,generic_group,reason,who\n"
TOGETHER = GROUPS + "".join(f"{code},甲,甲,同,王\n" for code in CODES[:2])
APART = GROUPS + f"{CODES[1]},乙,乙,不同,王\n"


@pytest.fixture
def town(store, tmp_path):
    """Seven shops that sell a drug for about ten, one for twenty, and six that sell another drug for nineteen."""
    town = seven_shops(store, tmp_path)
    town.take("prices", PRICE_HEADER + "".join(price(shop, "19.00", 25, CODES[1]) for shop in range(6)))
    return town


def in_force(town, group):
    add(town.desk, version("plain-150", 2, ("version = 2", f'version = 2\ngroup = "{group}"')), made_by="王", why="试")
    use(town.desk, "plain-150")


def flagged(town):
    assert as_run(town)
    return [(one["drug"]["code"], one["price"]) for one in found(town.desk)]


@pytest.mark.parametrize("group", ["product", "generic"])
def test_groups_that_people_make_and_take_back(town, group):
    in_force(town, group)
    alone = flagged(town)
    assert alone == [(CODES[0], "20.00")]
    town.take("groups", TOGETHER)
    assert flagged(town) == []
    town.take("groups", APART)
    assert flagged(town) == alone


def test_a_catalogue_that_names_a_drug_otherwise(town):
    """The second drug turns out to be the first one, of another maker, and not after all."""
    in_force(town, "generic")
    alone = flagged(town)
    town.take("drugs", DRUGS.replace("药2,", "药1,"))
    assert flagged(town) == []
    town.take("drugs", DRUGS.replace("药2,", "药2片,"))
    assert flagged(town) == alone


@pytest.mark.parametrize("group", ["product", "generic"])
def test_a_catalogue_that_says_another_pack(town, group):
    """Nineteen for 48 is as ten for 24."""
    in_force(town, group)
    alone = flagged(town)
    town.take("groups", TOGETHER)
    assert flagged(town) == []
    town.take("drugs", DRUGS.replace(f"{CODES[1]},药2,片剂,0.1g,24", f"{CODES[1]},药2,片剂,0.1g,48"))
    assert flagged(town) == alone
    town.take("drugs", DRUGS.replace(f"{CODES[1]},药2,片剂,0.1g,24", f"{CODES[1]},药2,片剂,0.1g,12"))
    assert alone[0] not in flagged(town)


def test_a_new_drug_is_in_a_group_once_it_has_prices(town):
    in_force(town, "generic")
    alone, other = flagged(town), "XJ01CAA501A001010190777"
    town.take("drugs", DRUGS + f"{other},药1,片剂,0.1g,24,片,盒,别厂\n")
    assert flagged(town) == alone
    town.take("prices", PRICE_HEADER + "".join(price(shop, "19.00", 26, other) for shop in range(6)))
    assert flagged(town) == []


def test_another_number_in_the_pack_is_another_likely_slip(town):
    town.take("prices", PRICE_HEADER + price(6, "246.00", 26))
    (row,) = town.store.flags(int(REGION), most=9, class_="error_high")
    assert row.factor == 24
    town.take("drugs", DRUGS.replace(f"{CODES[0]},药1,片剂,0.1g,24", f"{CODES[0]},药1,片剂,0.1g,50"))
    (row,) = town.store.flags(int(REGION), most=9, class_="error_high")
    assert row.factor is None and as_run(town)


def test_cases_of_what_a_rule_found_follow_as_well(town):
    """Nineteen for half as many is dear beside the first drug, and only there."""
    in_force(town, "product")
    town.take("drugs", DRUGS.replace(f"{CODES[1]},药2,片剂,0.1g,24", f"{CODES[1]},药2,片剂,0.1g,12"))
    town.take("groups", TOGETHER)
    row = next(row for row, _ in town.store.rule_flags(int(REGION), most=99) if row.drug_id == 2)
    name = flag_name(row.pharmacy_id, row.drug_id, row.kind)
    step(town.desk, name, Asked("screen", "regulator", WANG))
    assert told(town.desk, name)["standing"]
    town.take("groups", APART)
    assert flagged(town) == [(CODES[0], "20.00")] and not told(town.desk, name)["standing"]
