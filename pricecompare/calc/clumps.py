"""Points that stand close together, as a few balls: whether anything is near a place is known without asking each."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def clumps(xyz: Floats, edge: float) -> Floats:
    """Return balls that hold all points, shape (k, 4): x, y, z and reach, in the unit of the points.

    `xyz` has shape (n, 3); points in the same cube of that `edge` share a ball, those that are NaN have none.

    >>> clumps(np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 1.0], [90.0, 1.0, 1.0]]), 10.0).tolist()
    [[2.0, 1.0, 1.0, 1.0], [90.0, 1.0, 1.0, 0.0]]
    """
    known = xyz[~np.isnan(xyz).any(axis=1)]
    cubes, which, sizes = np.unique(np.floor(known / edge), axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    balls = np.zeros((len(cubes), 4))
    for axis in range(3):
        balls[:, axis] = np.bincount(which, known[:, axis], len(cubes)) / np.maximum(sizes, 1)
    apart = known - balls[which, :3]
    np.maximum.at(balls[:, 3], which, np.sqrt(np.einsum("ij,ij->i", apart, apart)))
    return balls


class Balls:
    """Balls around places, asked often which of them come near: one product of a matrix instead of seven steps.

    |c − h|² ≤ (r + d)² for centre c, reach r, place h and distance d is c² − r² − 2(c·h + r·d) ≤ d² − h². For places on
    the earth in metres both sides are right to 0.1 m², which a distance that is a metre too long covers.
    """

    def __init__(self, balls: Floats) -> None:
        """Take balls of shape (k, 4): x, y, z and reach."""
        square = np.square(balls) @ (1.0, 1.0, 1.0, -1.0)
        self._rows = np.column_stack([-2 * balls, square])

    def reached(self, here: tuple[float, float, float], most: float) -> NDArray[np.bool_]:
        """Return which of the balls come within `most` of a place, shape (k,)."""
        found: NDArray[np.bool_] = self._rows.dot((*here, most, 1.0)) <= _rest(here, most)
        return found

    def any_reached(self, here: tuple[float, float, float], most: float) -> bool:
        """Say whether one of the balls comes within `most` of a place."""
        return bool(self._rows.dot((*here, most, 1.0)).min(initial=np.inf) <= _rest(here, most))


def _rest(here: tuple[float, float, float], most: float) -> float:
    x, y, z = here
    return most * most - (x * x + y * y + z * z)
