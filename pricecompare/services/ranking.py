"""Everybody who could be an answer to a question about one drug, and the order they come in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import SELLER, Sellers, best, tiers, unpacked
from pricecompare.models import STOCKS, MarketRow
from pricecompare.services.places import Where

SORTS = ("price", "distance", "value")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sellers inside a place, arrays of shape (n,): `source` is the ground of each, `slot` its place there."""

    sellers: Sellers
    metres: NDArray[np.float64]
    source: NDArray[np.int64]
    slot: NDArray[np.int64]

    def at(self, rows: NDArray[np.intp]) -> "Candidates":
        """Return the candidates of `rows`."""
        return Candidates(self.sellers[rows], self.metres[rows], self.source[rows], self.slot[rows])


def candidates(at: Where, markets: list[MarketRow | None]) -> Candidates:
    """Return the sellers of `markets`, one for each ground of a place, that are inside it."""
    pieces = [_inside(at, number, row) for number, row in enumerate(markets) if row is not None]
    if len(pieces) == 1:
        return pieces[0]
    nobody = Candidates(np.zeros(0, SELLER), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
    columns = zip(*((one.sellers, one.metres, one.source, one.slot) for one in [nobody, *pieces]), strict=True)
    return Candidates(*map(np.concatenate, columns))


def _inside(at: Where, number: int, row: MarketRow) -> Candidates:
    sellers = unpacked(row.sellers, layout=row.layout)
    slots = at.grounds[number].positions(sellers["pharmacy"])
    kept, far = at.inside(at.grounds[number], slots)
    return Candidates(sellers[kept], far, np.full(len(kept), number), slots[kept].astype(np.int64))


def wanted(found: Candidates, *, in_stock: bool, max_age: int | None, today: int) -> Candidates:
    """Return the candidates that have the drug and whose price is at most `max_age` days old."""
    kept = np.ones(len(found.sellers), bool)
    if in_stock:
        kept &= found.sellers["stock"] == STOCKS.index("in")
    if max_age is not None:
        kept &= ~is_stale(found.sellers["observed"], today=today, max_age=max_age)
    return found if kept.all() else found.at(np.flatnonzero(kept))


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of candidates that one page shows, and the rank of its last one when there are more."""

    rows: list[int]
    last: tuple[int, float, float, int] | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of candidates: by tier (sound, doubtful, stale), then by what was asked for; ties have an order."""

    found: Candidates
    stale: NDArray[np.bool_]
    sort: str
    fen_per_km: int

    def page(self, limit: int, last: tuple | None) -> Page:
        """Return the `limit` first candidates, or the next ones after the rank `last`; all are ranked first."""
        tier, first, second = tiers(self.stale, self.found.sellers["mark"]), *self._keys()
        identity = self.found.sellers["pharmacy"]
        rows = best(tier, first, second, identity, limit=limit + 1, after=last)
        if len(rows) <= limit:
            return Page(rows.tolist(), None)
        end = rows[limit - 1]
        return Page(rows[:limit].tolist(), (int(tier[end]), float(first[end]), float(second[end]), int(identity[end])))

    def _keys(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return what is ranked by, and what decides between equals."""
        fen, metres = self.found.sellers["fen"].astype(np.float64), self.found.metres
        if self.sort == "price":
            return fen, metres
        if self.sort == "distance":
            return metres, fen
        return fen + metres * (self.fen_per_km / 1000), metres


def ranking(found: Candidates, *, sort: str, fen_per_km: int, today: int, max_age: int) -> Ranking:
    """Return the order of candidates; a price observed over `max_age` days before `today` is stale."""
    return Ranking(found, is_stale(found.sellers["observed"], today=today, max_age=max_age), sort, fen_per_km)
