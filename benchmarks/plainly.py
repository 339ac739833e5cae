"""The default rule in plain numpy on arrays that are in memory already: what ours are measured against."""

from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import book
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import HELD, Sellers, joined, unpacked
from pricecompare.calc.placeholders import placeholders
from pricecompare.calc.shelf import looked_at, shelf
from pricecompare.calc.stats import MAD_SCALE
from pricecompare.services.desk import Desk
from pricecompare.services.markets.books import province_of
from pricecompare.services.markets.refresh import AHEAD


class Held(NamedTuple):
    """One market in memory: its region, sellers, and the usual spread of its province; and its fresh prices alone."""

    region: int
    sellers: Sellers
    usual: float
    pack: int | None
    fen: NDArray[np.float64]
    aside: NDArray[np.bool_]


def in_memory(desk: Desk) -> list[Held]:
    """Return all markets of a city."""
    found, today = [], days.number_of(desk.today())
    keys = [key for region in desk.store.regions() for key in desk.store.market_keys(region.id)]
    packs = desk.store.pack_counts({key.drug_id for key in keys})
    for key in keys:
        row = desk.store.market(key)
        assert row is not None
        sellers = unpacked(row.sellers, layout=row.layout)
        fresh = sellers[book({key.region_id: sellers}, today=today, max_age=desk.max_age_days).fresh]
        usual = desk.store.typical_spread(province_of(key.region_id), key.kind) or DEFAULT_RULE.typical
        pack, prices = packs.get(key.drug_id), fresh["fen"].astype(np.float64)
        found.append(Held(key.region_id, sellers, usual, pack, prices, fresh["mark"] == HELD))
    return found


def ours(desk: Desk, books: list[Held]) -> int:
    """Return how many flags there are: spread, statistics, marks and flags of every market, as a rebuild makes them."""
    places = groupby(sorted(books, key=_place), key=_place)
    shelves = (
        these[at : at + AHEAD] for _, some in places for these in [[*some]] for at in range(0, len(these), AHEAD)
    )
    return sum(_on_shelf(desk, these) for these in shelves)


def _place(one: Held) -> tuple[int, float]:
    return one.region, one.usual


def _on_shelf(desk: Desk, these: list[Held]) -> int:
    sellers, sizes = joined(one.sellers for one in these), [len(one.sellers) for one in these]
    this = shelf(sellers, sizes, sellers["observed"], today=days.number_of(desk.today()), max_age=desk.max_age_days)
    this.spreads(DEFAULT_RULE)
    _, found = looked_at(this, DEFAULT_RULE, these[0].usual, max_age=desk.max_age_days)
    return len(this.flagged(found, np.repeat(np.array([one.pack or 0 for one in these]), sizes)).rows())


def flagged(desk: Desk, books: list[Held]) -> int:
    """Return how many flags there are, found by numpy's own functions market by market; statistics are computed too."""
    return sum(_flags(one) for one in books if len(one.fen))


def _flags(one: Held) -> int:
    counted = one.fen[~one.aside]
    middle = np.median(counted) if len(counted) >= DEFAULT_RULE.error_min_quotes else np.nan
    high, low = one.fen / middle >= DEFAULT_RULE.error_ratio, middle / one.fen >= DEFAULT_RULE.error_ratio
    if len(none := placeholders(one.fen, middle)):
        high[none], low[none] = one.fen[none] > middle, one.fen[none] < middle
    clean = ~one.aside & ~high & ~low
    prices = one.fen[clean]
    if not len(prices):
        return 0
    _described(prices)
    others = len(prices) - clean
    enough = others >= DEFAULT_RULE.min_others
    median, total = _median_of_others(prices, one.fen, clean), prices.sum() - one.fen * clean
    z = np.log(one.fen / median) / (_scale(prices, one.usual) * np.sqrt(1 + 1.57 / np.maximum(others, 1)))
    times = one.fen * others / np.maximum(total, 1)
    above = (one.fen / median >= DEFAULT_RULE.ratio) & (times >= DEFAULT_RULE.ratio)
    dear = above & (one.fen - median >= DEFAULT_RULE.min_excess) & (z >= DEFAULT_RULE.z)
    return int((((dear & ~high & ~low) | high | low) & enough).sum())


def _median_of_others(prices: NDArray, fen: NDArray, clean: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each price the median of the clean ones but itself."""
    ordered, n = np.sort(prices), len(prices)
    place = np.where(clean, np.searchsorted(ordered, fen), n)
    rest = n - clean
    lower, upper = (rest - 1) // 2, rest // 2
    return (
        ordered.take(lower + (lower >= place), mode="clip") + ordered.take(upper + (upper >= place), mode="clip")
    ) / 2


def _scale(prices: NDArray, usual: float) -> float:
    """Return the drug's spread, drawn towards the usual one."""
    logs, n = np.log(prices), len(prices)
    if n < 2:
        return max(usual, DEFAULT_RULE.spread_floor)
    gaps = np.abs(logs - np.median(logs)) / np.sqrt(1 - 1 / n)
    own = max(MAD_SCALE * np.median(gaps), np.percentile(gaps, 75) / 1.1503)
    variance = (DEFAULT_RULE.prior_quotes * usual**2 + n * own**2) / (DEFAULT_RULE.prior_quotes + n)
    return max(float(np.sqrt(variance)), DEFAULT_RULE.spread_floor)


def _described(these: NDArray) -> tuple[float, ...]:
    middle = np.median(these)
    mad = MAD_SCALE * np.median(np.abs(these - middle))
    q1, q3 = np.percentile(these, [25, 75])
    return len(these), these.mean(), middle, mad, q1, q3, these.min(), these.max()
