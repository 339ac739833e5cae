"""Abnormal-price rules of every sort, over the prices of one drug, one kind and one wide area.

A rule is a conjunction. A price is flagged when it is at least so many times, or at most such a part of, *every*
reference the rule names, the gap to the first of them is worth speaking of, the price is unusual for the drug where the
rule asks for that, and it is no probable data error: errors are told apart before references are computed
(calc/flags.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.flags import DEFAULT_RULE, Aside, Assessment, Rule, assessed
from pricecompare.calc.gross import errors_against
from pricecompare.calc.reference import LOCAL, NOT_ASSESSED, WIDER, distance
from pricecompare.calc.stats import Grouped, grouped, median_of_rest, quantile_of_rest

Floats = NDArray[np.float64]

POOLED = ("median", "mean", "upper", "all_median", "all_mean")
"""References made of prices: median, mean and upper quartile (type 7) of the *other* clean prices; median and mean with
the price itself among them."""

GIVEN = ("ceiling", "other_kind")
"""References that come with each price: a legal ceiling, what the same shop asks that day in another kind of price."""

REFERENCES = POOLED + GIVEN

UPPER = 0.75
"""The upper edge of the interval in which the middle half of prices lies."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule asks of a price.

    `above` and `below` are (reference, multiple) pairs, one of the two empty; `tiers` (name, multiple of the first
    reference, or part of it, where it begins), mildest first; what lies exactly where one begins is in it. `min_excess`
    is in fen. `z` is None where the drug's usual spread does not matter. With `wider` a drug that few sell is compared
    in the wide area. `base` says how errors are found, how many others are few, and how the spread is measured.
    """

    above: tuple[tuple[str, float], ...] = ()
    below: tuple[tuple[str, float], ...] = ()
    tiers: tuple[tuple[str, float], ...] = ()
    min_excess: float = 0.0
    z: float | None = None
    wider: bool = True
    base: Rule = DEFAULT_RULE

    @property
    def named(self) -> tuple[str, ...]:
        """The references it names; the first one is what excess and tiers are measured by."""
        return tuple(name for name, _ in (*self.above, *self.below))


@dataclass(frozen=True, slots=True)
class Quotes:
    """Prices of shape (n,) in fen, each with its area.

    `given` holds the references that come with prices, by name, nan for none. Prices set `aside` are judged, but no
    price is compared with them.
    """

    fen: NDArray
    area: NDArray[np.integer]
    aside: Aside = None
    given: dict[str, Floats] = field(default_factory=dict)


class Judged(NamedTuple):
    """What a rule says of each price, arrays of shape (n,).

    `tier` counts from 1 in `Terms.tiers`, 0 where a price is not flagged. `references` (fen) and `ratios` go by the
    names of the rule's references; nan where there is none. `area` is LOCAL, WIDER or NOT_ASSESSED.
    """

    flagged: NDArray[np.bool_]
    tier: NDArray[np.int8]
    references: dict[str, Floats]
    ratios: dict[str, Floats]
    area: NDArray[np.int8]
    others: NDArray[np.intp]
    base: Assessment


def judged(quotes: Quotes, terms: Terms, s0: float) -> Judged:
    """Return what `terms` say of each price; `s0` is the usual spread of the wide area's drugs.

    >>> fen = np.array([980, 1000, 1020, 1050, 1050, 1100, 1120, 1200, 1890, 3200])
    >>> plain = Terms(above=(("all_mean", 1.3), ("all_median", 1.3)), tiers=(("high", 1.3),))
    >>> judged(Quotes(fen, np.zeros(10, int)), plain, 0.1).flagged.tolist()[-2:]
    [True, True]
    """
    price = np.asarray(quotes.fen, np.float64)
    found = assessed(quotes.fen, quotes.area, terms.base, s0, quotes.aside)
    return _judged(price, quotes.given, _Pools.of(price, quotes, found, terms), found, terms)


def judged_among(quotes: Quotes, at: NDArray[np.intp], votes: Quotes, terms: Terms, s0: float) -> Judged:
    """Return what `terms` say of each of `quotes` compared with `votes`, the one at its place `at` left out.

    Votes are prices on the scale of `quotes`, one of each pharmacy (calc/votes.py), `at` that of a quote's own.
    """
    price, vote = np.asarray(quotes.fen, np.float64), np.asarray(votes.fen, np.float64)
    among = assessed(vote, votes.area, terms.base, s0, votes.aside)
    pools = replace(_Pools.of(vote, votes, among, terms), at=at)
    counted = np.sort(vote if votes.aside is None else vote[~votes.aside])
    error = errors_against(price, counted, ratio=terms.base.error_ratio, least=terms.base.error_min_quotes)
    return _judged(price, quotes.given, pools, _against(among, price, at, error), terms)


def _against(among: Assessment, price: Floats, at: NDArray[np.intp], error: NDArray[np.int8]) -> Assessment:
    """Return the assessment of prices by what the assessment of votes compares the places `at` with."""
    names = ("ref_median", "ref_mean", "others", "ref_area", "counted")
    taken = replace(among, **{name: getattr(among, name).take(at) for name in names})
    ratio = price / taken.ref_median
    z = distance(ratio, among.spread, taken.others)
    return replace(taken, error=error, ratio_median=ratio, ratio_mean=price / taken.ref_mean, z=z)


def _judged(price: Floats, given: dict[str, Floats], pools: "_Pools", found: Assessment, terms: Terms) -> Judged:
    references, ratios = {}, {}
    for name in terms.named:
        references[name], ratios[name] = _compared(name, price, given, pools)
    pooled = bool(set(terms.named) & set(POOLED))
    area = pools.seen(pools.area) if pooled else np.full(len(price), LOCAL, np.int8)
    flagged = (found.error == 0) & (area != NOT_ASSESSED) & _beyond(price, references, ratios, terms)
    if terms.z is not None:
        flagged &= found.z >= terms.z
    tier = np.where(flagged, _tier(ratios[terms.named[0]], terms), 0).astype(np.int8)
    return Judged(flagged, tier, references, ratios, area, pools.seen(pools.others), found)


def _beyond(price: Floats, references: dict[str, Floats], ratios: dict[str, Floats], terms: Terms) -> NDArray[np.bool_]:
    """Say which prices go beyond every line; nan never does."""
    first = references[terms.named[0]]
    gap = price - first if terms.above else first - price
    beyond = gap >= terms.min_excess
    for name, multiple in terms.above:
        beyond &= ratios[name] >= multiple
    for name, part in terms.below:
        beyond &= ratios[name] <= part
    return beyond


def _tier(ratio: Floats, terms: Terms) -> NDArray[np.intp]:
    """Return the tier that a ratio reaches, at least the first."""
    begins = np.array([at for _, at in terms.tiers])
    if terms.above:
        reached = np.searchsorted(begins, ratio, side="right")
    else:
        # Parts fall from tier to tier: exactly a half is in the tier that begins at a half.
        reached = np.searchsorted(-begins, -ratio, side="right")
    return np.maximum(reached, 1)


def _compared(name: str, price: Floats, given: dict[str, Floats], pools: "_Pools") -> tuple[Floats, Floats]:
    """Return a reference and what part or multiple of it each price is."""
    reference = np.where(given[name] > 0, given[name], np.nan) if name in GIVEN else pools.reference(name)
    return reference, pools.ratio(name, price) if name in _SUMS else price / reference


@dataclass(frozen=True, slots=True)
class _Pools:
    """Each price's own area and the wide one, which of them it is compared in, and at which places it is looked at."""

    local: Grouped
    wide: Grouped
    area: NDArray[np.int8]
    others: NDArray[np.intp]
    at: NDArray[np.intp] | None = None

    @classmethod
    def of(cls, price: Floats, quotes: Quotes, found: Assessment, terms: Terms) -> "_Pools":
        """Return the pools of clean prices."""
        clean = found.error == 0 if quotes.aside is None else (found.error == 0) & ~quotes.aside
        local = grouped(price, quotes.area, clean)
        wide = local if len(local.first) == 1 else grouped(price, np.zeros(len(price), np.int64), clean)
        here, there = _others(local), _others(wide)
        least = terms.base.min_others
        few = NOT_ASSESSED if not terms.wider else np.where(there >= least, WIDER, NOT_ASSESSED)
        area = np.where(here >= least, LOCAL, few).astype(np.int8)
        return cls(local, wide, area, np.where(area == WIDER, there, here))

    def reference(self, name: str) -> Floats:
        """Return a reference made of prices, nan where too few are known."""
        return self._chosen(_MADE[name])

    def ratio(self, name: str, price: Floats) -> Floats:
        """Return price ÷ mean as price · n ÷ sum: for whole fen exactly 1.3 times is 1.3."""
        total, count = (self._chosen(part) for part in _SUMS[name])
        return price * count / total

    def _chosen(self, made: Callable[[Grouped], Floats]) -> Floats:
        local = _back(self.local, made(self.local))
        wide = local if self.wide is self.local else _back(self.wide, made(self.wide))
        return self.seen(np.where(self.area == LOCAL, local, np.where(self.area == WIDER, wide, np.nan)))

    def seen(self, values: NDArray) -> NDArray:
        """Return values as the prices see them that are compared with these."""
        return values if self.at is None else values.take(self.at)


