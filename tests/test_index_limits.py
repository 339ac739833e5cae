"""Limits by region and year: the nearest holds, contradictions are refused, lines are tried before they hold."""

import pytest

from pricecompare.calc.index_limits import Limits, above, stars
from pricecompare.errors import Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.services import audit
from pricecompare.services.indexing import index
from pricecompare.services.indexing.settings import set_limit, settings, tried
from tests.sold import CITY, MONTH, SHOPS, WANG, sold


@pytest.fixture
def town(store, tmp_path):
    return sold(store, tmp_path)


def line(town, region=None, year=0):
    return {one["name"]: one["value"] for one in settings(town.desk, region, year)["items"]}["warning_line"]


def test_the_nearest_setting_holds(town):
    for region, year, value in ((None, 0, 130), (None, 2026, 120), (CITY, 0, 115), (CITY, 2026, 110)):
        set_limit(town.desk, region, year, "warning_line", value, by=WANG)
    asked = ((CITY, 2026), (CITY, 2027), ("990200", 2026), ("990200", 2027), (None, 2026))
    assert [line(town, *one) for one in asked] == [110, 115, 120, 130, 120]
    set_limit(town.desk, CITY, 2026, "warning_line", None, by=WANG)
    assert line(town, CITY, 2026) == 115


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ((None, 0, "magic", 1), Invalid, "bad_choice"),
        ((None, 0, "published_coverage", 1.5), Invalid, "bad_setting"),
        ((None, 0, "published_coverage", float("nan")), Invalid, "bad_setting"),
        ((None, 3000, "warning_line", 110), Invalid, "out_of_range"),
        (("123456", 0, "warning_line", 110), NotFound, "unknown_region"),
        (("990000", 0, "warning_line", 110), Invalid, "not_pooling"),
        ((None, 0, "indicative_drugs", 50), Invalid, "limits_out_of_order"),
        ((None, 0, "star_5", 120), Invalid, "limits_out_of_order"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(town, asked, error, code):
    set_limit(town.desk, None, 0, "star_4", 110, by=WANG)
    before = town.dump()
    with pytest.raises(error) as refused:
        set_limit(town.desk, *asked, by=WANG)
    assert (refused.value.code, town.dump()) == (code, before)


def test_a_setting_is_in_the_trail_and_changes_what_is_told(town):
    before = index.public(town.desk, SHOPS[6], period=MONTH)
    set_limit(town.desk, CITY, 2026, "warning_line", 102, by=Hand("王", "cli", "年度监测值"))
    after = index.public(town.desk, SHOPS[6], period=MONTH)
    assert (before["warning"], before["warning_line"]) == (None, None)
    assert (after["warning"], after["warning_line"]) == ("clearly", 102)
    assert after["data_version"] > before["data_version"]
    (entry,) = [one for one in audit.entries(town.desk)["items"] if "warning_line" in one["about"]]
    assert (entry["before"], entry["after"], entry["why"]) == (None, 102, "年度监测值")


def test_lines_are_tried_before_they_are_in_force(town):
    before = town.dump()
    told = tried(town.desk, CITY, {"warning_line": 102, "star_5": 97, "star_4": 100}, period=MONTH)
    listed = index.of_region(town.desk, CITY, period=MONTH, limit=200)["items"]
    expected = [one["pharmacy"]["code"] for one in listed if one["index"] >= 102]
    assert [one["pharmacy"]["code"] for one in told["above"]] == expected != []
    assert told["now"]["warning"] == told["now"]["stars"] == {}
    assert sum(told["then"]["stars"].values()) == told["then"]["published"] == 7
    assert town.dump() == before
    set_limit(town.desk, CITY, 2026, "warning_line", 102, by=WANG)
    marked = index.of_region(town.desk, CITY, period=MONTH, limit=200)["items"]
    assert [one["pharmacy"]["code"] for one in marked if one["warning"] != "no"] == expected


def test_other_thresholds_are_tried_too(town):
    told = tried(town.desk, CITY, {"published_drugs": 50}, period=MONTH)
    assert (told["now"]["published"], told["then"]["published"], told["then"]["indicative"]) == (7, 0, 7)
    assert told["different"] == 7
    set_limit(town.desk, CITY, 2026, "published_drugs", 50, by=WANG)
    assert {one["status"] for one in index.of_region(town.desk, CITY, period=MONTH)["items"]} == {"indicative"}


@pytest.mark.parametrize(("index_", "expected"), [(90, 5), (95, 5), (95.1, 4), (100, 4), (110, 3), (110.1, 1)])
def test_stars(index_, expected):
    assert stars(index_, Limits(star_5=95, star_4=100, star_3=110)) == expected


@pytest.mark.parametrize(
    ("index_", "low", "expected"),
    [(99, 90, "no"), (100, 90, "perhaps"), (110, 100, "clearly"), (110, None, "perhaps")],
)
def test_above_the_line(index_, low, expected):
    assert above(index_, low, Limits(warning_line=100)) == expected
