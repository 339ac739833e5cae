"""The cheapest around a point: markets are held in the order of price, so that all but the first page is only counted."""

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.chords import chords
from pricecompare.calc.market import Sellers
from pricecompare.models import MarketRow
from pricecompare.services.places import Where
from pricecompare.services.ranking import Candidates, Ranking, candidates_of, together
from pricecompare.services.stalls import Queue, Stall

AT_ONCE = 2
"""How many times as many as a page shows are read first: several may ask the same price as its last."""


def cheapest(
    at: Where, markets: list[MarketRow | None], *, in_stock: bool, limit: int, today: int, max_age: int, fen_per_km: int
) -> Ranking | None:
    """Return all who can be among the `limit` first by price, and of how many; None where all have to be measured.

    That is the case without a circle, and when somebody lies too near its rim to be counted by a straight line.
    """
    if at.here is None or at.radius_m is None or at.region is not None:
        return None
    pieces, total, old = [], 0, 0
    for number, row in enumerate(markets):
        if row is None:
            continue
        stall, ground = Stall.of(row), at.grounds[number]
        lines = chords(at.here, ground.points.xyz)
        within = lines.sure(at.radius_m)
        if within is None:
            return None
        queue = stall.queue(ground, in_stock=in_stock, today=today, max_age=max_age)
        here = within.take(queue.slots).nonzero()[0]
        first, sellers = _first(stall, queue, here, limit)
        slots = queue.slots.take(first)
        pieces.append(candidates_of(sellers, lines.arcs(slots), number, slots))
        total += len(here)
        old += len(here) - int(here.searchsorted(queue.fresh))
    found = together(pieces)
    stale = is_stale(found.observed, today=today, max_age=max_age)
    return Ranking(found, stale, "price", fen_per_km, total, old)


def _first(stall: Stall, queue: Queue, here: NDArray[np.intp], limit: int) -> tuple[NDArray[np.intp], Sellers]:
    """Return the first of those `here` in a queue, the `limit` cheapest and all who ask the same, and the sellers."""
    many = AT_ONCE * limit
    while True:
        first = here[:many]
        sellers = stall.table.take(queue.sellers.take(first))
        fen = sellers["fen"]
        if many >= len(here) or fen[limit - 1] != fen[-1]:
            return first, sellers
        many *= AT_ONCE
