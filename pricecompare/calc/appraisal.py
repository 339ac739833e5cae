"""One drug in one province, all its regions at once: statistics, marks and flags of every market."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.days import day_number
from pricecompare.calc.flags import GRADES, LOCAL, Assessment, Rule, Spread, assessed, likely_factor, spread
from pricecompare.calc.market import ERROR_HIGH, ERROR_LOW, NOTICE, UNMARKED, Sellers
from pricecompare.calc.stats import Summary, summary


@dataclass(frozen=True, slots=True)
class Book:
    """The sellers of one drug in several regions: `sellers` of shape (n,), `area` the region of each."""

    sellers: Sellers
    area: NDArray[np.int64]
    fresh: NDArray[np.bool_]

    @property
    def quotes(self) -> tuple[NDArray, NDArray[np.int64]]:
        """Prices and regions of the fresh ones."""
        return self.sellers["fen"][self.fresh], self.area[self.fresh]


@dataclass(frozen=True, slots=True)
class Market:
    """What is stored of one region's market besides its key: marked sellers and what they come to."""

    sellers: Sellers
    summary: Summary | None
    stale: int
    doubtful: int
    ages_on: int | None
    """Number of the day on which a price that counts becomes stale."""


def book(markets: dict[int, Sellers], *, today: int, max_age: int) -> Book:
    """Return the book of one drug from its `markets` by region; `today` is a day number, `max_age` in days."""
    sellers = np.concatenate([markets[region] for region in sorted(markets)])
    area = np.repeat(np.array(sorted(markets), np.int64), [len(markets[region]) for region in sorted(markets)])
    return Book(sellers, area, ~is_stale(sellers["observed"], today=today, max_age=max_age))


def is_stale(observed: NDArray[np.int64], *, today: int, max_age: int) -> NDArray[np.bool_]:
    """Say which prices were observed more than `max_age` days before `today`.

    >>> is_stale(np.array([0, 86_400]), today=31, max_age=30).tolist()
    [True, False]
    """
    return day_number(observed) < today - max_age


def book_spread(this: Book, rule: Rule) -> Spread:
    """Return how widely the drug's fresh prices lie."""
    return spread(*this.quotes, rule)


def appraised(this: Book, rule: Rule, s0: float, *, max_age: int) -> tuple[dict[int, Market], Assessment]:
    """Return every region's market with marked sellers, and the assessment of the fresh prices in book order."""
    found = assessed(*this.quotes, rule, s0)
    marked = this.sellers.copy()
    marked["mark"] = UNMARKED
    marked["mark"][this.fresh] = marks(found)
    return {int(region): _market(this, marked, int(region), max_age) for region in np.unique(this.area)}, found


def marks(found: Assessment) -> NDArray[np.int8]:
    """Return the position in market.MARKS of each assessed price."""
    graded = np.where(found.flagged, NOTICE + found.grade - GRADES.index("notice"), UNMARKED)
    return np.select([found.error > 0, found.error < 0], [ERROR_HIGH, ERROR_LOW], graded).astype(np.int8)


def _market(this: Book, marked: Sellers, region: int, max_age: int) -> Market:
    here = this.area == region
    sellers, fresh = marked[here], this.fresh[here]
    doubtful = fresh & np.isin(sellers["mark"], (ERROR_HIGH, ERROR_LOW))
    ages_on = int(day_number(sellers["observed"][fresh]).min()) + max_age + 1 if fresh.any() else None
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
    return [_flag(sellers[at], int(area[at]), found, int(at), pack_count) for at in wanted]


def _flag(seller: np.void, region: int, found: Assessment, at: int, pack_count: int | None) -> Flag:
    error = int(found.error[at])
    ratio = float(found.ratio_median[at])
    return Flag(
        region_id=region,
        pharmacy_id=int(seller["pharmacy"]),
        fen=int(seller["fen"]),
        observed_at=int(seller["observed"]),
        class_={0: "high", 1: "error_high", -1: "error_low"}[error],
        grade="error" if error else GRADES[int(found.grade[at])],
        strong=bool(found.strong[at]),
        ref_median=float(found.ref_median[at]),
        ref_mean=float(found.ref_mean[at]),
        others=int(found.others[at]),
        ref_area="local" if found.ref_area[at] == LOCAL else "wider",
        ratio_median=ratio,
        ratio_mean=float(found.ratio_mean[at]),
        z=None if error else float(found.z[at]),
        spread=None if error else found.spread,
        factor=likely_factor(ratio, pack_count) if error else None,
    )