def _back(pool: Grouped, values: NDArray) -> NDArray:
    """Return values of a pool in the order that prices were given in."""
    found = np.empty(len(values), values.dtype)
    found[pool.order] = values
    return found


def _others(pool: Grouped) -> NDArray[np.intp]:
    return _back(pool, pool.count - pool.counted)


def _sum_of_all(pool: Grouped) -> Floats:
    return np.add.reduceat(np.where(pool.counted, pool.x, 0.0), pool.first)[pool.place] if len(pool.x) else pool.x


def _sum_of_others(pool: Grouped) -> Floats:
    return _sum_of_all(pool) - np.where(pool.counted, pool.x, 0.0)


def _share(total: Floats, count: NDArray) -> Floats:
    return np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)


def _count_of_others(pool: Grouped) -> Floats:
    return (pool.count - pool.counted).astype(np.float64)


def _count_of_all(pool: Grouped) -> Floats:
    return pool.count.astype(np.float64)


_SUMS = {"mean": (_sum_of_others, _count_of_others), "all_mean": (_sum_of_all, _count_of_all)}

_MADE: dict[str, Callable[[Grouped], Floats]] = {
    "median": lambda pool: median_of_rest(pool.x, pool.start, pool.count, pool.rank),
    "upper": lambda pool: quantile_of_rest(pool.x, pool.start, pool.count, pool.rank, UPPER),
    "all_median": lambda pool: median_of_rest(pool.x, pool.start, pool.count, pool.count),
    "mean": lambda pool: _share(_sum_of_others(pool), _count_of_others(pool)),
    "all_mean": lambda pool: _share(_sum_of_all(pool), _count_of_all(pool)),
}
