"""Statistics of all markets, read from the database, against numpy on arrays that are in memory already."""

from collections.abc import Iterator
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.city import City
from benchmarks.figures import Figure, compared, seconds_of
from pricecompare.calc import days
from pricecompare.calc.appraisal import appraised, book, book_spread, flags, is_stale
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import FRESH, Sellers, tiers, unpacked
from pricecompare.calc.stats import MAD_SCALE, summary
from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.markets.books import province_of

ROUNDS = 3
Statistics = list[tuple[float, ...]]


def figures(city: City) -> Iterator[Figure]:
    """Yield what the statistics of all markets cost, and with flags what a rebuild computes."""
    desk = city.desk()
    keys = [key for region in desk.store.regions() for key in desk.store.market_keys(region.id)]
    prices, starts = _in_memory(desk, keys)
    if not np.allclose(summed(desk, keys), _numpy(prices, starts), rtol=1e-12):
        raise SystemExit("numpy comes to other statistics")
    theirs = min(seconds_of(lambda: _numpy(prices, starts)) for _ in range(ROUNDS))
    for what, work in (("n, mean, median, MAD, quartiles", summed), ("the same with marks and flags", _flagged)):
        ours = min(seconds_of(lambda work=work: work(desk, keys)) for _ in range(ROUNDS))
        named = f"statistics of {len(keys):,} markets: {what}, against numpy in memory"
        yield compared(named, f"{ours:.2f} s", f"{theirs:.2f} s", theirs / ours)


def summed(desk: Desk, keys: list[MarketKey]) -> Statistics:
    """Return the summary of every market: of each, the prices that count."""
    found = (summary(_counted(desk, _sellers(desk, key))) for key in keys)
    return [astuple(one) for one in found if one is not None]


def _sellers(desk: Desk, key: MarketKey) -> Sellers:
    row = desk.store.market(key)
    assert row is not None
    return unpacked(row.sellers, layout=row.layout)


def _counted(desk: Desk, sellers: Sellers) -> NDArray:
    """Return the prices that are neither stale nor probable errors."""
    stale = is_stale(sellers["observed"], today=days.number_of(desk.today()), max_age=desk.max_age_days)
    return sellers["fen"][tiers(stale, sellers["mark"]) == FRESH]


def _flagged(desk: Desk, keys: list[MarketKey]) -> int:
    """Return how many flags there are: spread, statistics, marks and flags of every drug, region by region."""
    today, packs = days.number_of(desk.today()), desk.store.pack_counts({key.drug_id for key in keys})
    found = 0
    for region_id, drug_id, kind in keys:
        sellers = {region_id: _sellers(desk, MarketKey(region_id, drug_id, kind))}
        this = book(sellers, today=today, max_age=desk.max_age_days)
        book_spread(this, DEFAULT_RULE)
        usual = desk.store.typical_spread(province_of(region_id), kind) or 0.0
        _, assessment = appraised(this, DEFAULT_RULE, usual, max_age=desk.max_age_days)
        found += len(flags(this, assessment, packs.get(drug_id)))
    return found


def _in_memory(desk: Desk, keys: list[MarketKey]) -> tuple[NDArray, NDArray]:
    """Return all prices that count in one array, market after market, and where each market starts."""
    pieces = [piece for piece in (_counted(desk, _sellers(desk, key)) for key in keys) if len(piece)]
    return np.concatenate(pieces), np.cumsum([0, *map(len, pieces)])[:-1]


def _numpy(prices: NDArray, starts: NDArray) -> Statistics:
    """Return the same statistics by numpy's own functions, one market after the other."""
    return [_described(these) for these in np.split(prices, starts[1:])]


def _described(these: NDArray) -> tuple[float, ...]:
    middle = np.median(these)
    mad = MAD_SCALE * np.median(np.abs(these - middle))
    q1, q3 = np.percentile(these, [25, 75])
    return len(these), these.mean(), middle, mad, q1, q3, these.min(), these.max()
