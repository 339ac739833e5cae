"""Winners of central purchases (集采中选): a facet of the search, a mark of equivalents; never what is confidential."""

import pytest

from pricecompare.calc.standards import in_force
from pricecompare.services.offers import equivalents
from pricecompare.services.searching import search
from tests.town import CODES, SHOPS, Town

HEADER = "drug_code,region,since,until,standard,basis,confidential\n"
RULES = (
    f"{CODES[0]},全国,2026-01-01,,9.00,集采中选,\n"
    f"{CODES[0]},990100,2026-06-01,,8.00,谈判,\n"  # in the city another standard stands before it
    f"{CODES[1]},990200,2026-01-01,,7.00,集采中选,\n"
    f"{CODES[2]},全国,2026-01-01,,6.00,集采中选,是\n"  # confidential: as if there were none
    f"{CODES[3]},全国,2026-01-01,2026-10-31,5.00,集采中选,\n"  # over since yesterday
)
PLACES = [({}, {0, 1}), ({"region": "990100"}, set()), ({"region": "990200"}, {0, 1}), ({"region": "980100"}, set())]


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all()
    assert town.take("standards", HEADER + RULES).findings == []
    return town


def found(town, **asked):
    """Return the codes that a search finds, and how many it counts of each value of the facet."""
    answer = search.drugs(town.desk, q="药", group="none", limit=200, **asked)
    counted = {one["value"]: one["results"] for one in answer["facets"]["vbp"]}
    return {CODES.index(item["code"]) for item in answer["items"]}, counted


@pytest.mark.parametrize(("place", "winners"), PLACES, ids=["anywhere", "city", "neighbour", "nobody sells there"])
def test_winners_are_those_of_the_place(town, place, winners):
    every, counted = found(town, **place)
    others = every - winners
    assert counted == {value: len(these) for value, these in (("yes", winners), ("no", others)) if these}
    assert found(town, **place, vbp="yes")[0] == winners
    assert found(town, **place, vbp="no")[0] == others
    # The counts of a facet are those there would be if it were not chosen itself.
    assert found(town, **place, vbp="yes")[1] == counted


@pytest.mark.parametrize("region", [990100, 990200])
def test_the_facet_says_what_each_standard_says(town, region):
    atlas = town.desk.grounds.atlas(town.store, town.store.versions().places)
    today = town.desk.today().isoformat()
    known = {drug.id: town.store.public_standards(drug.id) for drug in town.store.drugs()}
    holding = {drug: in_force(those, atlas.upwards(region), today) for drug, those in known.items()}
    plain = {drug for drug, one in holding.items() if one is not None and one.basis == "vbp"}
    ids = {drug.code: drug.id for drug in town.store.drugs()}
    assert {ids[CODES[at]] for at in found(town, region=f"{region:06d}", vbp="yes")[0]} == plain


def test_a_standard_that_comes_is_seen_at_once_and_one_that_is_confidential_never(town):
    assert found(town, vbp="yes")[0] == {0, 1}
    town.take("standards", f"{HEADER}{CODES[2]},全国,2026-02-01,,6.00,集采中选,是\n")
    assert found(town, vbp="yes")[0] == {0, 1}
    town.take("standards", f"{HEADER}{CODES[3]},全国,2026-11-01,,6.00,集采中选,\n")
    assert found(town, vbp="yes")[0] == {0, 1, 3}


def test_equivalents_are_marked_with_what_insurance_says_where_they_are(town):
    town.take("drugs", "drug_code,generic_name,form,spec,pack_count,unit,pack_unit,maker\n" + "".join(
        f"{code},药甲,片剂,0.1g,{count},片,盒,厂{count}\n" for code, count in zip(CODES[:2], (24, 48), strict=True)
    ))  # fmt: skip
    for region, marks in (("990100", [(False, "8.00"), (False, None)]), ("990200", [(True, "9.00"), (True, "7.00")])):
        shop = next(one for one in SHOPS if one.startswith(f"P{region[:4]}"))
        town.price(*(f"{shop},{code},9.90,2026-10-28,listed,in" for code in CODES[:2]))
        answer = equivalents.equivalents(town.desk, CODES[0], region=region)
        these = [answer["own"], *answer["items"]]
        assert [(one["vbp"], one["standard"] and one["standard"]["price"]) for one in these] == marks
