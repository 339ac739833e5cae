"""A basket of drugs bought at one, two or three pharmacies: what a choice of stops costs, and which of two is better.

The way leads from the point over the stops and back, in the shortest order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.chords import Floats
from pricecompare.calc.distance import legs

MOST_STOPS = 3

PER_FEN = 1_000_000
"""Costs are compared in millionths of a fen: fen for a kilometre times millimetres, and whole without rounding."""

SLACK_MM, SLACK = 16, 1 - 1e-5
"""By how much sums of measured ways may miss the triangle inequality."""

_ABSENT = float(1 << 45)
"""More than all drugs of a basket cost; sums of sixty are exact."""

_NEVER = np.iinfo(np.int64).max

Whole = NDArray[np.int64]
Columns = NDArray[np.intp]


class Rank(NamedTuple):
    """How good a plan is, lower is better: drugs it lacks, cost, stops, way, and the pharmacies' numbers.

    `cost` is what is paid above the lowest price of each drug, and for the way, in millionths of a fen: a drug that is
    lacking counts at its lowest price, so that no plan gains by lacking a dear one.
    """

    missing: int
    cost: int
    stops: int
    mm: int
    pharmacies: tuple[int, ...]


class Plan(NamedTuple):
    """Stops in the order of the way (columns of an offer), how good they are, and at which of them each drug is bought.

    `bought` holds a column for each drug, -1 for one that is lacking; where two stops ask the same, the earlier one.
    """

    rank: Rank
    stops: tuple[int, ...]
    bought: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Offered:
    """What is offered: `fen` (drugs, pharmacies), whole and infinite where a drug is not sold, for all packs wanted.

    `home` is how far each pharmacy is from the point in metres and `xyz` where it is (n, 3); both are None without a
    point, when no way counts. `fen_per_km` is at most 100,000. `pharmacy` holds the pharmacies' numbers, each once.
    """

    fen: Floats
    pharmacy: Whole
    home: Floats | None = None
    xyz: Floats | None = None
    fen_per_km: int = 0

    @cached_property
    def excess(self) -> Floats:
        """What each price is above the lowest one of its drug; infinite throughout for a drug nobody sells."""
        lowest = self.fen.min(axis=1, initial=np.inf)
        return self.fen - np.where(np.isinf(lowest), 0, lowest)[:, None]

    @cached_property
    def _weighed(self) -> Floats:
        """The same with a number instead of infinity, so that a sum also says how many drugs are lacking."""
        return np.minimum(self.excess, _ABSENT)

    @cached_property
    def home_mm(self) -> Whole:
        """How far each pharmacy is from the point."""
        return _mm(np.zeros(len(self.pharmacy)) if self.home is None else self.home)

    def apart(self, these: Columns, those: Columns) -> Whole:
        """Return how many millimetres lie between pharmacies, pair by pair; one of either goes with all others."""
        if self.xyz is None:
            return np.zeros(max(len(these), len(those)), np.int64)
        if len(these) == 1 and (4 * len(those) > len(self.xyz) or int(these[0]) in self._from):
            far = self._all_from(int(these[0]))
            return far if those is self.every else far.take(those)
        return _mm(legs(self.xyz.take(these, axis=0), self.xyz.take(those, axis=0)))

    def _all_from(self, stop: int) -> Whole:
        """Return how many millimetres lie between a pharmacy and each other: a good stop is asked for again."""
        if stop not in self._from:
            assert self.xyz is not None
            self._from[stop] = _mm(legs(self.xyz[stop : stop + 1], self.xyz))
        return self._from[stop]

    @cached_property
    def _from(self) -> dict[int, Whole]:
        return {}

    def ways(self, stops: Sequence[Columns]) -> Whole:
        """Return the millimetres of the shortest way over one, two or three stops, for each choice of them."""
        home = [self.home_mm if these is self.every else self.home_mm.take(these) for these in stops]
        if len(stops) == 1:
            return 2 * home[0]
        between = [self.apart(these, those) for these, those in combinations(stops, 2)]
        if len(stops) == 2:
            return home[0] + between[0] + home[1]
        (a, b, c), (ab, ac, bc) = home, between
        return np.minimum(np.minimum(a + ab + bc + c, a + ac + bc + b), b + ab + ac + c)

    def best(self, stops: Sequence[Columns]) -> tuple[Rank, tuple[int, ...]]:
        """Return the best of some choices of one, two or three stops, with its rank.

        `stops` holds a column for each choice, shape (n,), or (1,) for all of them; at least one is of different ones.
        """
        above = self._paid(stops)
        missing = int(above.min() // _ABSENT)
        fits = above < (missing + 1) * _ABSENT
        rows = np.flatnonzero(fits)
        if 2 * len(rows) > len(above):
            # What stands there is looked at faster than what is picked.
            these = list(stops)
        else:
            these = [one.take(rows) if len(one) > 1 else one for one in stops]
            above, fits = above.take(rows), fits.take(rows)
        mm = self.ways(these)
        cost = (np.where(fits, above, 0) - missing * _ABSENT).astype(np.int64) * PER_FEN + self.fen_per_km * mm
        cost[~fits] = _NEVER
        alike = np.flatnonzero(cost == cost.min())
        numbers = [np.broadcast_to(self.pharmacy.take(one), len(cost)).take(alike) for one in these]
        numbers = list(np.sort(numbers, axis=0))
        first = int(np.lexsort((*numbers[::-1], np.broadcast_to(mm, len(cost)).take(alike)))[0])
        at = int(alike[first])
        chosen = tuple(int(one[at if len(one) > 1 else 0]) for one in these)
        named = tuple(int(one[first]) for one in numbers)
        return Rank(missing, int(cost[at]), len(stops), int(mm[at]), named), chosen

    def _paid(self, stops: Sequence[Columns]) -> Floats:
        """Return what all drugs together cost above their lowest prices, for each choice; infinite for a stop twice."""
        fixed = [self._weighed.take(one, axis=1) for one in stops if len(one) == 1]
        many = [one for one in stops if len(one) > 1]
        if len(many) == 1 and many[0] is self.every:
            # Picking columns costs more than adding them up: all of them are taken as they stand.
            paid = reduce(np.minimum, fixed) if fixed else None
            above = (self._weighed if paid is None else np.minimum(self._weighed, paid, out=self.work)).sum(axis=0)
        else:
            above = reduce(np.minimum, [*fixed, *(self._weighed.take(one, axis=1) for one in many)]).sum(axis=0)
        for these, those in combinations(stops, 2):
            above[np.broadcast_to(these == those, len(above))] = np.inf
        return above

    def of_sellers(self) -> tuple["Offered", Columns]:
        """Return only the pharmacies that sell anything, and which they are."""
        sells = np.flatnonzero(np.isfinite(self.fen).any(axis=0))
        if len(sells) == len(self.pharmacy):
            return self, sells
        home, xyz = (None if part is None else part.take(sells, axis=0) for part in (self.home, self.xyz))
        return Offered(self.fen.take(sells, axis=1), self.pharmacy.take(sells), home, xyz, self.fen_per_km), sells

    @cached_property
    def work(self) -> Floats:
        """Room for as many numbers as there are prices, to be written over."""
        return np.empty_like(self.fen)

    @cached_property
    def every(self) -> Columns:
        """All columns; asked about as this very array they are looked at where they stand."""
        return np.arange(len(self.pharmacy))

    def plan(self, rank: Rank, stops: tuple[int, ...]) -> Plan:
        """Return a choice of stops with the way through them."""
        pairs = list(combinations(sorted(stops), 2))
        firsts, seconds = (np.array([pair[end] for pair in pairs], np.intp) for end in (0, 1))
        between = dict(zip(pairs, self.apart(firsts, seconds).tolist(), strict=True)) if pairs else {}
        ordered = min(permutations(stops), key=lambda order: (self._length(order, between), self._start(order)))
        paid = self.fen.take(ordered, axis=1)
        at = paid.argmin(axis=1)
        lacking = np.isinf(paid.min(axis=1))
        bought = np.where(lacking, -1, np.array(ordered).take(at))
        return Plan(rank, ordered, tuple(bought.tolist()))

    def _length(self, order: tuple[int, ...], between: dict[tuple[int, int], int]) -> int:
        """Return the millimetres of a way, those `between` two stops by their columns, the lower one first."""
        legs = (between[min(pair), max(pair)] for pair in zip(order, order[1:], strict=False))
        return int(self.home_mm[order[0]]) + sum(legs) + int(self.home_mm[order[-1]])

    def _start(self, order: tuple[int, ...]) -> tuple:
        """Return what decides between ways of one length: the nearer end first."""
        return int(self.home_mm[order[0]]), tuple(int(self.pharmacy[stop]) for stop in order)


def _mm(metres: Floats) -> Whole:
    """Return whole millimetres: sums of these are exact, so that equal ways are equal."""
    return np.rint(metres * 1000).astype(np.int64)
