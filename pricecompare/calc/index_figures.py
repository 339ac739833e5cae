"""All that is told of the index of each pharmacy of a region: both halves, both levels, and what they rest on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import index
from pricecompare.calc.index_limits import Limits, standing
from pricecompare.calc.like_for_like import components, level, reliabilities, t975
from pricecompare.calc.sold import Codes, Floats, Sales, comparable, gross_errors

OWN_REFERENCE = 0.5
"""From which share of a drug's volume in the region on a pharmacy is measured against itself."""


class Figures(NamedTuple):
    """Arrays of shape (outlets,), place j for outlet code j; indices and levels are ratios, 1 is the region's average.

    What cannot be computed is nan. Shares are of the pharmacy's whole turnover, but for `own_reference` and
    `largest_weight`, which are of what was compared. `component` tells groups of pharmacies apart that have no drugs
    in common, -1 for those of which nothing was compared. `rank` counts from 1, the dearest, within a component; 0
    is none.
    `why` gives the reason for a status that is not published.
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


def figures(sales: Sales, limits: Limits, *, n_outlets: int) -> Figures:
    """Return the figures of every outlet of a region; `sales` as `sold.unit_values` makes them.

    >>> sales = Sales(np.array([0, 1]), np.array([0, 0]), np.array([1000, 600]), np.array([100, 50]))
    >>> found = figures(sales, Limits(min_others=1), n_outlets=2)
    >>> found.value.round(4).tolist(), (found.value * found.volume).round(4).tolist(), found.status
    ([0.9375, 1.125], [1.25, 0.75], ['suppressed', 'suppressed'])
    """
    options = {"min_others": round(limits.min_others), "error_ratio": limits.error_ratio}
    enters = comparable(sales.drug, sales.value, sales.quantity, **options)  # type: ignore[arg-type]
    compared = Sales(*(column[enters] for column in sales))
    head = index.headline(*sales, n_outlets=n_outlets, **options)  # type: ignore[arg-type]
    price = _references(sales, compared)
    alike = level(compared, n_outlets)
    log_se = head.se / head.index
    low, high = _interval(head.index, log_se, t975(head.n_eff - 1))
    level_low, level_high = _interval(alike.level, alike.se, np.full(n_outlets, 1.96))
    shown = [standing(*pair, limits) for pair in zip(head.n_eff.tolist(), head.coverage.tolist(), strict=True)]
    told = np.array([one.status != "suppressed" for one in shown], np.bool_)
    reliability, shrunk = reliabilities(np.log(head.index), log_se, told)
    group = components(compared, n_outlets)
    published = np.array([one.status == "published" for one in shown], np.bool_)
    ranks = _ranks(shrunk, group, published & (reliability >= limits.rank_reliability))
    return Figures(
        value=head.index, low=low, high=high, se=head.se, n_items=head.n_items, n_eff=head.n_eff,
        coverage=head.coverage, single_seller=_single_seller(sales, limits, head.turnover),
        own_reference=_own_reference(compared, n_outlets), largest_weight=head.largest_weight,
        loo=_without_itself(compared, n_outlets), region_volume=_region_volume(compared, price, n_outlets),
        volume=_volumes(head.cost), level=alike.level, level_low=level_low, level_high=level_high, component=group,
        reliability=reliability, shrunk=np.exp(shrunk), rank=ranks[0], ranked=ranks[1], turnover=head.turnover,
        cost=head.cost, status=[one.status for one in shown], why=[one.why for one in shown],
    )  # fmt: skip


def region_prices(sales: Sales, limits: Limits) -> tuple[NDArray[np.bool_], Floats]:
    """Return which rows may be compared, and p̄ of each drug code in fen per pack, nan where nothing may."""
    enters = comparable(
        sales.drug, sales.value, sales.quantity, min_others=round(limits.min_others), error_ratio=limits.error_ratio
    )
    return enters, _references(sales, Sales(*(column[enters] for column in sales)))


def _references(sales: Sales, compared: Sales) -> Floats:
    drugs = int(sales.drug.max(initial=-1)) + 1
    return index.reference_prices(compared.drug, compared.value, compared.quantity, drugs)


def _interval(value: Floats, log_se: Floats, quantile: Floats) -> tuple[Floats, Floats]:
    """Return the nominal 95 % interval, symmetric on the scale of logarithms."""
    half = quantile * log_se
    return value * np.exp(-half), value * np.exp(half)


def _sum(code: Codes, amount: NDArray, codes: int) -> Floats:
    return np.bincount(code, amount, codes).astype(np.float64, copy=False)


def _ratio(above: NDArray, below: NDArray) -> Floats:
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def _single_seller(sales: Sales, limits: Limits, turnover: Floats) -> Floats:
    """Return the share of turnover in drugs that nobody else sold, gross errors left aside."""
    clean = ~gross_errors(sales.drug, sales.value / sales.quantity, limits.error_ratio)
    alone = clean & (np.bincount(sales.drug, clean) == 1)[sales.drug] if len(sales.drug) else clean
    return _ratio(_sum(sales.outlet[alone], sales.value[alone], len(turnover)), turnover)


def _own_reference(compared: Sales, outlets: int) -> Floats:
    """Return the share of compared turnover in drugs of which the pharmacy itself sold most of the region's packs."""
    packs = np.bincount(compared.drug, compared.quantity)
    most = compared.quantity > OWN_REFERENCE * packs[compared.drug] if len(compared.drug) else np.zeros(0, np.bool_)
    paid = _sum(compared.outlet, compared.value, outlets)
    return _ratio(_sum(compared.outlet[most], compared.value[most], outlets), paid)


