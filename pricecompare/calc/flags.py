"""The default abnormal-price rule: each price against the prices other pharmacies ask for the same drug.

One call concerns one drug, one kind of price and one wide area with its areas, one price per pharmacy.
The order of the steps: data errors are set aside, every price is compared with the median and the mean of
the *other* clean prices (an outlier cannot hide behind itself), and the gap is measured in the drug's own
usual spread, pooled over the areas and drawn towards the spread of a typical drug.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.placeholders import RATIO, placeholders
from pricecompare.calc.reference import against_mean, compared, distance
from pricecompare.calc.stats import MAD_SCALE, Grouped, grouped, median_of_rest, middle_of, quantile

GRADES = ("none", "notice", "high", "very_high")
"""Grades of a flag; the position of each is the number in `Assessment.grade`."""

Aside = NDArray[np.bool_] | None
"""Which prices are held back from every comparison; None for none of them."""

UPPER_QUARTILE_SCALE = 1.1503
"""The upper quartile of |x| for a standard normal x; seldom zero where the median, in a chain town, is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A versioned abnormal-price rule; ratios are multiples of the reference, `min_excess` is in fen.

    `prior_quotes` is how many quotes the spread of a typical drug counts for, `typical` is that spread
    when no drug has one. `grades` are the ratios to the median where notice, high and very high begin.
    """

    id: str = "loo-pooled"
    version: int = 1
    error_ratio: float = 5.0
    error_min_quotes: int = 5
    ratio: float = 1.3
    z: float = 3.0
    min_others: int = 3
    min_excess: float = 100
    prior_quotes: float = 6.0
    spread_floor: float = 0.03
    typical: float = 0.10
    grades: tuple[float, float, float] = (1.3, 1.5, 2.0)
    strong_z: float = 3.5
    strong_others: int = 5


DEFAULT_RULE = Rule()


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the logarithms of one drug's prices lie from their area's median; `m` quotes said so."""

    s: float
    m: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rule says of each price: arrays of shape (n,) in the order given, references in fen.

    `error` is 1 (too high), −1 (too low) or 0; `others` counts the prices behind the reference; `ref_area` is
    reference.LOCAL, WIDER or NOT_ASSESSED, and then references, ratios and z are nan. `grade` is a place in GRADES.
    `spread` is the drug's shrunk spread: 0.09 reads "prices normally differ by about 9 %". `counted` prices are among
    those that others are compared with.
    """

    error: NDArray[np.int8]
    ref_median: NDArray[np.float64]
    ref_mean: NDArray[np.float64]
    others: NDArray[np.intp]
    ref_area: NDArray[np.int8]
    ratio_median: NDArray[np.float64]
    ratio_mean: NDArray[np.float64]
    z: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    grade: NDArray[np.int8]
    strong: NDArray[np.bool_]
    spread: float
    counted: NDArray[np.bool_]


def gross_errors(fen: NDArray, rule: Rule, aside: Aside = None) -> NDArray[np.int8]:
    """Return 1 for prices too high to be meant, −1 for too low, 0 for the rest; shape (n,).

    Too high is at least `error_ratio` times the median of all the prices not set `aside`, too low at most that part;
    for one digit over and over less is enough (calc/placeholders.py).
    The wide area's median is used because one price ten times too high ruins the median of a small area.

    >>> gross_errors(np.array([1000, 1100, 1200, 6000, 200]), DEFAULT_RULE).tolist()
    [0, 0, 0, 1, -1]
    """
    return errors_against(fen, np.sort(fen if aside is None else fen[~aside]), rule)


def errors_against(
    fen: NDArray, counted: NDArray, rule: Rule, by_value: NDArray[np.intp] | None = None
) -> NDArray[np.int8]:
    """Return gross errors against the median of the `counted` prices, which rise.

    `by_value` are the positions that sort `fen`, where they are known already.
    """
    found = np.zeros(len(fen), np.int8)
    if len(counted) < max(rule.error_min_quotes, 1):
        return found
    middle = quantile(counted, 0.5)
    if by_value is None:
        return _errors(fen, middle, rule)
    # Only the lowest and the highest are looked at closely, from a little nearer than any error lies.
    ordered, near = fen[by_value], min(rule.error_ratio, RATIO) * (1 - 1e-9)
    low, high = ordered.searchsorted((middle / near, middle * near)).tolist()
    if low or high < len(fen):
        far = np.concatenate([by_value[:low], by_value[max(low, high) :]])
        found[far] = _errors(fen[far], middle, rule)
    return found


def _errors(fen: NDArray, middle: float, rule: Rule) -> NDArray[np.int8]:
    error = (fen / middle >= rule.error_ratio).astype(np.int8) - (middle / fen >= rule.error_ratio)
    if len(none := placeholders(fen, middle)):
        error[none] = np.where(fen[none] > middle, 1, -1)
    return error


@dataclass(frozen=True, slots=True)
class Judged:
    """What one drug's own prices say, before other drugs are looked at: shape (n,) in the order given.

    `by_value` are the positions of rising prices; `clean` prices are neither gross errors nor set aside.
    """

    price: NDArray[np.float64]
    by_value: NDArray[np.intp]
    error: NDArray[np.int8]
    clean: NDArray[np.bool_]
    by_area: Grouped
    own: Spread


def judged(fen: NDArray, area: NDArray[np.integer], rule: Rule, aside: Aside = None) -> Judged:
    """Return what `assessed` needs besides the spread of a typical drug; arguments as there."""
    price = np.asarray(fen, np.float64)
    by_value = np.argsort(price)
    ordered = price[by_value]
    error = errors_against(price, ordered if aside is None else ordered[~aside[by_value]], rule, by_value)
    clean = error == 0 if aside is None else (error == 0) & ~aside
    by_area = grouped(price, area, clean, by_value)
    return Judged(price, by_value, error, clean, by_area, _spread(by_area))


def spread(fen: NDArray, area: NDArray[np.integer], rule: Rule, aside: Aside = None) -> Spread:
    """Return the spread of one drug, pooled over its areas, gross errors left out; nan from no quotes at all.

    Prices set `aside` (shape (n,)) do not count.

    s = max(1.4826 · median |d|, Q75 |d| / 1.1503), d = (ln p − median ln p of the area) / √(1 − 1/n), with n
    the clean quotes of the area. An area with one quote says nothing and does not count in m.

    >>> own = spread(np.array([1000, 1000, 1100, 900, 1000, 1200]), np.array([1, 1, 1, 2, 2, 2]), DEFAULT_RULE)
    >>> round(own.s, 6), own.m
    (0.109504, 6)
    """
    return judged(fen, area, rule, aside).own


def typical_spread(spreads: NDArray[np.float64], rule: Rule) -> float:
    """Return s0, the median over drugs of their spreads `s`; drugs without one (nan) are passed over.

    >>> typical_spread(np.array([0.06, 0.12, np.nan, 0.08]), DEFAULT_RULE)
    0.08
    """
    known = np.sort(spreads[~np.isnan(spreads)])
    return quantile(known, 0.5) if len(known) else rule.typical


def shrunk_spread(own: Spread, s0: float, rule: Rule) -> float:
    """Return s̃ = √((d0 s0² + m s²) / (d0 + m)), d0 = `prior_quotes`, never below `spread_floor`.

    >>> round(shrunk_spread(Spread(0.20, 6), 0.10, DEFAULT_RULE), 6)
    0.158114
    """
    if own.m == 0:
        return max(s0, rule.spread_floor)
    variance = (rule.prior_quotes * s0**2 + own.m * own.s**2) / (rule.prior_quotes + own.m)
    return max(math.sqrt(variance), rule.spread_floor)


def assessed(fen: NDArray, area: NDArray[np.integer], rule: Rule, s0: float, aside: Aside = None) -> Assessment:
    """Return what `rule` says of each price; `fen` and `area` have shape (n,), prices are above zero.

    Prices set `aside` (shape (n,)) are assessed like the others, but no price is compared with them.

    x is a price, M and A are the median and the mean of the other clean prices of its area, or of the wide area
    when the area has fewer than `min_others`. z = ln(x/M) / (s̃ √(1 + 1.57/others)); 1.57 is π/2, by which a
    median varies more than a mean. Flagged: x/M ≥ ratio, x/A ≥ ratio, z ≥ rule.z, x − M ≥ min_excess, and no
    data error. Strong: z ≥ strong_z as well, with at least strong_others behind it.
    `s0` is the `typical_spread` of the wide area's drugs.

    >>> fen = np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890, 3200])
    >>> found = assessed(fen, np.zeros(10, int), DEFAULT_RULE, 0.1)
    >>> found.flagged.tolist()[-3:], [GRADES[g] for g in found.grade[-3:]], found.ratio_mean[-2:].round(3).tolist()
    ([False, True, True], ['none', 'high', 'very_high'], [1.451, 2.767])
    """
    return assessment(judged(fen, area, rule, aside), rule, s0)


def assessment(these: Judged, rule: Rule, s0: float) -> Assessment:
    """Return `assessed` of prices that were `judged` by the same rule."""
    price, error = these.price, these.error
    reference = compared(price, these.by_area, these.clean, these.by_value, rule.min_others)
    scale = shrunk_spread(these.own, s0, rule)
    ref_mean, ratio_mean = against_mean(price, reference.total, reference.count)
    ratio_median = price / reference.median
    z = distance(ratio_median, scale, reference.count)
    above = (ratio_median >= rule.ratio) & (ratio_mean >= rule.ratio) & (price - reference.median >= rule.min_excess)
    flagged = (error == 0) & above & (z >= rule.z)
    return Assessment(
        error=error,
        ref_median=reference.median,
        ref_mean=ref_mean,
        others=reference.count,
        ref_area=reference.area,
        ratio_median=ratio_median,
        ratio_mean=ratio_mean,
        z=z,
        flagged=flagged,
        grade=_grades(ratio_median, flagged, rule),
        strong=flagged & (z >= rule.strong_z) & (reference.count >= rule.strong_others),
        spread=scale,
        counted=these.clean,
    )


def _spread(prices: Grouped) -> Spread:
    """Return the pooled spread of prices sorted by area; see `spread`."""
    gaps = _gaps_of_one(prices) if len(prices.first) == 1 else _gaps(prices)
    if not len(gaps):
        return Spread(math.nan, 0)
    gaps.sort()
    return Spread(max(MAD_SCALE * quantile(gaps, 0.5), quantile(gaps, 0.75) / UPPER_QUARTILE_SCALE), len(gaps))


def _gaps(prices: Grouped) -> NDArray[np.float64]:
    """Return how far the logarithm of each counted price lies from its area's median, widened for few prices."""
    logs, count = np.log(prices.x), prices.count[prices.first]
    middle = median_of_rest(logs, prices.first, count, count)[prices.place]
    telling = prices.counted & (prices.count > 1)
    gaps: NDArray[np.float64] = np.abs(logs - middle)[telling] / np.sqrt(1 - 1 / prices.count[telling])
    return gaps


def _gaps_of_one(prices: Grouped) -> NDArray[np.float64]:
    """Return `_gaps` of a single area."""
    count = int(prices.count[0])
    logs = np.log(prices.x[: count if count > 1 else 0])
    if len(logs):
        np.subtract(logs, middle_of(logs), out=logs)
        np.abs(logs, out=logs)
        logs /= math.sqrt(1 - 1 / count)
    return logs


def _grades(ratio: NDArray[np.float64], flagged: NDArray[np.bool_], rule: Rule) -> NDArray[np.int8]:
    """Return the grade of each price; grades are closed on the left: exactly 1.5 times is already high."""
    found = np.zeros(len(ratio), np.int8)
    at = np.flatnonzero(flagged)
    # A rule may flag below its first grade: what is flagged is at least noticed.
    found[at] = np.maximum(np.searchsorted(rule.grades, ratio[at], side="right"), 1)
    return found
