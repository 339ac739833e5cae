"""One drug in one province, all its regions at once: statistics, marks and flags of every market."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.days import day_number, first_second
from pricecompare.calc.flags import BY_PRICE, Aside, Findings, Judged, Rule, findings, judged
from pricecompare.calc.found import Flag, Flagged, Found, found_of, marks
from pricecompare.calc.groups import starts
from pricecompare.calc.lone import Lone, found_among, lone
from pricecompare.calc.market import HELD, SELLER, UNMARKED, Sellers, copied
from pricecompare.calc.spreads import Spread
from pricecompare.calc.stats import Summary, summary_of


@dataclass(slots=True)
class Book:
    """The sellers of one drug in several regions: `sellers` of shape (n,), `area` the region of each (rising), when it
    was last `seen` (stated, or confirmed with the whole list), and whether it is `fresh`; which ones are `held`, None
    where none is."""

    sellers: Sellers
    area: NDArray[np.int64]
    seen: NDArray[np.int64]
    fresh: NDArray[np.bool_]
    held: NDArray[np.bool_] | None
    _judged: tuple[Rule, Judged | Lone] | None = field(default=None, repr=False)

    def judged(self, rule: Rule) -> Judged | Lone:
        """Return what the fresh prices say by themselves; kept, since a book is looked at twice."""
        if self._judged is None or self._judged[0] != rule:
            alone = len(self.area) and self.area[0] == self.area[-1]
            fen, aside = self.sellers["fen"][self.fresh], self.aside
            its = (
                lone(fen, np.array([0, len(fen)]), rule, aside)
                if alone
                else judged(fen, self.area[self.fresh], rule, aside)
            )
            self._judged = (rule, its)
        return self._judged[1]

    @property
    def quotes(self) -> tuple[NDArray, NDArray[np.int64]]:
        """Prices and regions of the fresh ones."""
        return self.sellers["fen"][self.fresh], self.area[self.fresh]

    @property
    def aside(self) -> Aside:
        """Which of the fresh ones are held; None for none of them."""
        return None if self.held is None or not (held := self.held[self.fresh]).any() else held


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
    if len(regions) == 1:
        area = np.full(len(sellers), regions[0], np.int64)
    else:
        area = np.repeat(np.array(regions, np.int64), [len(markets[region]) for region in regions])
    last = np.concatenate([seen[region] for region in regions]) if seen else sellers["observed"]
    held = sellers["mark"] == HELD
    return Book(sellers, area, last, ~is_stale(last, today=today, max_age=max_age), held if held.any() else None)


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
    own = this.judged(rule).own
    return own if isinstance(own, Spread) else own[0]


def appraised(
    this: Book, rule: Rule, s0: float, *, max_age: int, thresholds: Mapping[int, Rule] | None = None
) -> tuple[dict[int, Market], Found]:
    """Return every region's market with marked sellers, and what was found, `at` being places in the book.

    `thresholds` are the regions with a rule of their own, which tells errors and spreads in the same way as `rule`.
    """
    own = this.judged(rule)
    found = _found(this, own, rule, s0, thresholds or {})
    if not this.fresh.all():
        found = found._replace(at=this.fresh.nonzero()[0][found.at])
    marked = copied(this.sellers)
    marked["mark"] = _marks(this, found)
    places = _places(this)
    return {one: _market(this, marked, _counted(own, among), here, max_age) for one, here, among in places}, found


def _found(this: Book, own: Judged | Lone, rule: Rule, s0: float, thresholds: Mapping[int, Rule]) -> Found:
    """Return what was found of the fresh prices, `at` being places among these."""
    if isinstance(own, Lone):
        return found_among(own, thresholds.get(int(this.area[0]), rule), s0)
    found = findings(own, rule, s0)
    return found_of(_by_region(this, own, found, thresholds, s0) if thresholds else found)


def _counted(own: Judged | Lone, among: slice) -> NDArray[np.float64]:
    """Return the prices that count of a region whose fresh ones lie `among` the fresh, rising."""
    if isinstance(own, Lone):
        return own.counted.values
    x, n = own.by_area.x[among], among.stop - among.start
    return x[: int(own.by_area.count[among.start]) if n else 0]


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
        yield int(this.area[0]), slice(0, n), slice(0, n)
        return
    bounds = [*np.flatnonzero(starts(this.area)).tolist(), n]
    fresh = np.append(0, np.cumsum(this.fresh))[bounds].tolist()
    for at in range(len(bounds) - 1):
        here = slice(bounds[at], bounds[at + 1])
        yield int(this.area[bounds[at]]), here, slice(fresh[at], fresh[at + 1])


def _marks(this: Book, found: Found) -> NDArray[np.int8]:
    """Return the mark of every seller of a book."""
    marked = np.full(len(this.sellers), UNMARKED, np.int8)
    marked[found.at] = marks(found)
    if this.held is not None:
        marked[this.held] = HELD
    return marked


def _market(this: Book, marked: Sellers, counted: NDArray[np.float64], here: slice, max_age: int) -> Market:
    """Return the market of the sellers `here`, of whose fresh prices those are `counted`, rising, that count."""
    fresh = this.fresh[here]
    n = int(np.count_nonzero(fresh))
    seen = this.seen[here]
    oldest = int((seen if n == len(fresh) else seen[fresh]).min()) if n else None
    ages_on = None if oldest is None else int(day_number(oldest)) + max_age + 1
    return Market(marked[here], summary_of(counted), len(fresh) - n, n - len(counted), ages_on)


def flags(this: Book, found: Found, pack_count: int | None) -> list[Flag]:
    """Return the flags of a book: overpriced ones and probable data errors that could be compared."""
    return flagged(this, found, pack_count).rows()


def flagged(this: Book, found: Found, pack_count: int | None) -> Flagged:
    """Return the same before they are made rows."""
    return Flagged(found, this.sellers, this.area, pack_count)