def _without_itself(compared: Sales, outlets: int) -> Floats:
    """Return the index against the mean of the others alone: Σ v ÷ Σ q·(V−v)/(Q−q)."""
    paid, packs = np.bincount(compared.drug, compared.value), np.bincount(compared.drug, compared.quantity)
    others = packs[compared.drug] - compared.quantity if len(compared.drug) else compared.quantity
    sold = others > 0
    outlet, drug, value, quantity = (column[sold] for column in compared)
    reference = (paid[drug] - value) / others[sold]
    return _ratio(_sum(outlet, value, outlets), _sum(outlet, reference * quantity, outlets))


def _region_volume(compared: Sales, price: Floats, outlets: int) -> Floats:
    """Return the Lowe index Σ p·Q ÷ Σ p̄·Q over a pharmacy's drugs, Q what the region sold: blind to own volumes."""
    packs = np.bincount(compared.drug, compared.quantity)
    region = packs[compared.drug] if len(compared.drug) else compared.quantity
    paid = _sum(compared.outlet, compared.value / compared.quantity * region, outlets)
    return _ratio(paid, _sum(compared.outlet, price[compared.drug] * region, outlets))


def _volumes(cost: Floats) -> Floats:
    """Return own quantities against the region's average pharmacy, both at regional prices (Laspeyres).

    Times the price half it is what was paid against the average pharmacy, exactly: Σ cost = Σ paid.
    """
    sellers = cost > 0
    mean = cost.sum() / max(int(sellers.sum()), 1)
    return np.where(sellers, cost / mean if mean else cost, np.nan)


def _ranks(shrunk: Floats, group: NDArray, may: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    """Return ranks from 1, the dearest, within components, and how many are ranked there; 0 where there is no rank."""
    rank, ranked = np.zeros(len(shrunk), np.int64), np.zeros(len(shrunk), np.int64)
    for one in np.unique(group[may]).tolist():
        these = np.flatnonzero(may & (group == one))
        values = np.sort(-shrunk[these])
        # Equal ones share the better rank.
        rank[these] = np.searchsorted(values, -shrunk[these]) + 1
        ranked[group == one] = len(these)
    return rank, ranked
