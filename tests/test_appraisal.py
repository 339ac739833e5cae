"""Markets of one drug in one province against plain sums, and the worked example of domain.md through the services."""

from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.appraisal import appraised, book, book_spread, flags, is_stale
from pricecompare.calc.days import day_number
from pricecompare.calc.flags import DEFAULT_RULE, assessed
from pricecompare.calc.market import MARKS, sellers
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.offers import compare
from pricecompare.services.statistics import monitor, standing
from tests.conftest import NOW
from tests.made import CODES, Shop, filled

DAY = 86_400
TODAY, MAX_AGE = 1000, 30
FEN = st.one_of(st.integers(900, 1300), st.sampled_from([1000, 1400, 1600, 2500]), st.integers(50, 20_000))
AGES = st.sampled_from([0, 0, 1, 29, 30, 31, 400])
MARKETS = st.dictionaries(
    st.sampled_from([440300, 440400, 440500]), st.lists(st.tuples(FEN, AGES), max_size=14), min_size=1
)


def markets_of(rows):
    """Return sellers by region of {region: [(fen, age in days)]}; ids count on through the regions."""
    numbered = iter(range(1, 100))
    return {
        region: sellers([(next(numbered), fen, (TODAY - age) * DAY, 1, 0) for fen, age in these])
        for region, these in sorted(rows.items())
    }


def fresh_quotes(rows):
    quotes = [(fen, region) for region, these in sorted(rows.items()) for fen, age in these if age <= MAX_AGE]
    return np.array([fen for fen, _ in quotes]), np.array([region for _, region in quotes], np.int64)


@given(rows=MARKETS, s0=st.sampled_from([0.03, 0.1, 0.3]))
def test_every_market_is_what_plain_sums_say(rows, s0):
    this = book(markets_of(rows), today=TODAY, max_age=MAX_AGE)
    markets, _ = appraised(this, DEFAULT_RULE, s0, max_age=MAX_AGE)
    assert set(markets) == {region for region, these in rows.items() if these}
    for region, market in markets.items():
        assert market.sellers[["pharmacy", "fen"]].tolist() == markets_of(rows)[region][["pharmacy", "fen"]].tolist()
        assert_summed(market, rows[region])
    assert marks_of(markets) == plain_marks(rows, assessed(*fresh_quotes(rows), DEFAULT_RULE, s0))


def assert_summed(market, rows):
    """Compare what is stored beside the sellers with plain sums over them."""
    marks = [MARKS[mark] for mark in market.sellers["mark"].tolist()]
    ages = [age for _, age in rows if age <= MAX_AGE]
    sound = [
        fen for (fen, age), mark in zip(rows, marks, strict=True) if age <= MAX_AGE and not mark.startswith("error")
    ]
    assert market.stale == len(rows) - len(ages)
    assert market.doubtful == len(ages) - len(sound)
    assert market.ages_on == (TODAY - max(ages) + MAX_AGE + 1 if ages else None)
    if not sound:
        assert market.summary is None
        return
    figures = market.summary
    assert (figures.n, figures.low, figures.high) == (len(sound), min(sound), max(sound))
    assert (figures.mean, figures.median) == pytest.approx((fmean(sound), median(sound)))


def marks_of(markets):
    return [MARKS[mark] for _, market in sorted(markets.items()) for mark in market.sellers["mark"].tolist()]


def plain_marks(rows, found):
    """Return the mark of each price by the words of the rule; stale ones have none."""
    errors = {1: "error_high", -1: "error_low"}
    graded = iter(
        [
            errors.get(error, ("", "notice", "high", "very_high")[grade])
            for error, grade in zip(found.error.tolist(), found.grade.tolist(), strict=True)
        ]
    )
    ages = [age for _, these in sorted(rows.items()) for _, age in these]
    return ["" if age > MAX_AGE else next(graded) for age in ages]


