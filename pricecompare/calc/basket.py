"""A basket of drugs bought at one, two or three pharmacies: what a choice of stops costs, and which of two is better.

The way leads from the point over the stops and back, in the shortest order.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.distance import Floats, legs

MOST_STOPS = 3

PER_FEN = 1_000_000
"""Costs are compared in millionths of a fen: fen for a kilometre times millimetres, and whole without rounding."""

_ABSENT = float(1 << 45)
"""More than all drugs of a basket cost; sums of sixty are exact."""

Whole = NDArray[np.int64]


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

    @cached_property
    def _known_legs(self) -> dict[int, Whole]:
        return {}

    def apart(self, column: int, columns: NDArray[np.intp]) -> Whole:
        """Return how many millimetres lie between a pharmacy and others."""
        if self.xyz is None:
            return np.zeros(len(columns), np.int64)
        if len(columns) < len(self.pharmacy):
            return _mm(legs(self.xyz[column], self.xyz.take(columns, axis=0)))
        # The few stops of good plans are asked about again and again.
        if column not in self._known_legs:
            self._known_legs[column] = _mm(legs(self.xyz[column], self.xyz))
        return self._known_legs[column].take(columns)

    def ways(self, fixed: tuple[int, ...], columns: NDArray[np.intp]) -> Whole:
        """Return the millimetres of the way over `fixed` (at most two) and one more pharmacy, for each of `columns`."""
        home, out = self.home_mm, self.home_mm.take(columns)
        legs_to = [self.apart(stop, columns) for stop in fixed]
        if len(fixed) < 2:
            return out + home[fixed[0]] + legs_to[0] if fixed else 2 * out
        (a, b), (to_a, to_b) = fixed, legs_to
        between = int(self.apart(a, np.array([b]))[0])
        orders = (home[a] + to_a + to_b + home[b], home[a] + between + to_b + out, home[b] + between + to_a + out)
        return np.minimum(np.minimum(orders[0], orders[1]), orders[2])

    def best_with(self, fixed: tuple[int, ...], columns: NDArray[np.intp]) -> tuple[Rank, int]:
        """Return the rank of the best plan over `fixed` and one more of `columns`, and which one that is.

        At least one of `columns` is not fixed already.
        """
        paid = self._weighed if len(columns) == len(self.pharmacy) else self._weighed.take(columns, axis=1)
        for stop in fixed:
            paid = np.minimum(paid, self._weighed[:, stop, None])
        above = paid.sum(axis=0)
        for stop in fixed:
            above[columns == stop] = np.inf
        missing = int(above.min() // _ABSENT)
        rows = np.flatnonzero(above < (missing + 1) * _ABSENT)
        mm = self.ways(fixed, columns.take(rows))
        cost = (above.take(rows) - missing * _ABSENT).astype(np.int64) * PER_FEN + self.fen_per_km * mm
        alike = np.flatnonzero(cost == cost.min())
        # With the other stops the same, the lowest number is the lowest set of numbers.
        at = alike[np.lexsort((self.pharmacy.take(columns.take(rows.take(alike))), mm.take(alike)))[0]]
        column = int(columns[rows[at]])
        numbers = tuple(sorted(int(self.pharmacy[stop]) for stop in (*fixed, column)))
        return Rank(missing, int(cost[at]), len(fixed) + 1, int(mm[at]), numbers), column

    def plan(self, rank: Rank, stops: tuple[int, ...]) -> Plan:
        """Return a choice of stops with the way through them."""
        ordered = min(permutations(stops), key=lambda order: (self._length(order), self._start(order)))
        paid = self.fen.take(ordered, axis=1)
        at = paid.argmin(axis=1)
        lacking = np.isinf(paid.min(axis=1))
        bought = np.where(lacking, -1, np.array(ordered).take(at))
        return Plan(rank, ordered, tuple(bought.tolist()))

    def _length(self, order: tuple[int, ...]) -> int:
        """Return the millimetres of a way."""
        between = (int(self.apart(a, np.array([b]))[0]) for a, b in zip(order, order[1:], strict=False))
        return int(self.home_mm[order[0]]) + sum(between) + int(self.home_mm[order[-1]])

    def _start(self, order: tuple[int, ...]) -> tuple:
        """Return what decides between ways of one length: the nearer end first."""
        return int(self.home_mm[order[0]]), tuple(int(self.pharmacy[stop]) for stop in order)


def _mm(metres: Floats) -> Whole:
    """Return whole millimetres: sums of these are exact, so that equal ways are equal."""
    return np.rint(metres * 1000).astype(np.int64)
