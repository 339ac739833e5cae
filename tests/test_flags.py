"""The default abnormal-price rule, against the vectors and a model in plain Python."""

import csv
import math
import statistics
from collections import defaultdict
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pricecompare.calc.flags import (
    DEFAULT_RULE,
    GRADES,
    assessed,
    gross_errors,
    shrunk_spread,
    spread,
    typical_spread,
)
from pricecompare.calc.reference import LOCAL, NOT_ASSESSED, WIDER
from pricecompare.calc.slips import likely_factor

VECTORS = Path(__file__).resolve().parents[1].parent / "shared" / "vectors" / "flags" / "default_rule.csv"
ANY_EXCESS = replace(DEFAULT_RULE, min_excess=0)
REFERENCES = {LOCAL: "local", WIDER: "wider", NOT_ASSESSED: "none"}
PRICES = st.one_of(st.integers(900, 1400), st.sampled_from([1000, 1300, 1500, 2000]), st.integers(50, 20_000))
QUOTES = st.lists(st.tuples(PRICES, st.integers(210201, 210204)), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def panel():
    if not VECTORS.exists():
        pytest.skip("shared/vectors/flags/default_rule.csv is absent: the vectors are kept beside the project.")
    by_drug = defaultdict(list)
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_drug[row["drug"]].append(row)
    return by_drug


def quotes(rows):
    """Return prices in yuan and areas of one drug of the panel."""
    return np.array([float(row["price"]) for row in rows]), np.array([int(row["region"]) for row in rows])


def columns(rows, name, convert=float):
    return [convert(row[name]) for row in rows]


def plain_spread(rows, errors, rule):
    gaps = []
    for area in {area for _, area in rows}:
        logs = [math.log(x) for (x, own), error in zip(rows, errors, strict=True) if own == area and not error]
        if len(logs) > 1:
            middle, widen = statistics.median(logs), math.sqrt(1 - 1 / len(logs))
            gaps += [abs(value - middle) / widen for value in logs]
    if not gaps:
        return math.nan, 0
    upper = statistics.quantiles(gaps, n=4, method="inclusive")[2]
    return max(1.4826 * statistics.median(gaps), upper / 1.1503), len(gaps)


def plain_errors(rows, rule):
    middle = statistics.median(x for x, _ in rows)
    if len(rows) < rule.error_min_quotes:
        return [0] * len(rows)
    return [1 if x >= rule.error_ratio * middle else -1 if x * rule.error_ratio <= middle else 0 for x, _ in rows]


def plain_reference(rows, errors, i, rule):
    clean = [(x, area) for k, (x, area) in enumerate(rows) if k != i and not errors[k]]
    local, wide = [x for x, area in clean if area == rows[i][1]], [x for x, _ in clean]
    if len(local) >= rule.min_others:
        return local, LOCAL
    return wide, WIDER if len(wide) >= rule.min_others else NOT_ASSESSED


def plain_assessed(rows, rule, s0):
    """One row of the answer after the other: (error, median, mean, others, area, ratios, z, flagged, grade, strong)."""
    errors = plain_errors(rows, rule)
    s, m = plain_spread(rows, errors, rule)
    pooled = s0**2 if m == 0 else (rule.prior_quotes * s0**2 + m * s**2) / (rule.prior_quotes + m)
    scale = max(math.sqrt(pooled), rule.spread_floor)
    for i, (x, _) in enumerate(rows):
        rest, where = plain_reference(rows, errors, i, rule)
        if where == NOT_ASSESSED:
            yield errors[i], math.nan, math.nan, len(rest), where, math.nan, math.nan, math.nan, False, 0, False
            continue
        median, mean = statistics.median(rest), statistics.fmean(rest)
        z = math.log(x / median) / (scale * math.sqrt(1 + 1.57 / len(rest)))
        assume(min(abs(z - rule.z), abs(z - rule.strong_z)) > 1e-9)
        dear = x >= rule.ratio * median - 1e-9 and x * len(rest) >= rule.ratio * sum(rest) - 1e-6
        flagged = not errors[i] and dear and z >= rule.z and x - median >= rule.min_excess
        grade = 1 + (x / median >= 1.5) + (x / median >= 2) if flagged else 0
        strong = flagged and z >= rule.strong_z and len(rest) >= rule.strong_others
        yield errors[i], median, mean, len(rest), where, x / median, x / mean, z, flagged, grade, strong


def table(found):
    """Return an assessment as rows, in the order of the model's."""
    return np.array([getattr(found, field.name) for field in fields(found)[:11]], float).T


def test_every_intermediate_number_is_that_of_the_vectors(panel):
    own = {drug: spread(*quotes(rows), ANY_EXCESS) for drug, rows in panel.items()}
    s0 = typical_spread(np.array([one.s for one in own.values()]), ANY_EXCESS)
    for rows in panel.values():
        found = assessed(*quotes(rows), ANY_EXCESS, s0)
        assert [found.spread] * len(rows) == pytest.approx(columns(rows, "s"), rel=1e-9)
        for name in ("ref_median", "ref_mean", "ratio_median", "ratio_mean", "z"):
            assert getattr(found, name) == pytest.approx(columns(rows, name), rel=1e-9, abs=1e-11), name
        assert found.others.tolist() == columns(rows, "others", int)
        assert [REFERENCES[area] for area in found.ref_area.tolist()] == columns(rows, "ref_area", str)
        assert found.flagged.tolist() == columns(rows, "high", "True".__eq__)
        assert (found.error != 0).tolist() == columns(rows, "error", "True".__eq__)
        assert (found.error > 0).tolist() == columns(rows, "error_high", "True".__eq__)
        assert (found.error < 0).tolist() == columns(rows, "error_low", "True".__eq__)


@given(QUOTES, st.sampled_from([0.0, 0.05, 0.2]), st.sampled_from([DEFAULT_RULE, ANY_EXCESS]))
def test_the_rule_is_the_plain_model(rows, s0, rule):
    found = table(assessed(np.array([x for x, _ in rows]), np.array([area for _, area in rows]), rule, s0))
    np.testing.assert_allclose(found, np.array(list(plain_assessed(rows, rule, s0)), float), rtol=1e-9, atol=1e-9)


@given(QUOTES, st.randoms(use_true_random=False))
def test_the_order_of_quotes_does_not_matter(rows, random):
    places = list(range(len(rows)))
    random.shuffle(places)
    fen, area = np.array([x for x, _ in rows], np.int32), np.array([area for _, area in rows])
    found, shuffled = (assessed(fen[p], area[p], DEFAULT_RULE, 0.1) for p in (slice(None), places))
    assert shuffled.spread == found.spread
    np.testing.assert_array_equal(table(shuffled), table(found)[places])


def test_two_outliers_of_ten_are_found_past_each_other():
    fen = np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890, 3200])
    found = assessed(fen, np.zeros(10, int), DEFAULT_RULE, 0.1)
    assert found.flagged.tolist() == [False] * 8 + [True, True]
    assert found.ratio_mean[-2:].round(3).tolist() == [1.451, 2.767]
    assert found.ref_median[-2:].tolist() == [1050, 1050]
    assert [GRADES[grade] for grade in found.grade[-2:]] == ["high", "very_high"]


