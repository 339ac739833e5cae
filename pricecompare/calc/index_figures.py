"""All that is told of the index of each pharmacy of a region: both halves, both levels, and what they rest on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import index
from pricecompare.calc.index.footing import footing
from pricecompare.calc.index.publication import Standing, standing
from pricecompare.calc.index.references import Reference
from pricecompare.calc.index.registry import METHODS, method
from pricecompare.calc.index.sensitivity import sensitivity
from pricecompare.calc.index.shrinkage import interval, shrunk
from pricecompare.calc.index.volumes import volumes
from pricecompare.calc.index_limits import Limits
from pricecompare.calc.sold import Floats, Sales, gross_errors


class Figures(NamedTuple):
    """Arrays of shape (outlets,), place j for outlet code j; indices and levels are ratios, 1 is the region's average.

    What cannot be computed is nan. Shares are of the pharmacy's whole turnover, but for `own_reference` and
    `largest_weight`, which are of what was compared. `component` tells groups of pharmacies apart that have no drugs
    in common, -1 for those of which nothing was compared. `rank` counts from 1, the dearest, within a component; 0
    is none. `took` is turnover against the average pharmacy. `why` is the reason for a status that is not published.
    `gk`, `idb` and `geks` are what other methods say (calc/index/sensitivity.py).
    """

    value: Floats
    low: Floats
    high: Floats
    se: Floats
    n_items: NDArray[np.integer]
    n_eff: Floats
    coverage: Floats
    single_seller: Floats
    own_reference: Floats
    largest_weight: Floats
    loo: Floats
    region_volume: Floats
    volume: Floats
    took: Floats
    level: Floats
    level_low: Floats
    level_high: Floats
    component: NDArray[np.integer]
    reliability: Floats
    shrunk: Floats
    rank: NDArray[np.integer]
    ranked: NDArray[np.integer]
    turnover: Floats
    cost: Floats
    status: list[str]
    why: list[str]
    gk: Floats
    idb: Floats
    geks: Floats


class _Told(NamedTuple):
    """The index of a method: its values, standard errors of their logarithms, and ends of their intervals."""

    value: Floats
    se: Floats
    low: Floats
    high: Floats
    coverage: Floats


def figures(sales: Sales, quotes: index.Quotes, limits: Limits, method_id: str, reference: Reference | None) -> Figures:
    """Return the figures of every outlet of a region by a method of the registry.

    `sales` are all unit values, `quotes` those that may be compared. Raises Invalid for a method or a kind of
    reference that there is not.

    >>> sales = Sales(np.array([0, 1]), np.array([0, 0]), np.array([1000, 600]), np.array([100, 50]))
    >>> quotes = index.quotes(*sales, min_others=1)
    >>> found = figures(sales, quotes, Limits(), "headline", "mean")
    >>> found.value.round(4).tolist(), (found.value * found.volume).round(4).tolist(), found.status
    ([0.9375, 1.125], [1.25, 0.75], ['suppressed', 'suppressed'])
    """
    rests, sold = footing(quotes), volumes(quotes)
    told = _told(quotes, method_id, reference, rests.n_eff)
    alike = METHODS["cpd_weighted"].levels(quotes)
    alike_se = np.full(quotes.n_outlets, np.nan) if alike.se is None else alike.se
    ends = interval(alike.level, alike_se, rests.n_eff)
    group = alike.component
    enough = rests.n_eff + 1e-9 >= limits.indicative_drugs
    reliability, drawn = _reliabilities(np.log(told.value), np.where(enough, told.se, np.nan), group)
    shown = _standings(rests.n_eff, told.coverage, reliability, limits)
    ranks = _ranks(drawn, group, np.array([one.ranked for one in shown], np.bool_))
    return Figures(
        value=told.value, low=told.low, high=told.high, se=told.value * told.se, n_items=rests.n_items,
        n_eff=rests.n_eff, coverage=told.coverage, single_seller=_single_seller(sales, limits, quotes.turnover),
        own_reference=rests.own_reference, largest_weight=rests.largest_weight,
        loo=index.headline_of(quotes, "mean_others").index, region_volume=METHODS["region_volume"].levels(quotes).level,
        volume=sold.volume, took=sold.value, level=alike.level, level_low=ends[0], level_high=ends[1], component=group,
        reliability=reliability, shrunk=np.exp(drawn), rank=ranks[0], ranked=ranks[1], turnover=quotes.turnover,
        cost=index.headline_of(quotes).cost, status=[one.status for one in shown], why=[one.reason for one in shown],
        **sensitivity(quotes)._asdict(),
    )  # fmt: skip


def _told(quotes: index.Quotes, method_id: str, reference: Reference | None, n_eff: Floats) -> _Told:
    """Return the index of one method with its interval: Student's t on the effective number of drugs, less one."""
    if method_id == index.METHOD_ID:
        method(method_id).levels(quotes.rows(np.zeros(len(quotes.outlet), np.bool_)), reference)
        found = index.headline_of(quotes, reference or "mean")
        se = found.se / found.index
        return _Told(found.index, se, *interval(found.index, se, n_eff), found.coverage)
    levels = method(method_id).levels(quotes, reference)
    se = np.full(quotes.n_outlets, np.nan) if levels.se is None else levels.se
    coverage = index.headline_of(quotes).coverage
    return _Told(levels.level, se, *interval(levels.level, se, n_eff), coverage)


def _standings(n_eff: Floats, coverage: Floats, reliability: Floats, limits: Limits) -> list[Standing]:
    """Return how each index may be shown; one without any reliability, alone in its region, is judged without."""
    known = [None if one != one else one for one in reliability.tolist()]
    rows = zip(n_eff.tolist(), coverage.tolist(), known, strict=True)
    return [standing(*row, limits.thresholds) for row in rows]


def _reliabilities(log: Floats, se: Floats, group: NDArray[np.integer]) -> tuple[Floats, Floats]:
    """Return reliability and shrunk logarithms, each group of pharmacies by itself."""
    reliability, drawn = np.full(len(log), np.nan), np.full(len(log), np.nan)
    for one in range(int(group.max(initial=-1)) + 1):
        these = np.flatnonzero(group == one)
        found = shrunk(log[these], se[these])
        reliability[these], drawn[these] = found.reliability, found.log
    return reliability, drawn


def _single_seller(sales: Sales, limits: Limits, turnover: Floats) -> Floats:
    """Return the share of turnover in drugs that nobody else sold, gross errors left aside."""
    if not len(sales.drug):
        return np.full(len(turnover), np.nan)
    clean = ~gross_errors(sales.drug, sales.value / sales.quantity, limits.error_ratio)
    alone = clean & (np.bincount(sales.drug, clean) == 1)[sales.drug]
    amount = np.bincount(sales.outlet[alone], sales.value[alone], len(turnover))
    return np.divide(amount, turnover, out=np.full(len(turnover), np.nan), where=turnover > 0)


def _ranks(drawn: Floats, group: NDArray, may: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """Return ranks from 1, the dearest, within components, and how many are ranked there; 0 where there is no rank."""
    rank, ranked = np.zeros(len(drawn), np.int64), np.zeros(len(drawn), np.int64)
    for one in np.unique(group[may]).tolist():
        these = np.flatnonzero(may & (group == one))
        values = np.sort(-drawn[these])
        # Equal ones share the better rank.
        rank[these] = np.searchsorted(values, -drawn[these]) + 1
        ranked[group == one] = len(these)
    return rank, ranked
