"""One drug in one province, all its regions at once: statistics, marks and flags of every market."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.days import day_number, first_second
from pricecompare.calc.flags import BY_PRICE, GRADES, Aside, Findings, Judged, Rule, findings, judged
from pricecompare.calc.groups import starts
from pricecompare.calc.market import ERROR_HIGH, ERROR_LOW, HELD, NOTICE, SELLER, UNMARKED, Sellers, copied
from pricecompare.calc.reference import LOCAL
from pricecompare.calc.slips import likely_factor
from pricecompare.calc.spreads import Spread
from pricecompare.calc.stats import Summary, summary_of


@dataclass(slots=True)
class Book:
    """The sellers of one drug in several regions: `sellers` of shape (n,), `area` the region of each (rising), when it
    was last `seen` (stated, or confirmed with the whole list), and whether it is `fresh`."""

    sellers: Sellers
    area: NDArray[np.int64]
    seen: NDArray[np.int64]
    fresh: NDArray[np.bool_]
    _judged: tuple[Rule, Judged] | None = field(default=None, repr=False)

    def judged(self, rule: Rule) -> Judged:
        """Return what the fresh prices say by themselves; kept, since a book is looked at twice."""
        if self._judged is None or self._judged[0] != rule:
            self._judged = (rule, judged(*self.quotes, rule, self.aside))
        return self._judged[1]

    @property
    def quotes(self) -> tuple[NDArray, NDArray[np.int64]]:
        """Prices and regions of the fresh ones."""
        return self.sellers["fen"][self.fresh], self.area[self.fresh]

    @property
    def aside(self) -> Aside:
        """Which of the fresh ones are held; None for none of them."""
        held: NDArray[np.bool_] = self.sellers["mark"][self.fresh] == HELD
        return held if held.any() else None


@dataclass(frozen=True, slots=True)
class Market:
    """What is stored of one region's market besides its key: marked sellers and what they come to."""

    sellers: Sellers
    summary: Summary | None
    stale: int
    doubtful: int
    ages_on: int | None
    """Number of the day on which a price that counts becomes stale."""


def book(
    markets: dict[int, Sellers], *, today: int, max_age: int, seen: dict[int, NDArray[np.int64]] | None = None
) -> Book:
    """Return the book of one drug from its `markets` by region; `today` is a day number, `max_age` in days.

    `seen` says by region when each seller's price was last seen, where that is later than it was stated.
    """
    regions = sorted(markets)
    sellers = _together([markets[region] for region in regions])
    area = np.repeat(np.array(regions, np.int64), [len(markets[region]) for region in regions])
    last = np.concatenate([seen[region] for region in regions]) if seen else sellers["observed"]
    return Book(sellers, area, last, ~is_stale(last, today=today, max_age=max_age))


def _together(these: list[Sellers]) -> Sellers:
    """Return the sellers of several regions, one region after the other."""
    return these[0] if len(these) == 1 else np.concatenate([np.zeros(0, SELLER), *these])


def is_stale(observed: NDArray[np.int64], *, today: int, max_age: int) -> NDArray[np.bool_]:
    """Say which prices were observed more than `max_age` days before `today`.

    >>> is_stale(np.array([0, 86_400]), today=31, max_age=30).tolist()
    [True, False]
    """
    # An instant is compared with one: a division for each price takes six times as long.
    return observed < first_second(today - max_age)


def book_spread(this: Book, rule: Rule) -> Spread:
    """Return how widely the drug's fresh prices lie."""
    return this.judged(rule).own


def appraised(
    this: Book, rule: Rule, s0: float, *, max_age: int, thresholds: Mapping[int, Rule] | None = None
) -> tuple[dict[int, Market], Findings]:
    """Return every region's market with marked sellers, and what was found of the fresh prices in book order.

    `thresholds` are the regions with a rule of their own, which tells errors and spreads in the same way as `rule`.
    """
    own = this.judged(rule)
    found = findings(own, rule, s0)
    if thresholds:
        found = _by_region(this, own, found, thresholds, s0)
    marked = copied(this.sellers)
    marked["mark"] = _marks(this, found)
    return {one: _market(this, marked, own, here, among, max_age) for one, here, among in _places(this)}, found