CALLED = {
    "just below the line": ([1000] * 5, 1299, "none"),
    "on the line, all others agreeing": ([1000] * 5, 1300, "notice"),
    "just below high": ([1000] * 5, 1499, "notice"),
    "exactly high": ([1000] * 5, 1500, "high"),
    "exactly very high": ([1000] * 5, 2000, "very_high"),
    "above the line but usual for this drug": ([700, 1300, 1000], 1300, "none"),
    "above the median, not above the mean": ([1000] * 10 + [1700] * 2, 1400, "none"),
    "dear by less than a yuan": ([100] * 5, 199, "none"),
    "dear by exactly a yuan": ([100] * 5, 200, "very_high"),
    "only two others": ([1000] * 2, 3000, "none"),
    "a data error, not a high price": ([1000] * 5, 5000, "none"),
}


@pytest.mark.parametrize(("others", "price", "grade"), CALLED.values(), ids=CALLED)
def test_what_a_price_is_called(others, price, grade):
    found = assessed(np.array([*others, price]), np.zeros(len(others) + 1, int), DEFAULT_RULE, 0.05)
    assert (GRADES[found.grade[-1]], found.flagged[-1]) == (grade, grade != "none")


@pytest.mark.parametrize(("n_others", "strong"), [(4, False), (5, True)], ids=["four others", "five others"])
def test_a_strong_flag_needs_five_others(n_others, strong):
    found = assessed(np.array([1000] * n_others + [1500]), np.zeros(n_others + 1, int), DEFAULT_RULE, 0.05)
    assert (found.flagged[-1], found.strong[-1]) == (True, strong)


