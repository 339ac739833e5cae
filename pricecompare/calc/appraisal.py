"""One drug in one province, all its regions at once: statistics, marks and flags of every market."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.days import day_number, first_second
from pricecompare.calc.flags import GRADES, LOCAL, Assessment, Rule, Spread, assessed, likely_factor, spread
from pricecompare.calc.market import DOUBTFUL, ERROR_HIGH, ERROR_LOW, HELD, NOTICE, UNMARKED, Sellers, tiers
from pricecompare.calc.stats import Summary, summary


@dataclass(frozen=True, slots=True)
class Book:
    """The sellers of one drug in several regions: `sellers` of shape (n,), `area` the region of each, when it was last
    `seen` (stated, or confirmed with the whole list), and whether it is `fresh`."""

    sellers: Sellers
    area: NDArray[np.int64]
    seen: NDArray[np.int64]
    fresh: NDArray[np.bool_]

    @property
    def quotes(self) -> tuple[NDArray, NDArray[np.int64]]:
        """Prices and regions of the fresh ones."""
        return self.sellers["fen"][self.fresh], self.area[self.fresh]

    @property
    def aside(self) -> NDArray[np.bool_]:
        """Which of the fresh ones are held."""
        return self.sellers["mark"][self.fresh] == HELD


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
    sellers = np.concatenate([markets[region] for region in regions])
    area = np.repeat(np.array(regions, np.int64), [len(markets[region]) for region in regions])
    last = np.concatenate([seen[region] for region in regions]) if seen else sellers["observed"]
    return Book(sellers, area, last, ~is_stale(last, today=today, max_age=max_age))


def is_stale(observed: NDArray[np.int64], *, today: int, max_age: int) -> NDArray[np.bool_]:
    """Say which prices were observed more than `max_age` days before `today`.

    >>> is_stale(np.array([0, 86_400]), today=31, max_age=30).tolist()
    [True, False]
    """
    # An instant is compared with one: a division for each price takes six times as long.
    return observed < first_second(today - max_age)


def book_spread(this: Book, rule: Rule) -> Spread:
    """Return how widely the drug's fresh prices lie."""
    return spread(*this.quotes, rule, this.aside)


def appraised(this: Book, rule: Rule, s0: float, *, max_age: int) -> tuple[dict[int, Market], Assessment]:
    """Return every region's market with marked sellers, and the assessment of the fresh prices in book order."""
    found = assessed(*this.quotes, rule, s0, this.aside)
    held = this.sellers["mark"] == HELD
    marked = this.sellers.copy()
    marked["mark"] = UNMARKED
    marked["mark"][this.fresh] = marks(found)
    marked["mark"][held] = HELD
    return {int(region): _market(this, marked, int(region), max_age) for region in np.unique(this.area)}, found


def marks(found: Assessment) -> NDArray[np.int8]:
    """Return the position in market.MARKS of each assessed price."""
    graded = np.where(found.flagged, NOTICE + found.grade - GRADES.index("notice"), UNMARKED)
    return np.select([found.error > 0, found.error < 0], [ERROR_HIGH, ERROR_LOW], graded).astype(np.int8)


def _market(this: Book, marked: Sellers, region: int, max_age: int) -> Market:
    here = this.area == region
    sellers, fresh, seen = marked[here], this.fresh[here], this.seen[here]
    doubtful = tiers(~fresh, sellers["mark"]) == DOUBTFUL
    ages_on = int(day_number(seen[fresh]).min()) + max_age + 1 if fresh.any() else None
    counted = sellers["fen"][fresh & ~doubtful]
    return Market(sellers, summary(counted), int((~fresh).sum()), int(doubtful.sum()), ages_on)


@dataclass(frozen=True, slots=True)
class Flag:
    """A price the rule found, with every number needed to check it by hand; money in fen."""

    region_id: int
    pharmacy_id: int
    fen: int
    observed_at: int
    class_: str
    grade: str
    strong: bool
    ref_median: float
    ref_mean: float
    others: int
    ref_area: str
    ratio_median: float
    ratio_mean: float
    z: float | None
    spread: float | None
    factor: float | None


def flags(this: Book, found: Assessment, pack_count: int | None) -> list[Flag]:
    """Return the flags of a book: overpriced ones and probable data errors that could be compared."""
    sellers, area = this.sellers[this.fresh], this.area[this.fresh]
    wanted = np.flatnonzero((found.flagged | (found.error != 0)) & ~np.isnan(found.ref_median))
    asked = [area, *(sellers[name] for name in ("pharmacy", "fen", "observed"))]
    said = [getattr(found, name) for name in _SAID]
    # Whole columns at once: reading an array value by value costs more than all the rest.
    rows = zip(*(column[wanted].tolist() for column in (*asked, *said)), strict=True)
    return [_flag(row, found.spread, pack_count) for row in rows]


_SAID = ("error", "grade", "strong", "ref_median", "ref_mean", "others", "ref_area", "ratio_median", "ratio_mean", "z")


def _flag(row: tuple, spread: float, pack_count: int | None) -> Flag:
    region, pharmacy, fen, observed, error, grade, strong, median, mean, others, ref_area, ratio, ratio_mean, z = row
    return Flag(
        region_id=region,
        pharmacy_id=pharmacy,
        fen=fen,
        observed_at=observed,
        class_={0: "high", 1: "error_high", -1: "error_low"}[error],
        grade="error" if error else GRADES[grade],
        strong=strong,
        ref_median=median,
        ref_mean=mean,
        others=others,
        ref_area="local" if ref_area == LOCAL else "wider",
        ratio_median=ratio,
        ratio_mean=ratio_mean,
        z=None if error else z,
        spread=None if error else spread,
        factor=likely_factor(ratio, pack_count) if error else None,
    )
