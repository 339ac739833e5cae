"""How little a few stops can cost at least: the relaxation by which almost all pharmacies are ruled out at once.

The problem is a p-median with fixed costs: k columns of a table are chosen, each row pays its lowest entry among them,
and each column a charge. Lagrangian relaxation of "each row is paid once" (J. Krarup and P. M. Pruzan, European Journal
of Operational Research 12, 1983): for any prices v of rows, the k lowest of
ρ_p = charge_p + Σ_d min(0, cost_dp − v_d), and Σ_d v_d, are together at most what the best k columns cost.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WITHOUT_GAIN = 3


class Bound(NamedTuple):
    """A lower bound, the prices of rows it comes from, and the reduced cost of each column.

    k columns cost at least `base` plus the sum of their `reduced`.
    """

    least: float
    prices: Floats
    base: float
    reduced: Floats


class Table(NamedTuple):
    """What is chosen from: costs (rows, columns), infinite where a column does not serve a row, and charges (columns,).

    `choose` columns are chosen; `spare` rows may be left unserved, and cost nothing then. `work` is room for as many
    numbers as there are costs, to be written over.
    """

    cost: Floats
    charge: Floats
    choose: int
    spare: int = 0
    work: Floats | None = None

    def bound(self, prices: Floats) -> tuple[Bound, NDArray[np.float64]]:
        """Return the bound of some prices of rows (not negative), and how each price should change to raise it."""
        # min(0, c − v) is min(c, v) − v, which looks at the table once less. Room of its own for each large table costs
        # more than what is written there.
        reduced = np.minimum(self.cost, prices[:, None], out=self.work).sum(0)
        reduced -= prices.sum()
        reduced += self.charge
        chosen = lowest(reduced, self.choose)
        left = np.argsort(prices)[len(prices) - self.spare :]
        base = float(prices.sum() - prices[left].sum())
        slope = 1 - (self.cost[:, chosen] < prices[:, None]).sum(1).astype(np.float64)
        slope[left] = 0
        return Bound(base + float(reduced[chosen].sum()), prices, base, reduced), slope


def lowest(numbers: Floats, count: int) -> list[int]:
    """Return where the `count` lowest numbers stand, the lowest first; a few only.

    >>> lowest(np.array([3.0, 1.0, 2.0]), 2)
    [1, 2]
    """
    left, found = numbers.copy(), []
    for _ in range(count):
        at = int(left.argmin())
        found.append(at)
        left[at] = np.inf
    return found


def bounded(table: Table, prices: Floats, *, upper: float, rounds: int) -> Bound:
    """Return the best bound that `rounds` steps from `prices` come to; none is looked for above `upper`.

    Steps as long as M. Held, P. Wolfe and H. P. Crowder (Mathematical Programming 6, 1974) made them, halved when
    they gain nothing. The table has at least `choose` columns.

    >>> found = bounded(Table(np.array([[0.0, 9.0], [9.0, 0.0]]), np.zeros(2), 1), np.zeros(2), upper=9.0, rounds=20)
    >>> round(found.least, 6)
    9.0
    """
    best, slope = table.bound(prices)
    at, scale, since = best, 1.0, 0
    for _ in range(rounds):
        steep = float(slope @ slope)
        if best.least > upper or steep == 0:
            break
        step = scale * max(upper - at.least, 1.0) / steep
        at, slope = table.bound(np.maximum(at.prices + step * slope, 0))
        since = 0 if at.least > best.least else since + 1
        best = max(best, at, key=lambda one: one.least)
        if since == _WITHOUT_GAIN:
            scale, since = scale / 2, 0
    return best
