"""Chords from one place to many points of the WGS-84 ellipsoid, and the arcs they are bent to.

Every point keeps its earth-centred x, y, z, so that a distance is a chord and a short series that bends it to the arc.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

A = 6378137.0  # metres; WGS-84, as in geopy
FLATTENING = 1 / 298.257223563
B = A * (1 - FLATTENING)
E2 = FLATTENING * (2 - FLATTENING)
SECOND_E2 = E2 / (1 - E2)

_LEAST_RADIUS = A * (1 - E2)
"""Metres of the smallest radius by which the ellipsoid is curved anywhere: along a meridian, at the equator."""

_MOST_BENT = 1_000_000.0
"""Metres up to which `Chords.sure` knows how much longer an arc may be than its chord."""

Floats = NDArray[np.float64]


class Chords(NamedTuple):
    """Straight lines to points: their `squares` and their `rises` (differences of z), shape (n,), from height `z`."""

    squares: Floats
    rises: Floats
    z: float | Floats

    def all_arcs(self) -> Floats:
        """Return the metres along the ellipsoid to each point."""
        return _arcs(self.squares, self.rises, self.z)

    def arcs(self, rows: NDArray[np.integer]) -> Floats:
        """Return the metres along the ellipsoid to the points of `rows`, all from one place."""
        return _arcs(self.squares.take(rows), self.rises.take(rows), self.z)

    def sure(self, radius_m: float) -> NDArray[np.bool_] | None:
        """Say which points are within a radius by their arcs, without bending any; None when some lie too near its rim.

        An arc is at most q/20 longer than its chord, q being the square of chord ÷ radius of curvature: the series of
        `_arcs` begins with q/24, and the rest of it is less than the difference up to 1,000 km.
        """
        if radius_m > _MOST_BENT:
            return None
        shorter = radius_m / (1 + (radius_m / _LEAST_RADIUS) ** 2 / 20)
        within = self.squares <= shorter * shorter * (1 - 1e-12)
        return within if np.count_nonzero(within) == np.count_nonzero(self.squares <= reach(radius_m)) else None


def reach(radius_m: float) -> float:
    """Return the most that the square of a chord may be whose arc is within a radius: no arc is shorter than its chord.

    The margin covers the rounding of the squares.
    """
    return radius_m * radius_m * (1 + 1e-12)


def ecef(place: tuple[float, float]) -> tuple[float, float, float]:
    """Return the earth-centred x, y, z of one place: the formula of `points`, thirty times faster for a single one."""
    phi, lam = math.radians(place[0]), math.radians(place[1])
    normal = A / math.sqrt(1 - E2 * math.sin(phi) ** 2)
    out = normal * math.cos(phi)
    return out * math.cos(lam), out * math.sin(lam), normal * (1 - E2) * math.sin(phi)


def chords(here: tuple[float, float], xyz: Floats) -> Chords:
    """Return the chords from `here` (lat, lng) to points, earth-centred and of shape (n, 3)."""
    return between(ecef(here), xyz)


def between(origin: tuple[float | Floats, float | Floats, float | Floats], xyz: Floats) -> Chords:
    """Return the chords from `origin`, one place or as many as there are points."""
    x, y, z = origin
    rises = xyz[:, 2] - z
    squares = rises * rises
    for axis, start in ((0, x), (1, y)):
        part = xyz[:, axis] - start
        part *= part
        squares += part
    return Chords(squares, rises, z)


def _arcs(squares: Floats, rises: Floats, z: float | Floats) -> Floats:
    """Return the arcs of chords that start at height `z` above the equator's plane.

    An arc of radius R over a chord c is c (1 + q/24 + 3q²/640 + …) with q = c²/R². R is the radius of the normal
    section in the chord's direction at its middle. For the ellipsoid x²/a² + y²/a² + z²/b² = 1 with e'² = a²/b² − 1
    that is R = a √(1 + e'² (middle z / b)²) / (1 + e'² (rise / c)²): Euler's formula for the curvature of a section,
    written without latitude and azimuth, so that a pole is no special case.
    """
    q = rises * rises
    q *= SECOND_E2
    q += squares
    q *= q
    bend = rises + 2 * z
    bend *= bend
    bend *= SECOND_E2 * (A / (2 * B)) ** 2
    bend += A * A
    bend *= squares
    # Only where the chord is 0, and with it q.
    np.maximum(bend, 1e-300, out=bend)
    q /= bend
    series = q * (3 / 640)
    series += 1 / 24
    series *= q
    series += 1
    series *= np.sqrt(squares)
    return series
