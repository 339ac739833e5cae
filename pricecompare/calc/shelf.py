"""Many drugs that are each sold in one region of a province alone: their markets, to the bit as made one by one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.days import day_number
from pricecompare.calc.flags import Rule
from pricecompare.calc.found import Flagged, Found, marks
from pricecompare.calc.lone import Lone, found_among, lone
from pricecompare.calc.market import HELD, UNMARKED, Sellers, copied
from pricecompare.calc.runs import Runs, bounds_of, sorted_
from pricecompare.calc.spreads import Spread
from pricecompare.calc.stats import MAD_SCALE

Numbers = tuple[float | None, ...]
"""The statistics of a market in the order of stats.Summary; n = 0 and None for all others where no price counts."""


@dataclass(slots=True)
class Shelf:
    """The sellers of m markets of as many drugs: those of market i are ``sellers[bounds[i]:bounds[i + 1]]``, not none.

    `seen`, `fresh` and `held` are as in appraisal.Book; `fresh_bounds` are the bounds of the fresh ones among these.
    """

    sellers: Sellers
    bounds: NDArray[np.intp]
    seen: NDArray[np.int64]
    fresh: NDArray[np.bool_]
    fresh_bounds: NDArray[np.intp]
    held: NDArray[np.bool_] | None
    _judged: tuple[Rule, Lone] | None = field(default=None, repr=False)

    def judged(self, rule: Rule) -> Lone:
        """Return what the fresh prices say by themselves; kept, since a shelf is looked at twice."""
        if self._judged is None or self._judged[0] != rule:
            held = None if self.held is None else self.held[self.fresh]
            self._judged = rule, lone(self.sellers["fen"][self.fresh], self.fresh_bounds, rule, held)
        return self._judged[1]

    def spreads(self, rule: Rule) -> list[Spread]:
        """Return how widely the fresh prices of each drug lie."""
        return self.judged(rule).own

    def flagged(self, found: Found, pack: NDArray[np.int64]) -> Flagged:
        """Return the flags among what was found, told by the numbers of markets; `pack` is 0 where it is not known."""
        return Flagged(found, self.sellers, np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds)), pack)


class Markets(NamedTuple):
    """What is stored of the markets of a shelf, each column with one value for each: as in appraisal.Market."""

    sellers: list[Sellers]
    summary: list[Numbers]
    stale: list[int]
    doubtful: list[int]
    ages_on: list[int | None]


def shelf(sellers: Sellers, sizes: Iterable[int], seen: NDArray[np.int64], *, today: int, max_age: int) -> Shelf:
    """Return the shelf of markets of so many sellers each, last `seen` then; `today` is a day number."""
    bounds = np.append(0, np.cumsum([*sizes], dtype=np.intp))
    held = sellers["mark"] == HELD
    fresh = ~is_stale(seen, today=today, max_age=max_age)
    return Shelf(sellers, bounds, seen, fresh, bounds_of(fresh, bounds), held if held.any() else None)


def looked_at(
    this: Shelf, rule: Rule, s0: float, *, max_age: int, own_rules: Mapping[int, Rule] | None = None
) -> tuple[Markets, Found]:
    """Return the markets, and what was found, `at` being places on the shelf.

    `own_rules` are the markets, by their numbers, in whose regions a rule of their own holds.
    """
    own = this.judged(rule)
    found = _found(own, rule, s0, own_rules or {})
    if not this.fresh.all():
        found = found._replace(at=this.fresh.nonzero()[0][found.at])
    marked = copied(this.sellers)
    marked["mark"] = UNMARKED
    marked["mark"][found.at] = marks(found)
    if this.held is not None:
        marked["mark"][this.held] = HELD
    fresh = this.fresh_bounds[1:] - this.fresh_bounds[:-1]
    return Markets(
        np.split(marked, this.bounds[1:-1]),
        summaries(own.counted),
        (this.bounds[1:] - this.bounds[:-1] - fresh).tolist(),
        (fresh - own.counted.sizes).tolist(),
        _ages_on(this, max_age),
    ), found


def _found(own: Lone, rule: Rule, s0: float, own_rules: Mapping[int, Rule]) -> Found:
    """Return what each market's rule finds, `at` being places among the fresh prices."""
    if not own_rules:
        return found_among(own, rule, s0)
    by_rule = np.array([own_rules.get(market, rule) for market in range(len(own.own))], object)
    parts = []
    for its in set(by_rule.tolist()):
        found = found_among(own, its, s0)
        here = (by_rule == its)[own.x.run_of(found.at)]
        parts.append(found.chosen(here))
    both = Found(*[np.concatenate(columns) for columns in zip(*parts, strict=True)])
    return both.chosen(both.at.argsort())


def summaries(counted: Runs) -> list[Numbers]:
    """Return the `stats.summary_of` prices that rise in each run, as plain numbers.

    >>> summaries(Runs(np.array([1000.0, 1200.0]), np.array([0, 2, 2])))[0]
    (2, 1100.0, 1100.0, 148.26, 1050.0, 1150.0, 1000.0, 1200.0)
    """
    n, middle = counted.sizes, counted.quantile(0.5)
    mad = MAD_SCALE * sorted_(np.abs(counted.values - counted.each(middle)), counted.bounds).quantile(0.5)
    mean = counted.sums() / np.maximum(n, 1)
    ends = counted.take(counted.bounds[:-1]), counted.take(counted.bounds[1:] - 1)
    columns = (n, mean, middle, mad, counted.quantile(0.25), counted.quantile(0.75), *ends)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [row if row[0] else (0, *[None] * (len(columns) - 1)) for row in rows]


def _ages_on(this: Shelf, max_age: int) -> list[int | None]:
    """Return the number of the day on which the first price that counts of each market becomes stale."""
    bounds = this.fresh_bounds
    some = bounds[1:] > bounds[:-1]
    oldest = np.zeros(len(some), np.int64)
    if some.any():
        oldest[some] = np.minimum.reduceat(this.seen[this.fresh], bounds[:-1][some])
    days = (day_number(oldest) + max_age + 1).tolist()
    return [day if one else None for day, one in zip(days, some.tolist(), strict=True)]