def test_a_small_area_is_compared_with_the_wide_area_and_says_so():
    found = assessed(np.array([1000, 1010, 990, 1005, 2000]), np.array([1, 1, 1, 1, 2]), DEFAULT_RULE, 0.05)
    assert (found.ref_area.tolist(), found.others.tolist()) == ([LOCAL] * 4 + [WIDER], [3, 3, 3, 3, 4])
    assert (found.ref_median[-1], found.flagged[-1]) == (1002.5, True)


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_a_handful_of_prices_is_not_assessed(n):
    found = assessed(np.array([1000, 9000, 20][:n]), np.zeros(n, int), DEFAULT_RULE, 0.1)
    expected = [[0, np.nan, np.nan, n - 1, NOT_ASSESSED, np.nan, np.nan, np.nan, False, 0, False]] * n
    np.testing.assert_array_equal(table(found), np.reshape(expected, (n, 11)))


def test_a_data_error_is_in_no_reference_but_has_one():
    found = assessed(np.array([1000, 1020, 1040, 1060, 15450]), np.zeros(5, int), DEFAULT_RULE, 0.1)
    assert found.error.tolist() == [0, 0, 0, 0, 1]
    assert found.ref_median.tolist() == [1040, 1040, 1020, 1020, 1030]
    assert (found.ratio_median[-1], found.others.tolist()) == (15, [3, 3, 3, 3, 4])


GROSS = {
    "five times and a fifth": ([100, 100, 100, 500, 20], [0, 0, 0, 1, -1]),
    "just inside": ([100, 100, 100, 499, 21], [0, 0, 0, 0, 0]),
    "too few quotes to know": ([100, 100, 100, 5000], [0, 0, 0, 0]),
}


@pytest.mark.parametrize(("prices", "errors"), GROSS.values(), ids=GROSS)
def test_gross_errors(prices, errors):
    assert gross_errors(np.array(prices), DEFAULT_RULE).tolist() == errors


SPREADS = {
    "one quote an area": ([1000, 1100, 1200], [1, 2, 3], (math.nan, 0)),
    "list price and a lone quote": ([1000, 1000, 1000, 3000], [1, 1, 1, 2], (0.0, 3)),
    "two quotes": ([1000, 1210], [1, 1], (1.4826 * math.log(1.1) * math.sqrt(2), 2)),
    "no quotes": ([], [], (math.nan, 0)),
}


@pytest.mark.parametrize(("prices", "areas", "expected"), SPREADS.values(), ids=SPREADS)
def test_spread_of_few_or_equal_quotes(prices, areas, expected):
    found = spread(np.array(prices, int), np.array(areas, int), DEFAULT_RULE)
    assert (found.s, found.m) == pytest.approx(expected, nan_ok=True)


def test_a_drug_without_a_spread_takes_the_typical_one_and_none_lies_below_the_floor():
    nothing, tied = spread(np.array([5]), np.array([1]), DEFAULT_RULE), spread(np.full(6, 5), np.ones(6), DEFAULT_RULE)
    assert [shrunk_spread(nothing, s0, DEFAULT_RULE) for s0 in (0.12, 0.01)] == [0.12, 0.03]
    assert shrunk_spread(tied, 0.12, DEFAULT_RULE) == pytest.approx(0.12 / math.sqrt(2))


def test_the_typical_spread_without_any_drug_is_the_rules_own():
    assert typical_spread(np.array([math.nan]), DEFAULT_RULE) == DEFAULT_RULE.typical


SLIPS = {
    "ten": (9.2, None, 10),
    "hundred": (130, 24, 100),
    "pack": (22, 24, 24),
    "a tenth": (0.11, 24, 0.1),
    "a hundredth": (0.012, None, 0.01),
    "a piece": (0.04, 28, 1 / 28),
    "between": (35, None, None),
    "a pack of one": (5, 1, None),
    "not assessed": (math.nan, 24, None),
}


@pytest.mark.parametrize(("ratio", "pack_count", "factor"), SLIPS.values(), ids=SLIPS)
def test_the_likely_slip(ratio, pack_count, factor):
    assert likely_factor(ratio, pack_count) == factor
