"""Summaries and leave-one-out statistics, against R's numbers and the standard library's."""

import json
import statistics
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.stats import Summary, by_price, grouped, grouped_order, median_of_rest, others, summary

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "vectors" / "flags" / "robust_statistics.json"
PRICES = st.lists(st.integers(1, 5_000_000), max_size=40)
GROUPS = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), st.booleans()), max_size=30)


@pytest.fixture(scope="module")
def samples():
    if not VECTORS.exists():
        pytest.skip("shared/vectors/flags/robust_statistics.json is absent: the vectors are kept beside the project.")
    return json.loads(VECTORS.read_text())["samples"]


def plain_summary(prices):
    ordered = sorted(prices)
    middle = statistics.median(ordered)
    quartiles = statistics.quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    mad = 1.4826 * statistics.median(abs(price - middle) for price in ordered)
    return (len(ordered), statistics.fmean(ordered), middle, mad, quartiles[0], quartiles[2], ordered[0], ordered[-1])


def values(found: Summary):
    return [getattr(found, name) for name in ("n", "mean", "median", "mad", "q1", "q3", "low", "high")]


def test_summaries_are_those_of_r(samples):
    for name, sample in samples.items():
        x = sample["x"]
        expected = [len(x), sample["mean"], sample["median"], sample["mad"], sample["q7"][0], sample["q7"][2]]
        assert values(summary(np.array(x))) == pytest.approx([*expected, min(x), max(x)], rel=1e-9), name


@given(PRICES.filter(len))
def test_a_summary_is_what_the_standard_library_says(prices):
    assert values(summary(np.array(prices))) == pytest.approx(plain_summary(prices), rel=1e-12)


def test_there_is_no_summary_of_no_prices():
    assert summary(np.array([], np.int32)) is None


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([1250], (1, 1250, 1250, 0, 1250, 1250, 1250, 1250)),
        ([1300, 1000], (2, 1150, 1150, 222.39, 1075, 1225, 1000, 1300)),
        ([800] * 4 + [8000], (5, 2240, 800, 0, 800, 800, 800, 8000)),
    ],
    ids=["one price", "two prices", "all but one the same"],
)
def test_small_and_tied_markets(prices, expected):
    assert values(summary(np.array(prices))) == pytest.approx(expected, rel=1e-12)


def test_prices_packed_as_small_integers_do_not_overflow():
    assert summary(np.full(3000, 2_000_000, np.uint32)).mean == 2_000_000


def test_an_outlier_hides_from_the_mean_that_holds_it_but_not_from_the_others():
    fen = np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890, 3200])
    market = summary(fen)
    assert (market.mean, market.median) == (1361, 1075)
    ratios = [(price / market.median, price / market.mean) for price in fen[-2:]]
    assert np.array(ratios).round(3).tolist() == [[1.758, 1.389], [2.977, 2.351]]
    rest = others(grouped(fen, np.zeros(len(fen), int), np.ones(len(fen), bool)))
    assert (fen * rest.count / rest.total)[-2:].round(3).tolist() == [1.451, 2.767]


@given(GROUPS)
def test_others_are_counted_ones_of_the_same_group(rows):
    x, group, counted = (np.array([row[i] for row in rows], kind) for i, kind in enumerate((int, int, bool)))
    found = others(grouped(x, group, counted))
    for i, (_, own, _) in enumerate(rows):
        rest = [v for k, (v, place, counts) in enumerate(rows) if k != i and place == own and counts]
        assert (found.count[i], found.total[i]) == (len(rest), sum(rest))
        np.testing.assert_equal(found.median[i], statistics.median(rest) if rest else np.nan)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=30))
def test_a_single_group_takes_a_shorter_way_to_the_same_bits(rows):
    x, counted = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    alone = grouped(x, np.zeros(len(x), int), counted)
    beside = grouped(np.append(x, 5), np.append(np.zeros(len(x), int), 1), np.append(counted, True))
    for one in ("median", "total", "count"):
        np.testing.assert_array_equal(getattr(others(alone), one), getattr(others(beside), one)[:-1])
    medians = median_of_rest(alone.x, alone.start, alone.count, alone.rank)
    np.testing.assert_array_equal(others(alone).median[alone.order], medians)


@given(st.lists(st.integers(1, 10**9), max_size=30))
def test_prices_packed_with_their_places_sort_like_prices(fen):
    for kind in (np.int32, np.int64, np.float64):
        x = np.array(fen, kind)
        assert x[by_price(x)].tolist() == sorted(x.tolist())


@pytest.mark.parametrize("step", [1, 100_000], ids=["labels close together", "labels far apart"])
@given(rows=GROUPS)
def test_grouped_order_sorts_groups_and_values_inside(step, rows):
    x, group = np.array([row[0] for row in rows], int), np.array([row[1] * step - step for row in rows], int)
    order = grouped_order(group, x)
    assert sorted(order.tolist()) == list(range(len(rows)))
    assert list(zip(group[order], x[order], strict=True)) == sorted(zip(group, x, strict=True))
