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


def reached(balls: Floats, here: tuple[float, float, float], most: float) -> NDArray[np.bool_]:
    """Return which of the balls come within `most` of a place, shape (k,)."""
    apart = balls[:, :3] - np.array(here)
    reach = balls[:, 3] + most
    return np.einsum("ij,ij->i", apart, apart) <= reach * reach
