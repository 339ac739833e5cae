"""The best plan for a basket, exactly: branch and bound over stops, most pharmacies ruled out by one relaxation.

A plan better than the best one known is looked for among plans with a first stop, then a second, then a third. Each
look bounds what is left (calc/relaxed.py), keeps the pharmacies whose bound does not exceed what is known, and branches
over those that sell the drug that fewest of them sell: one of the stops must, or the drug is given up.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.basket import PER_FEN, SLACK, SLACK_MM, Columns, Floats, Offered, Plan, Rank
from pricecompare.calc.coverage import covering, masks_of
from pricecompare.calc.relaxed import Bound, Table, bounded, lowest

ROUNDS, NESTED_ROUNDS = (6, 6, 12, 24), (2, 10)
"""Steps of the relaxation, after each of these numbers with what is left then: at first, and with one stop chosen."""

FEW = 40
"""Columns that are looked at sooner than another step is taken."""

AT_ONCE = 10_000
"""Prices that are tried together, a pair having one for each drug: few enough to stay near the processor."""

_ROUNDING = 0.01  # fen


def best_plans(offered: Offered, most_stops: int) -> list[Plan]:
    """Return the best plan with at most 1, 2, … `most_stops` stops (at most three); none when nobody sells anything.

    Of two plans the one is better that lacks fewer drugs, then that costs less, prices and way together, then that
    has fewer stops, then the shorter way, then the lower numbers of pharmacies.

    >>> fen = np.array([[300.0, 200.0, np.inf], [500.0, np.inf, 100.0]])
    >>> [plan.stops for plan in best_plans(Offered(fen, np.arange(3)), 2)]
    [(0,), (1, 2)]
    """
    some, columns = offered.of_sellers()
    search, plans = _Search(some), []
    for stops in range(1, most_stops + 1):
        search.improve(stops)
        if search.best is not None:
            rank, chosen = search.best
            plans.append(offered.plan(rank, tuple(columns[list(chosen)].tolist())))
    return plans


class _Node(NamedTuple):
    """A part of the search: stops that are fixed, columns that may be added, how many still are, prices of drugs."""

    fixed: tuple[int, ...]
    columns: Columns
    left: int
    prices: Floats


class _Look(NamedTuple):
    """What is known of a node: rows that can be had, which of them no fixed stop sells, and the bound."""

    rows: NDArray[np.intp]
    wanting: NDArray[np.intp]
    spare: int
    bound: Bound
    way: float


class _Search:
    """The best plan found so far, and the ways to find a better one."""

    def __init__(self, offered: Offered):
        self.offered = offered
        self.finite = np.isfinite(offered.excess)
        self.columns = offered.every
        self.best: tuple[Rank, tuple[int, ...]] | None = None

    def improve(self, stops: int) -> None:
        """Let the best plan be the best one with up to `stops` stops, when it is that with up to one less."""
        if len(self.columns) < stops:
            return
        self._climb(self.best[1] if self.best else (), stops)
        if stops > 1 and self.best is not None:
            self._cover(stops)
            self._look(_Node((), self.columns, stops, self._lowest(self.best[1])))

    def _climb(self, fixed: tuple[int, ...], stops: int) -> None:
        """Try a good plan: stops are added to `fixed`, then changed one by one while that makes a better one."""
        while len(fixed) < stops:
            fixed = (*fixed, self._add(fixed, self.columns))
        # The last one added is best beside the others; all are when none of them has changed since.
        settled = 1
        while settled < stops:
            before = self.best
            fixed = (*fixed[1:], self._add(fixed[1:], self.columns))
            settled = settled + 1 if self.best == before else 1

    def _cover(self, stops: int) -> None:
        """Find plans that lack fewer drugs until there are none."""
        some = self.finite.any(axis=1)
        unsold = int((~some).sum())
        if self.best is None or self.best[0].missing == unsold:
            return
        masks, wanted = masks_of(self.finite[:, self.columns]), int(masks_of(some.reshape(-1, 1))[0])
        while self.best[0].missing > unsold:
            found = covering(masks, stops, wanted=wanted, spare=self.best[0].missing - unsold - 1)
            if found is None:
                return
            self._climb(tuple(self.columns[list(found)].tolist()), stops)

    def _add(self, fixed: tuple[int, ...], columns: Columns) -> int:
        """Return the best stop to add, having kept the plan that it makes when that is the best one."""
        return self._try([*(np.array([stop]) for stop in fixed), columns])[-1]

    def _try(self, choices: list[Columns]) -> tuple[int, ...]:
        """Return the best of some choices of stops, having kept it when it is the best plan."""
        rank, stops = self.offered.best(choices)
        if self.best is None or rank < self.best[0]:
            self.best = rank, stops
        return stops

    def _lowest(self, stops: tuple[int, ...]) -> Floats:
        """Return what each drug costs above its lowest price at the best of some stops; infinite where none has it."""
        return self.offered.excess.take(stops, axis=1).min(axis=1, initial=np.inf)

    def _look(self, node: _Node) -> None:
        """Look for a better plan in a part of the search."""
        steps = list(NESTED_ROUNDS if node.fixed else ROUNDS)
        while (look := self._known(node, steps[0])) is not None:
            reduced, columns = look.bound.reduced, node.columns
            few = float(reduced.take(lowest(reduced, node.left - 1)).sum())
            within = np.flatnonzero(reduced <= self._room(look) - few)
            within = within[np.argsort(reduced.take(within), kind="stable")]
            reduced, columns = reduced.take(within), columns.take(within)
            if len(steps) > 1 and len(columns) > FEW:
                # With few columns left a step costs little, and more of them pay.
                del steps[0]
                node = node._replace(columns=columns, prices=self._all(look))
                continue
            scarce = self._scarcest(look.wanting, columns)
            sells = np.full(len(columns), True) if scarce is None else self.finite[scarce].take(columns)
            self._branch(node, look, columns, reduced, sells)
            if scarce is None or look.spare == 0:
                return
            node = node._replace(columns=columns[~sells])

    def _all(self, look: _Look) -> Floats:
        """Return the prices of a bound for all drugs, 0 for those that cannot be had."""
        prices = np.zeros(len(self.finite))
        prices[look.rows] = look.bound.prices
        return prices

    def _branch(self, node: _Node, look: _Look, columns: Columns, reduced: Floats, sells: NDArray[np.bool_]) -> None:
        """Look at the plans with each of the columns that sell something scarce, one after the other."""
        if node.left == 2:
            return self._pairs(node, look, columns, reduced, sells)
        free = np.full(len(columns), True)
        prices = self._all(look)
        for at in np.flatnonzero(sells).tolist():
            free[at] = False
            within = np.searchsorted(reduced, self._room(look) - reduced[at] - reduced[0], side="right")
            lower = np.minimum(prices, self.offered.excess[:, columns[at]])
            fixed = (*node.fixed, int(columns[at]))
            self._look(_Node(fixed, columns[:within][free[:within]], node.left - 1, lower))

    def _pairs(self, node: _Node, look: _Look, columns: Columns, reduced: Floats, sells: NDArray[np.bool_]) -> None:
        """Try all pairs within the bound of which one sells something scarce, many at a time."""
        firsts = np.flatnonzero(sells)
        counts = np.searchsorted(reduced, self._room(look) - reduced[firsts], side="right")
        ends = np.cumsum(counts)
        fixed = [np.array([stop]) for stop in node.fixed]
        step = max(AT_ONCE // len(self.finite), 1)
        for start in range(0, int(ends[-1]) if len(ends) else 0, step):
            places = np.arange(start, min(start + step, int(ends[-1])))
            which = np.searchsorted(ends, places, side="right")
            one, two = firsts[which], places - (ends - counts)[which]
            # A pair of two that both sell it is tried once.
            new = ~sells[two] | (two > one)
            if new.any():
                self._try([*fixed, columns[one[new]], columns[two[new]]])

    def _known(self, node: _Node, rounds: int) -> _Look | None:
        """Return what is known of a node; None when no better plan can be in it."""
        assert self.best is not None
        if len(node.columns) < node.left:
            return None
        base, cost = self._lowest(node.fixed), self._costs(node.columns)
        if node.fixed:
            cost = np.minimum(base[:, None], cost)
        had = np.isfinite(cost) if node.columns is not self.columns else self.finite
        rows = np.flatnonzero(had.any(axis=1))
        spare = self.best[0].missing - (len(cost) - len(rows))
        if spare < 0 or (node.fixed and self._lacks_more(had, np.isfinite(base), node.left)):
            return None
        charge, way = self._charges(node)
        some = cost if len(rows) == len(cost) else cost.take(rows, axis=0)
        table = Table(some, charge, node.left, spare, self.offered.work.reshape(-1)[: some.size].reshape(some.shape))
        start = np.where(np.isfinite(node.prices), node.prices, 0).take(rows)
        upper = self.best[0].cost / PER_FEN + _ROUNDING - way
        bound = bounded(table, start, upper=upper, rounds=rounds)
        if bound.least > upper:
            return None
        return _Look(rows, rows[np.isinf(base[rows])], spare, bound, way)

    def _lacks_more(self, had: NDArray[np.bool_], before: NDArray[np.bool_], left: int) -> bool:
        """Return whether any `left` columns lack more drugs than the best plan, some being had `before`."""
        assert self.best is not None
        own = int(before.sum())
        counts = np.sort(had.sum(axis=0) - own)[-left:]
        return own + int(counts.sum()) < len(had) - self.best[0].missing

    def _costs(self, columns: Columns) -> Floats:
        """Return what each drug costs above its lowest price at some columns, to be read only."""
        every = self.offered.excess
        return every if columns is self.columns else every.take(columns, axis=1)

    def _room(self, look: _Look) -> float:
        """Return how high the sum of reduced costs of all stops that are still to choose may be."""
        assert self.best is not None
        return self.best[0].cost / PER_FEN + _ROUNDING - look.way - look.bound.base

    def _charges(self, node: _Node) -> tuple[Floats, float]:
        """Return what the way costs at least for each column, and for the stops that are fixed.

        A way is at least that over any part of its stops. Over two or three it is at least the mean of the ways over
        single ones; with one stop fixed, the mean of the ways over that one and each of two others.
        """
        per_mm = self.offered.fen_per_km / PER_FEN
        home = self.offered.home_mm.take(node.columns)
        if not node.fixed:
            return per_mm * np.maximum(2 / node.left * (home * SLACK - SLACK_MM), 0), 0.0
        [first] = node.fixed
        more = (self.offered.apart(np.array([first]), node.columns) + home) / 2
        out = float(self.offered.home_mm[first])
        return per_mm * np.maximum(more * SLACK - SLACK_MM, 0), per_mm * max(out * SLACK - SLACK_MM, 0.0)

    def _scarcest(self, rows: NDArray[np.intp], columns: Columns) -> int | None:
        """Return which of some drugs fewest of the columns sell; None without any drugs."""
        if not len(rows):
            return None
        return int(rows[self.finite[np.ix_(rows, columns)].sum(axis=1).argmin()])