def _by_region(this: Book, own: Judged, found: Findings, thresholds: Mapping[int, Rule], s0: float) -> Findings:
    """Return findings with those of regions put in that have a rule of their own."""
    area = this.area[this.fresh]
    for rule in set(thresholds.values()):
        here = np.isin(area, [region for region, its in thresholds.items() if its == rule])
        if here.any():
            other = findings(own, rule, s0)
            each = {name: np.where(here, getattr(other, name), getattr(found, name)) for name in BY_PRICE}
            found = replace(found, **each)
    return found


def _places(this: Book) -> Iterator[tuple[int, slice, slice]]:
    """Yield each region with where its sellers lie, and where the fresh ones lie among the fresh."""
    n = len(this.area)
    if n and this.area[0] == this.area[-1]:
        yield int(this.area[0]), slice(0, n), slice(0, int(np.count_nonzero(this.fresh)))
        return
    bounds = [*np.flatnonzero(starts(this.area)).tolist(), n]
    fresh = np.append(0, np.cumsum(this.fresh))[bounds].tolist()
    for at in range(len(bounds) - 1):
        here = slice(bounds[at], bounds[at + 1])
        yield int(this.area[bounds[at]]), here, slice(fresh[at], fresh[at + 1])


def marks(found: Findings) -> NDArray[np.int8]:
    """Return the position in market.MARKS of each assessed price."""
    marked = np.full(len(found.flagged), UNMARKED, np.int8)
    marked[found.flagged] = NOTICE + found.grade[found.flagged] - GRADES.index("notice")
    wrong = np.flatnonzero(found.error)
    marked[wrong] = np.where(found.error[wrong] > 0, ERROR_HIGH, ERROR_LOW)
    return marked


def _marks(this: Book, found: Findings) -> NDArray[np.int8]:
    """Return the mark of every seller of a book."""
    marked = np.full(len(this.sellers), UNMARKED, np.int8)
    marked[this.fresh] = marks(found)
    marked[this.sellers["mark"] == HELD] = HELD
    return marked


def _market(this: Book, marked: Sellers, own: Judged, here: slice, among: slice, max_age: int) -> Market:
    """Return the market of the sellers `here`, whose fresh ones lie `among` the fresh: those are in order of price."""
    fresh, n = this.fresh[here], among.stop - among.start
    counted = own.by_area.x[among][: int(own.by_area.count[among.start])] if n else own.by_area.x[:0]
    oldest = this.seen[here][fresh].min() if n else None
    ages_on = None if oldest is None else int(day_number(oldest)) + max_age + 1
    return Market(marked[here], summary_of(counted), len(fresh) - n, n - len(counted), ages_on)


class Flag(NamedTuple):
    """A price the rule found, as it is stored; money in fen. What else its numbers are follows from its market.

    `counted`: it is itself among the prices of its area that others are compared with; that and `strong` are 1 or 0.
    """

    region_id: int
    pharmacy_id: int
    class_: str
    grade: str
    strong: int
    counted: int
    fen: int
    observed_at: int
    ref_median: float
    ref_area: str
    ratio_median: float
    factor: float | None


def flags(this: Book, found: Findings, pack_count: int | None) -> list[Flag]:
    """Return the flags of a book: overpriced ones and probable data errors that could be compared."""
    wanted = np.flatnonzero((found.flagged | (found.error != 0)) & ~np.isnan(found.ref_median))
    at = np.flatnonzero(this.fresh)[wanted]
    sellers = this.sellers[at]
    # Whole columns at once: reading an array value by value costs more than all the rest.
    error, grade, area, ratio = (
        column[wanted].tolist() for column in (found.error, found.grade, found.ref_area, found.ratio_median)
    )
    columns = (
        this.area[at].tolist(),
        sellers["pharmacy"].tolist(),
        [CLASSES[one] for one in error],
        ["error" if one else GRADES[its] for one, its in zip(error, grade, strict=True)],
        found.strong[wanted].view(np.int8).tolist(),
        found.counted[wanted].view(np.int8).tolist(),
        sellers["fen"].tolist(),
        sellers["observed"].tolist(),
        found.ref_median[wanted].tolist(),
        ["local" if one == LOCAL else "wider" for one in area],
        ratio,
        [likely_factor(its, pack_count) if one else None for one, its in zip(error, ratio, strict=True)],
    )
    return list(map(Flag._make, zip(*columns, strict=True)))


CLASSES = {0: "high", 1: "error_high", -1: "error_low"}
"""The class of a flag by the error of its price."""
