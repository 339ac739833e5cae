"""What is offered for a basket in a place: every market read once, each drug's cheapest way at each pharmacy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.basket import Offered
from pricecompare.calc.market import FRESH, MARKS, Sellers
from pricecompare.calc.stocked import is_there, too_few
from pricecompare.models import Drug, MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Ground
from pricecompare.services.grounds.places import Where
from pricecompare.services.offers.stalls import Stall


class Alternative(NamedTuple):
    """A drug that may be bought for one that is wanted, and how many packs of it are enough."""

    drug: Drug
    packs: int


class Wanted(NamedTuple):
    """One line of a basket: a drug, how many packs, and all that may be bought for it, the drug itself first."""

    drug: Drug
    quantity: int
    alternatives: tuple[Alternative, ...]


class Filter(NamedTuple):
    """Which prices may be used at all."""

    kind: str
    in_stock: bool
    max_age: int | None


class Pick(NamedTuple):
    """One price of one pharmacy for a line: what is bought, how many packs, and what is known of the price."""

    drug: Drug
    packs: int
    fen: int
    observed: int
    stock: int
    mark: str
    tier: int


class _Stall(NamedTuple):
    """The sellers of one alternative that may be used, and the column of each."""

    bought: Alternative
    columns: NDArray[np.intp]
    sellers: Sellers
    tier: NDArray[np.int8]


@dataclass(eq=False)
class Gathered:
    """All pharmacies of a place as columns, and what each asks for each line of a basket.

    A column is a pharmacy `slot` of the ground `source`; `metres` are from the point, 0 without one. Without a known
    place no pharmacy is a column when there is a point: nobody can be sent there. `numbers` are the pharmacies' ids.
    """

    desk: Desk
    at: Where
    filter: Filter
    grounds: list[Ground] = field(init=False)
    source: NDArray[np.intp] = field(init=False)
    slot: NDArray[np.int32] = field(init=False)
    metres: NDArray[np.float64] = field(init=False)
    numbers: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Find out who is in the place."""
        self.grounds, found = self.at.grounds, [self.at.inside(one, one.everybody) for one in self.at.grounds]
        kept = [(inside[np.isfinite(far)], far[np.isfinite(far)]) for inside, far in found]
        self.source = np.repeat(np.arange(len(kept)), [len(inside) for inside, _ in kept])
        self.slot = np.concatenate([np.zeros(0, np.int32), *(inside.astype(np.int32) for inside, _ in kept)])
        self.metres = np.concatenate([np.zeros(0), *(far for _, far in kept)])
        ids = [ground.ids.take(inside) for ground, (inside, _) in zip(self.grounds, kept, strict=True)]
        self.numbers = np.concatenate([np.zeros(0, np.int64), *ids])
        self._columns = [np.full(len(ground.pharmacies), -1, np.intp) for ground in self.grounds]
        for at, columns in enumerate(self._columns):
            mine = np.flatnonzero(self.source == at)
            columns[self.slot[mine]] = mine
        self._today = days.number_of(self.desk.today())

    def lines(self, basket: Sequence[Wanted], version: int) -> list["Line"]:
        """Return what is asked for each line of a basket, as of that data version; to be called inside `reading`."""
        return [self._line(wanted, version) for wanted in basket]

    def offered(self, lines: Sequence["Line"], fen_per_km: int) -> Offered:
        """Return what is offered as the search for plans takes it."""
        fen = np.stack([line.fen for line in lines])
        if self.at.here is None:
            return Offered(fen, self.numbers)
        xyz = np.concatenate([np.zeros((0, 3)), *(ground.points.xyz for ground in self.grounds)])
        starts = np.cumsum([0, *(len(ground.pharmacies) for ground in self.grounds)])
        return Offered(fen, self.numbers, self.metres, xyz[starts[self.source] + self.slot], fen_per_km)

    def _line(self, wanted: Wanted, version: int) -> "Line":
        stalls = [stall for one in wanted.alternatives for stall in self._stalls(one, version)]
        # A price that is old or probably wrong is used only where there is no sound one in the whole place.
        tier = min((int(stall.tier.min()) for stall in stalls if len(stall.tier)), default=FRESH)
        fen, which = np.full(len(self.slot), np.inf), np.full(len(self.slot), -1, np.intp)
        for number, stall in enumerate(stalls):
            usable = np.flatnonzero(stall.tier == tier)
            columns = stall.columns.take(usable)
            asked = stall.sellers["fen"].take(usable).astype(np.float64) * stall.bought.packs
            if len(stalls) > 1:
                lower = asked < fen[columns]
                columns, asked = columns[lower], asked[lower]
            fen[columns], which[columns] = asked, number
        return Line(wanted, tier, fen, which, stalls)

    def _stalls(self, bought: Alternative, version: int) -> list[_Stall]:
        """Return who sells an alternative, ground by ground."""
        keys = [MarketKey(ground.region_id, bought.drug.id, self.filter.kind) for ground in self.grounds]
        markets = [self.desk.seen.market(self.desk.store, key, version) for key in keys]
        return [self._stall(bought, at, row) for at, row in enumerate(markets) if row is not None]

    def _stall(self, bought: Alternative, ground: int, market: Stall) -> _Stall:
        columns = self._columns[ground].take(market.slots(self.grounds[ground]))
        sellers, stock = market.table, market.table["stock"]
        # Nobody is sent where fewer packs are known to be than are wanted.
        there = (columns >= 0) & ~too_few(stock, bought.packs)
        if self.filter.in_stock:
            there &= is_there(stock)
        if self.filter.max_age is not None:
            there &= ~is_stale(sellers["observed"], today=self._today, max_age=self.filter.max_age)
        kept = np.flatnonzero(there)
        tier = market.tiers(self._today, self.desk.max_age_days).take(kept)
        return _Stall(bought, columns.take(kept), sellers.take(kept), tier)


@dataclass(frozen=True, eq=False)
class Line:
    """What is asked for one line of a basket at each pharmacy: `fen` for all packs together, infinite for nothing.

    All prices are of one `tier`: sound ones wherever there are any in the place, else probable errors, else old ones.
    """

    wanted: Wanted
    tier: int
    fen: NDArray[np.float64]
    which: NDArray[np.intp]
    stalls: list[_Stall]

    def pick(self, column: int) -> Pick:
        """Return what is bought at a pharmacy that sells it."""
        stall = self.stalls[int(self.which[column])]
        this = stall.sellers[int(np.flatnonzero(stall.columns == column)[0])]
        fen, observed, stock, mark = (int(this[name]) for name in ("fen", "observed", "stock", "mark"))
        return Pick(stall.bought.drug, stall.bought.packs, fen, observed, stock, MARKS[mark], self.tier)


class Beyond(NamedTuple):
    """A wider place, and what is asked there for lines (by drug) that nobody in the place itself sells."""

    found: Gathered
    lines: dict[int, Line]