@given(rows=MARKETS)
def test_a_flag_carries_the_numbers_of_the_rule(rows):
    this = book(markets_of(rows), today=TODAY, max_age=MAX_AGE)
    _, found = appraised(this, DEFAULT_RULE, 0.1, max_age=MAX_AGE)
    expected = assessed(*fresh_quotes(rows), DEFAULT_RULE, 0.1)
    flagged = [
        at
        for at in range(len(expected.error))
        if (expected.flagged[at] or expected.error[at]) and not np.isnan(expected.ref_median[at])
    ]
    shown = flags(this, found, 24)
    fen, area = fresh_quotes(rows)
    assert [(flag.fen, flag.place, flag.ref_median, flag.ratio_median) for flag in shown] == [
        (fen[at], area[at], expected.ref_median[at], expected.ratio_median[at]) for at in flagged
    ]
    for flag, at in zip(shown, flagged, strict=True):
        slip = bool(expected.error[at])
        assert (flag.class_ == "high", flag.grade == "error", flag.counted) == (not slip, slip, expected.counted[at])
        assert (flag.strong, flag.ref_area) == (expected.strong[at], ("local", "wider")[expected.ref_area[at]])


def test_stale_prices_say_nothing_of_the_spread():
    fresh = {440300: [(1000, 0), (1100, 0), (1300, 0)]}
    old = {440300: [*fresh[440300], (9000, 31)]}
    spreads = [book_spread(book(markets_of(rows), today=TODAY, max_age=30), DEFAULT_RULE) for rows in (fresh, old)]
    assert spreads[0] == spreads[1]


@pytest.mark.parametrize(
    ("observed", "stale"),
    [("2026-10-02T00:00+08:00", False), ("2026-10-01T23:59:59+08:00", True), ("2026-11-02T00:00+08:00", False)],
)
def test_a_price_is_stale_by_days_in_china(observed, stale):
    seconds = np.array([int(NOW.fromisoformat(observed).timestamp())])
    today = day_number(int(NOW.timestamp()))
    assert is_stale(seconds, today=today, max_age=30).tolist() == [stale]


TEN = ["9.80", "10.00", "10.20", "10.50", "10.50", "11.00", "11.20", "12.00", "18.90", "32.00"]


@pytest.fixture
def ten(store, tmp_path) -> Desk:
    """The ten prices of domain.md, imported."""
    shops = [Shop(number, 440305, 22.5, 114.0 + number / 1000) for number in range(1, 11)]
    desk = filled(store, shops)
    rows = [f"{shop.code},{CODES[0]},{price},2026-10-31" for shop, price in zip(shops, TEN, strict=True)]
    (tmp_path / "ten.csv").write_text("\n".join(["pharmacy_code,drug_code,price,observed_at", *rows]), "utf-8")
    assert import_file(desk, "prices", tmp_path / "ten.csv").upload.added == 10
    return desk


def test_the_worked_example_has_its_mean_and_median(ten):
    found = standing.statistics(ten, CODES[0], region="440300")
    names = ("n", "mean", "median", "mad", "q1", "q3", "low", "high", "stale", "doubtful")
    assert [found[name] for name in names] == [10, "13.61", "10.75", "0.96", "10.28", "11.80", "9.80", "32.00", 0, 0]


def test_the_worked_example_shows_each_price_against_the_median(ten):
    items = compare.offers(ten, CODES[0], region="440300")["items"]
    assert [(item["price"], item["local"]["ratio"], item["local"]["percent"]) for item in items[-2:]] == [
        ("18.90", 1.7581, 75.8), ("32.00", 2.9767, 197.7),
    ]  # fmt: skip
    assert [item["flag"] for item in items] == [None] * 8 + ["high", "very_high"]


def test_the_worked_example_is_flagged_against_all_the_others(ten):
    found = monitor.flags(ten, "440300")["items"]
    shown = [
        (flag["price"], flag["grade"], flag["ref_median"], round(flag["ratio_median"], 3), round(flag["ratio_mean"], 3))
        for flag in found
    ]
    assert shown == [("32.00", "very_high", "10.50", 3.048, 2.767), ("18.90", "high", "10.50", 1.8, 1.451)]
    assert [(flag["class"], flag["strong"], flag["others"], flag["ref_area"]) for flag in found] == [
        ("high", True, 9, "local")
    ] * 2
    assert "18.90" in found[1]["text_zh"] and "18.90" in found[1]["text_en"]


def test_a_rebuild_of_the_worked_example_changes_nothing(ten):
    before = monitor.flags(ten, "440300")["items"]
    assert rebuild(ten).changed == 0
    assert monitor.flags(ten, "440300")["items"] == before
