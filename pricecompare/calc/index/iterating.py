"""Fixed points of maps between levels, found to the last digits."""

from collections.abc import Callable

import numpy as np

from pricecompare.calc.sold import Floats

ENOUGH, LAST_DIGITS = 1e-12, 4e-16
"""The largest relative change still taken for an answer, and the one below which nothing is left to gain."""
MOST, MEMORY = 2000, 40


def fixed_point(step: Callable[[Floats], Floats], start: Floats) -> tuple[Floats, int]:
    """Return x with step(x) = x, and how often `step` was taken; x are logarithms of levels, shape (outlets,).

    Anderson's acceleration with the last forty steps (Walker & Ni 2011, SIAM J. Numer. Anal. 49): groups that hang
    together by few drugs would need thousands of plain steps. Stops when a step changes no level by more than
    4e-16, or by less than 1e-12 but no longer less than before. nan when that is not reached in 2,000 steps. A
    common factor is taken out of each change, since levels are known only up to one.
    """
    x = start
    moves: list[Floats] = []
    changes: list[Floats] = []
    best, stale = np.inf, 0
    for count in range(1, MOST + 1):
        new = step(x)
        change = new - x
        change = change - change.mean()
        error = float(np.abs(change).max(initial=0.0))
        stale = 0 if error < 0.5 * best else stale + 1
        best = min(best, error)
        if error <= LAST_DIGITS or (error <= ENOUGH and stale >= 3):
            return new, count
        if stale > MEMORY:
            moves, changes, stale, best = [], [], 0, error
        moves, changes = [*moves, x][-MEMORY:], [*changes, change][-MEMORY:]
        x = _mixed(moves, changes)
    return np.full(len(start), np.nan), MOST


def _mixed(places: list[Floats], changes: list[Floats]) -> Floats:
    """Return the mixture of the last places, moved on by their changes, whose change would be smallest."""
    if len(places) == 1:
        return places[0] + changes[0]
    last_place, last = places[-1], changes[-1]
    steps = np.array([last - change for change in changes[:-1]]).T
    weight = np.linalg.lstsq(steps, last, rcond=1e-10)[0]
    back = np.array([last_place - place for place in places[:-1]]).T
    return last_place + last - (back + steps) @ weight


def conjugate_gradients(times: Callable[[Floats], Floats], right: Floats, diagonal: Floats) -> tuple[Floats, int]:
    """Return x of A x = `right` and the steps taken, for symmetric A without negative values; nan beyond 2,000 steps.

    A is a Laplacian: A 1 = 0, so x is known up to a constant. What rounding leaves in that direction is taken out of
    each step, since nothing else would. Scaled by `diagonal` (Jacobi). Stops when what is left is 1e-15 of what was
    there at first.
    """
    part = diagonal / diagonal.sum()
    x, left = np.zeros(len(right)), right - right.sum() * part
    along = left / diagonal
    size = start = float(left @ along)
    for count in range(MOST):
        if size <= 1e-30 * start:
            return x, count
        ahead = times(along)
        step = size / float(along @ ahead)
        x, left = x + step * along, left - step * ahead
        left -= left.sum() * part
        scaled = left / diagonal
        size, before = float(left @ scaled), size
        along = scaled + (size / before) * along
    return np.full(len(right), np.nan), MOST
