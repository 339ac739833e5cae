"""Statistics for people against plain rows: bins, share, districts, the median's way, and the command."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from statistics import median

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.cli.main import main
from pricecompare.errors import Invalid
from pricecompare.services.statistics import standing
from pricecompare.services.statistics.trend import change, months_before
from pricecompare.services.statistics.trends import Point
from tests.conftest import NOW
from tests.made import Ask, Shop, filled
from tests.town import CODES, SHOPS, Town

TODAY = date(2026, 11, 1)
SHOPS_HERE = [Shop(number, 440305 + number % 2, 22.5, 114.0) for number in range(1, 19)]
ASKS = [Ask(shop.id, 1000 + 10 * (shop.id % 7), age=40 if shop.id == 1 else 2) for shop in SHOPS_HERE[:15]]
ASKS += [Ask(16, 99_999), Ask(17, 1000, kind="online")]


@pytest.fixture
def desk(store):
    """Eighteen pharmacies of two districts: fifteen sell the drug, one price is old, one a slip."""
    return filled(store, SHOPS_HERE, ASKS)


def fresh(district=None):
    return [
        ask.fen
        for ask in ASKS
        if ask.kind == "listed" and ask.age < 30 and ask.fen < 2000
        if district in (None, SHOPS_HERE[ask.shop - 1].district)
    ]


def test_all_prices_that_count_are_in_the_bins(desk):
    answer = standing.statistics(desk, CODES[0], region="440300")
    assert (answer["n"], answer["stale"], answer["doubtful"]) == (14, 1, 1)
    for one in answer["histogram"]:
        assert one["n"] == sum(one["lower_fen"] <= fen < one["upper_fen"] for fen in fresh())
    assert sum(one["n"] for one in answer["histogram"]) == 14


def test_the_share_counts_every_pharmacy_with_a_price_that_is_not_old(desk):
    answer = standing.statistics(desk, CODES[0], region="440300")
    assert [answer[name] for name in ("sellers", "pharmacies", "share")] == [15, 18, 0.8333]
    empty = standing.statistics(desk, CODES[0], region="440400")
    assert [empty[name] for name in ("sellers", "pharmacies", "share", "histogram")] == [0, 0, None, []]


@pytest.mark.parametrize(("few", "districts"), [(1, [440305, 440306]), (7, [440305, 440306]), (8, []), (1000, [])])
def test_districts_with_enough_prices_are_told(desk, few, districts):
    desk = replace(desk, settings=replace(desk.settings, few_sellers=few))
    answer = standing.statistics(desk, CODES[0], region="440300", by_district=True)
    assert [one["district"]["code"] for one in answer["districts"]] == [str(one) for one in districts]
    for one, district in zip(answer["districts"], districts, strict=True):
        prices = fresh(district)
        assert (one["n"], one["low_fen"], one["high_fen"]) == (len(prices), min(prices), max(prices))
        assert one["median_fen"] == median(prices)
    assert standing.statistics(desk, CODES[0], region="440300")["districts"] is None


def test_the_sentence_is_that_of_the_numbers(desk):
    answer = standing.statistics(desk, CODES[0], region="440300", months=0)
    assert answer["text_zh"] == "甲市有 14 家药店在售，中位价 10.30 元，半数药店在 10.13–10.48 元之间。"
    assert answer["trend"] is None


def observations(seed):
    """Return (shop, day, fen) of a year, some of them months apart."""
    random = Random(seed)
    return [
        (shop, TODAY - timedelta(days=random.randint(0, 420)), random.randint(1000, 1200))
        for shop in SHOPS
        for _ in range(random.randint(0, 9))
    ]


def plain_median(told, day):
    """Return number and median of the prices of the first city that were last seen at most 30 days before `day`."""
    last = {}
    for shop, seen, fen in sorted(told, key=lambda one: one[1]):
        if seen <= day and shop.startswith("P9901"):
            last[shop] = (seen, fen)
    here = [fen for seen, fen in last.values() if (day - seen).days <= 30]
    return len(here), median(here) if here else None


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("day", [None, date(2026, 8, 31)])
def test_the_trend_is_the_median_of_each_months_day(store, tmp_path, seed, day):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    # One price of a shop and day: of two the file says nothing of which came later.
    told = list({(shop, seen): (shop, seen, fen) for shop, seen, fen in observations(seed)}.values())
    town.price(*(f"{shop},{CODES[0]},{fen / 100:.2f},{seen},listed,in" for shop, seen, fen in told))
    answer = standing.statistics(town.desk, CODES[0], region="990100", as_of=day, months=14)
    days = [months_before(day or TODAY, back) for back in range(14, -1, -1)]
    found = [(one["day"], one["n"], one["median_fen"]) for one in answer["trend"]["points"]]
    assert found == [(one.isoformat(), *plain_median(told, one)) for one in days]
    assert found[-1][1:] == (answer["n"], answer["median_fen"])


def test_the_trend_is_made_anew_when_prices_come(store, tmp_path):
    town = Town(store, tmp_path)
    town.take_all(until="prices")
    medians = []
    for price in ("10.00", "12.00"):
        town.price(f"{SHOPS[0]},{CODES[0]},{price},2026-10-{20 + len(medians)},listed,in")
        trend = standing.statistics(town.desk, CODES[0], region="990100")["trend"]
        medians.append(trend["points"][-1]["median"])
    assert medians == ["10.00", "12.00"]


@pytest.mark.parametrize(("day", "first"), [(date(1, 1, 1), "0001-01-01"), (date(1, 3, 31), "0001-01-31")])
def test_a_trend_begins_no_earlier_than_days_do(city, day, first):
    answer = standing.statistics(city, "XJ01CAA501A001010190008", region="990100", as_of=day)
    assert (answer["trend"]["points"][0]["day"], answer["trend"]["months"]) == (first, day.month - 1)


@given(day=st.dates(date(2001, 1, 1)), months=st.integers(0, 24))
def test_a_month_before_is_the_same_day_or_the_last_of_a_shorter_month(day, months):
    before = months_before(day, months)
    assert (before.year * 12 + before.month) == day.year * 12 + day.month - months
    assert before.day == day.day or ((before + timedelta(days=1)).day == 1 and before.day < day.day)


@pytest.mark.parametrize(
    ("first", "last", "percent"),
    [
        ((9, 1000), (9, 1120), 12.0),
        ((9, 1250), (9, 1210), -3.2),
        ((9, 1000), (9, 1000), 0.0),
        ((4, 1000), (9, 1120), None),
        ((9, 1000), (4, 1120), None),
        ((0, None), (9, 1120), None),
    ],
)
def test_a_change_rests_on_enough_prices(first, last, percent):
    assert change([Point(TODAY, *first), Point(TODAY, 0, None), Point(TODAY, *last)], few=5) == percent


@pytest.mark.parametrize("months", [-1, 25])
def test_months_out_of_range_are_refused(desk, months):
    with pytest.raises(Invalid, match="0 to 24 months"):
        standing.statistics(desk, CODES[0], region="440300", months=months)


def test_the_command_shows_the_same(city):
    run = CliRunner()
    words = ["--db", str(city.store.engine.path), "statistics", "XJ01CAA501A001010190008", "--region", "990100"]
    shown = run.invoke(main, [*words, "--by-district", "--months", "2"], env={"PRICECOMPARE_NOW": NOW.isoformat()})
    answer = standing.statistics(city, "XJ01CAA501A001010190008", region="990100", by_district=True, months=2)
    assert shown.exit_code == 0
    for text in (answer["text_zh"], answer["text_en"], "17 of 72 pharmacies sell it", "望月区", "█", "2026-09-01"):
        assert text in shown.output
    as_json = run.invoke(main, [*words, "--json"], env={"PRICECOMPARE_NOW": NOW.isoformat()})
    assert answer["text_en"].split(";")[0].rstrip(".") in as_json.output


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("months=25", 422, "bad_months"),
        ("months=x", 422, "bad_number"),
        ("by_district=perhaps", 422, "not_yes_or_no"),
        ("by_district=true&months=0", 200, None),
    ],
)
def test_the_api_answers_or_says_what_is_wrong(client, query, status, code):
    answer = client.get(f"/api/v1/drugs/XJ01CAA501A001010190008/statistics?region=990100&{query}")
    assert (answer.status_code, answer.json.get("code")) == (status, code)
    if code is None:
        assert (answer.json["trend"], len(answer.json["districts"])) == (None, 2)
