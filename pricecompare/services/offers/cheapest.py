"""The cheapest around a point: markets are held in the order of price, and all but the first page is only counted."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.chords import chords
from pricecompare.calc.market import Sellers
from pricecompare.models import MarketRow
from pricecompare.services.grounds.atlas import Ground
from pricecompare.services.grounds.places import Where
from pricecompare.services.offers.ranking import Candidates, Ranking, candidates_of, together
from pricecompare.services.offers.stalls import Queue, Stall

AT_ONCE = 2
"""How many times as many as are wanted are read first: several may ask the same price as the last of them."""


class Wanted(NamedTuple):
    """Who is wanted: those who have the drug there or anybody, the `limit` cheapest; stale prices come last."""

    in_stock: bool
    limit: int
    today: int
    max_age: int


class Front(NamedTuple):
    """Those of one region who can be among the cheapest; how many there are in all, and how many of them stale."""

    found: Candidates
    total: int
    old: int


def cheapest(at: Where, markets: list[MarketRow | None], wanted: Wanted, fen_per_km: int) -> Ranking | None:
    """Return all who can be among the first by price, and of how many; None where all have to be measured.

    That is so without a circle, and when somebody lies too near its rim to be counted by a straight line.
    """
    if at.here is None or at.radius_m is None or at.region is not None:
        return None
    fronts = []
    for number, row in enumerate(markets):
        if row is not None:
            front = _front(at.here, at.radius_m, at.grounds[number], number, Stall.of(row), wanted)
            if front is None:
                return None
            fronts.append(front)
    found = together([one.found for one in fronts])
    stale = is_stale(found.observed, today=wanted.today, max_age=wanted.max_age)
    total, old = sum([one.total for one in fronts]), sum([one.old for one in fronts])
    return Ranking(found, stale, "price", fen_per_km, total, old)


def _front(
    here: tuple[float, float], radius_m: float, ground: Ground, number: int, stall: Stall, wanted: Wanted
) -> Front | None:
    """Return the front of a region, which is the ground with that number."""
    lines = chords(here, ground.points.xyz)
    within = lines.sure(radius_m)
    if within is None:
        return None
    queue = stall.queue(ground, in_stock=wanted.in_stock, today=wanted.today, max_age=wanted.max_age)
    inside = within.take(queue.slots).nonzero()[0]
    first, sellers = _first(stall, queue, inside, wanted.limit)
    slots = queue.slots.take(first)
    found = candidates_of(sellers, lines.arcs(slots), number, slots)
    return Front(found, len(inside), len(inside) - int(inside.searchsorted(queue.fresh)))


def _first(stall: Stall, queue: Queue, inside: NDArray[np.intp], limit: int) -> tuple[NDArray[np.intp], Sellers]:
    """Return the first of those `inside` in a queue, the `limit` cheapest and all who ask the same, and the sellers."""
    many = AT_ONCE * limit
    while True:
        first = inside[:many]
        sellers = stall.table.take(queue.sellers.take(first))
        if many >= len(inside) or sellers["fen"][limit - 1] != sellers["fen"][-1]:
            return first, sellers
        many *= AT_ONCE
