"""The default rule for drugs that are sold in one region of a province alone, as in most cities: many drugs at once.

The prices of each drug stay in the order in which they rise, and only those few are looked at closely that the rule can
find. What comes out is to the bit what calc/flags.py says of each drug by itself: steps that are taken for all drugs
together cost little more than for one.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import runs
from pricecompare.calc.flags import Aside, Rule, graded, shrunk_spread
from pricecompare.calc.found import Found, of_interest
from pricecompare.calc.gross import errors_of_runs
from pricecompare.calc.reference import LOCAL, NOT_ASSESSED, against_mean, distance
from pricecompare.calc.runs import Runs
from pricecompare.calc.spreads import UPPER_QUARTILE_SCALE, Spread
from pricecompare.calc.stats import MAD_SCALE


@dataclass(frozen=True, slots=True)
class Lone:
    """What the prices of each of m drugs say by themselves: `x` are runs that rise, `at` says where each price stood.

    `wrong` are the places in `x` of gross errors, `error` which sort they are of; `clean` says which prices are neither
    errors nor set aside, None where all are, and `counted` are those. `own` has the spread of each drug.
    """

    x: Runs
    at: NDArray[np.intp]
    wrong: NDArray[np.intp]
    error: NDArray[np.int8]
    clean: NDArray[np.bool_] | None
    counted: Runs
    own: list[Spread]


def lone(fen: NDArray[np.int32], bounds: NDArray[np.intp], rule: Rule, aside: Aside = None) -> Lone:
    """Return what flags.judged says of drugs whose prices are all of one region.

    The prices of drug i are ``fen[bounds[i]:bounds[i + 1]]``; `aside` has the shape of `fen`.
    """
    at, x = runs.rising(fen, bounds)
    held = None if aside is None else aside[at]
    among = x if held is None else x.only(~held)
    wrong, error = errors_of_runs(x, among, ratio=rule.error_ratio, least=rule.error_min_quotes)
    clean = None
    if held is not None or len(wrong):
        clean = np.ones(len(x.values), bool) if held is None else ~held
        clean[wrong] = False
    counted = x if clean is None else x.only(clean)
    return Lone(x, at, wrong, error, clean, counted, spreads_of(counted))


def spreads_of(counted: Runs) -> list[Spread]:
    """Return the spread of each drug, as `flags.spread` has it, from its prices that count and rise."""
    n = counted.sizes
    logs = Runs(np.log(counted.values), counted.bounds)
    gaps = np.abs(logs.values - logs.each(logs.middle()))
    gaps /= logs.each(np.sqrt(1 - 1 / np.maximum(n, 2)))
    logs = runs.sorted_(gaps, counted.bounds)
    wide = np.maximum(MAD_SCALE * logs.quantile(0.5), logs.quantile(0.75) / UPPER_QUARTILE_SCALE)
    both = zip(wide.tolist(), n.tolist(), strict=True)
    # One price says nothing of how far it lies from others.
    return [Spread(s, m) if m > 1 else Spread(math.nan, 0) for s, m in both]


def found_among(these: Lone, rule: Rule, s0: float) -> Found:
    """Return what flags.findings finds of them, in the order given."""
    near = _near(these, rule)
    n, sums = these.counted.sizes[near.drug], these.counted.sums()
    price, count = these.x.values[near.places], n - near.clean
    few = count < rule.min_others
    median, area = np.where(few, np.nan, near.median), np.where(few, NOT_ASSESSED, LOCAL).astype(np.int8)
    ratio = price / median
    hit = ((ratio >= rule.ratio) & (price - median >= rule.min_excess) & (near.error == 0)).nonzero()[0]
    number, times, drug = count[hit], ratio[hit], near.drug[hit]
    z = distance(times, np.array([shrunk_spread(one, s0, rule) for one in these.own])[drug], number)
    total = sums[drug] - price[hit] * near.clean[hit]
    over = (against_mean(price[hit], total, number)[1] >= rule.ratio) & (z >= rule.z)
    strong, grade = np.zeros((2, len(price)), np.int8)
    strong[hit] = over & (z >= rule.strong_z) & (number >= rule.strong_others)
    grade[hit] = graded(times, rule) * over
    at = these.at[near.places]
    return of_interest(at, near.error, grade, strong.view(bool), near.clean, median, area, ratio)


class _Near(NamedTuple):
    """Places in `x` that are errors or may be flagged: of which drug and sort, whether clean, the median of others."""

    places: NDArray[np.intp]
    drug: NDArray[np.intp]
    error: NDArray[np.int8]
    clean: NDArray[np.bool_]
    median: NDArray[np.float64]


def _near(these: Lone, rule: Rule) -> _Near:
    x, n, medians = these.x, these.counted.sizes, _medians(these.counted)
    # The lowest median there is: a price left of this is too near to any of them to be flagged.
    lowest = np.where(n > 1, medians[2], medians[3])
    (first,) = x.from_(lowest * rule.ratio * (1 - 1e-9))
    left = these.wrong[these.wrong < first[x.run_of(these.wrong)]]
    places = np.sort(np.concatenate([left, runs.between(first, x.bounds[1:])]))
    drug = x.run_of(places)
    error = np.zeros(len(places), np.int8)
    error[places.searchsorted(these.wrong)] = these.error
    clean = np.ones(len(places), bool) if these.clean is None else these.clean[places]
    n = n[drug]
    among = places if these.clean is None else runs.bounds_of(these.clean, places)
    rank = np.where(clean, among - these.counted.bounds[drug], n)
    # Up to which rank leaving out a price gives the first, second and third of `_medians`.
    which = (rank > (n - 2) // 2) + (rank > (n - 1) // 2).astype(np.intp) + (rank > n - 1)
    return _Near(places, drug, error, clean, medians[which, drug])


def _medians(counted: Runs) -> NDArray[np.float64]:
    """Return, for each run, its medians without a low one, without the middle one, without a high one, and of all.

    >>> _medians(Runs(np.array([1.0, 2.0, 4.0, 9.0, 11.0]), np.array([0, 5]))).ravel().tolist()
    [6.5, 5.5, 3.0, 4.0]
    """
    n = counted.sizes
    lower, upper = counted.bounds[:-1] + (n - 2) // 2, counted.bounds[:-1] + (n - 1) // 2
    below, low, high, above = (counted.take(at) for at in (lower, lower + 1, upper, upper + 1))
    found = np.array([(low + above) / 2, (below + above) / 2, (below + high) / 2, counted.middle()])
    found[:3, n < 2] = np.nan
    return found
