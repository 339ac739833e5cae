"""The default abnormal-price rule: each price against the prices other pharmacies ask for the same drug.

One call concerns one drug, one kind of price and one wide area with its areas, one price per pharmacy.
The order of the steps: data errors are set aside, every price is compared with the median and the mean of
the *other* clean prices (an outlier cannot hide behind itself), and the gap is measured in the drug's own
usual spread, pooled over the areas and drawn towards the spread of a typical drug.
"""

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.gross import errors_against
from pricecompare.calc.reference import Reference, against_mean, compared, distance
from pricecompare.calc.spreads import Spread, pooled
from pricecompare.calc.stats import Grouped, by_price, grouped, quantile

GRADES = ("none", "notice", "high", "very_high")
"""Grades of a flag; the position of each is the number in `Assessment.grade`."""

Aside = NDArray[np.bool_] | None
"""Which prices are held back from every comparison; None for none of them."""


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
    counted = np.sort(fen if aside is None else fen[~aside])
    return errors_against(fen, counted, ratio=rule.error_ratio, least=rule.error_min_quotes)


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
    by_value = by_price(fen)
    ordered = price[by_value]
    counted = ordered if aside is None else ordered[~aside[by_value]]
    error = errors_against(price, counted, ratio=rule.error_ratio, least=rule.error_min_quotes, by_value=by_value)
    clean = error == 0 if aside is None else (error == 0) & ~aside
    by_area = grouped(price, area, clean, by_value)
    return Judged(price, by_value, error, clean, by_area, pooled(by_area))


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
    reference, scale = _reference(these, rule), shrunk_spread(these.own, s0, rule)
    found = _findings(these, rule, reference, scale)
    ref_mean, ratio_mean = against_mean(these.price, reference.total, reference.count)
    return Assessment(
        **{name: getattr(found, name) for name in BY_PRICE},
        ref_mean=ref_mean,
        others=reference.count,
        ratio_mean=ratio_mean,
        z=distance(found.ratio_median, scale, reference.count),
        spread=scale,
    )


@dataclass(frozen=True, slots=True)
class Findings:
    """What of an `Assessment` marks and flags are made of, in the same arrays."""

    error: NDArray[np.int8]
    ref_median: NDArray[np.float64]
    ref_area: NDArray[np.int8]
    ratio_median: NDArray[np.float64]
    flagged: NDArray[np.bool_]
    grade: NDArray[np.int8]
    strong: NDArray[np.bool_]
    counted: NDArray[np.bool_]


BY_PRICE = tuple(one.name for one in fields(Findings))


def findings(these: Judged, rule: Rule, s0: float) -> Findings:
    """Return what `assessment` finds without the numbers that few prices are asked for."""
    return _findings(these, rule, _reference(these, rule), shrunk_spread(these.own, s0, rule))


def _reference(these: Judged, rule: Rule) -> Reference:
    return compared(these.price, these.by_area, these.clean, these.by_value, rule.min_others)


def _findings(these: Judged, rule: Rule, reference: Reference, scale: float) -> Findings:
    ratio, error = these.price / reference.median, these.error
    above = (ratio >= rule.ratio) & (these.price - reference.median >= rule.min_excess)
    # Few prices are so far above the median: only these are looked at closely.
    at = np.flatnonzero(above & (error == 0) if error.any() else above)
    count = reference.count[at]
    z = distance(ratio[at], scale, count)
    over = (against_mean(these.price[at], reference.total[at], count)[1] >= rule.ratio) & (z >= rule.z)
    flagged, strong = np.zeros((2, len(ratio)), bool)
    flagged[at] = over
    strong[at] = over & (z >= rule.strong_z) & (count >= rule.strong_others)
    grade = _grades(ratio, flagged, rule)
    return Findings(error, reference.median, reference.area, ratio, flagged, grade, strong, these.clean)


def _grades(ratio: NDArray[np.float64], flagged: NDArray[np.bool_], rule: Rule) -> NDArray[np.int8]:
    """Return the grade of each price; grades are closed on the left: exactly 1.5 times is already high."""
    found = np.zeros(len(ratio), np.int8)
    at = np.flatnonzero(flagged)
    found[at] = graded(ratio[at], rule)
    return found


def graded(ratio: NDArray[np.float64], rule: Rule) -> NDArray[np.int8]:
    """Return the grade of prices that are flagged, by their ratios to the median."""
    # A rule may flag below its first grade: what is flagged is at least noticed.
    return np.maximum(np.array(rule.grades).searchsorted(ratio, side="right"), 1)
