"""Everybody who could be an answer to a question about one drug, and the order they come in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import SELLER, Sellers, best, tiers
from pricecompare.models import MarketRow
from pricecompare.services.grounds.places import Where
from pricecompare.services.offers.stalls import Stall


class Candidates(NamedTuple):
    """Sellers inside a place, one array of shape (n,) for each of their facts: whole columns are ranked fastest.

    `source` is the ground of each, `slot` its place there; the others are as in market.SELLER.
    """

    pharmacy: NDArray[np.int32]
    fen: NDArray[np.int32]
    observed: NDArray[np.int64]
    stock: NDArray[np.int8]
    mark: NDArray[np.int8]
    metres: NDArray[np.float64]
    source: NDArray[np.int64]
    slot: NDArray[np.int32]


FACTS = ("pharmacy", "fen", "observed", "stock", "mark")
"""What candidates take over from sellers."""

NOBODY = Candidates._make(
    [*(np.zeros(0, SELLER[name]) for name in FACTS), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int32)]
)


def candidates(at: Where, markets: list[MarketRow | None], *, in_stock: bool) -> Candidates:
    """Return the sellers of `markets`, one for each ground of a place, that are inside it.

    `in_stock` wants the drug to be there.
    """
    stalls = [(number, Stall.of(row)) for number, row in enumerate(markets) if row is not None]
    return together([_inside(at, number, stall, in_stock) for number, stall in stalls])


def together(pieces: list[Candidates]) -> Candidates:
    """Return the candidates of several regions, one region after the other."""
    return pieces[0] if len(pieces) == 1 else Candidates._make(map(np.concatenate, zip(NOBODY, *pieces, strict=True)))


def _inside(at: Where, number: int, stall: Stall, in_stock: bool) -> Candidates:
    """Return the sellers of one region that are inside the place, in stock if so asked."""
    fits = stall.in_stock if in_stock else np.arange(len(stall.table), dtype=np.int32)
    slots = stall.slots(at.grounds[number]).take(fits)
    kept, far = at.inside(at.grounds[number], slots)
    # `take` picks whole records in a tenth of the time that an index needs.
    here = stall.table.take(fits.take(kept))
    return candidates_of(here, far, number, slots.take(kept))


def candidates_of(here: Sellers, far: NDArray[np.float64], number: int, slots: NDArray[np.int32]) -> Candidates:
    """Return sellers of the ground with that number as candidates, so many metres away and at those places there."""
    source = np.zeros(len(slots), np.int64)
    source += number
    return Candidates._make([*[here[name] for name in FACTS], far, source, slots])


class Page(NamedTuple):
    """Rows of candidates that one page shows, and the rank of its last one when there are more."""

    rows: NDArray[np.intp]
    last: tuple[int, float, float, int] | None


class Ranking(NamedTuple):
    """The order of candidates: by tier (sound, doubtful, stale), then by what was asked for; ties have an order."""

    found: Candidates
    stale: NDArray[np.bool_]
    sort: str
    fen_per_km: int
    total: int
    """Of how many candidates: `found` may be those alone that can be on the first page."""
    old: int
    """How many of all are stale."""

    def page(self, limit: int, last: tuple | None) -> Page:
        """Return the `limit` first candidates, or the next ones after the rank `last`; all are ranked first."""
        tier, first, second = tiers(self.stale, self.found.mark), *self._keys()
        identity = self.found.pharmacy
        rows = best(tier, first, second, identity, limit=limit + 1, after=last)
        if len(rows) <= limit:
            return Page(rows, None)
        end = rows[limit - 1]
        return Page(rows[:limit], (int(tier[end]), float(first[end]), float(second[end]), int(identity[end])))

    def _keys(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what is ranked by, and what decides between equals."""
        fen, metres = self.found.fen.astype(np.float64), self.found.metres
        if self.sort == "price":
            return fen, metres
        if self.sort == "distance":
            return metres, fen
        return fen + metres * (self.fen_per_km / 1000), metres


def ranking(found: Candidates, *, sort: str, fen_per_km: int, today: int, max_age: int) -> Ranking:
    """Return the order of candidates; a price observed over `max_age` days before `today` is stale."""
    stale = is_stale(found.observed, today=today, max_age=max_age)
    return Ranking(found, stale, sort, fen_per_km, len(stale), int(np.count_nonzero(stale)))
