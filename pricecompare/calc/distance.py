"""Distances on the WGS-84 ellipsoid from one place to many points at once."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pricecompare.calc.chords import E2, FLATTENING, SECOND_E2, A, B, Floats, between, chords, ecef, reach

_ROUNDS = 20  # Four to six are usual.


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points on the ellipsoid: `lat` and `lng` in WGS-84 degrees, shape (n,), and `xyz` in metres (ECEF), (n, 3)."""

    lat: Floats
    lng: Floats
    xyz: Floats

    def __len__(self) -> int:
        return len(self.lat)

    def at(self, rows: NDArray[np.intp]) -> "Points":
        """Return the points of `rows`, in that order."""
        return Points(self.lat[rows], self.lng[rows], self.xyz.T[:, rows].T)


def points(lat: ArrayLike, lng: ArrayLike) -> Points:
    """Return points of WGS-84 degrees, two sequences of length n; one without coordinates (NaN) is far from everything.

    >>> points([0.0], [90.0]).xyz.round(3).tolist()
    [[0.0, 6378137.0, 0.0]]
    """
    north, east = np.array(lat, dtype=np.float64), np.array(lng, dtype=np.float64)
    phi, lam = np.radians(north), np.radians(east)
    normal = A / np.sqrt(1 - E2 * np.sin(phi) ** 2)
    out = normal * np.cos(phi)
    # Each of x, y, z lies in one piece: reading them is most of the cost of a distance.
    return Points(north, east, np.stack([out * np.cos(lam), out * np.sin(lam), normal * (1 - E2) * np.sin(phi)]).T)


def metres(here: tuple[float, float], there: Points) -> Floats:
    """Return how far each of `there` is from `here` (lat, lng), in metres along the ellipsoid, shape (n,).

    Equal to geopy's geodesic within 0.01 mm up to 200 km and 1 mm up to 500 km, at the poles and across the date line
    too; beyond, 0.03 m at 1,000 km and worse after: use `far_metres`. NaN where a point has no coordinates.

    >>> metres((31.2304, 121.4737), points([31.2304, 31.2404], [121.4737, 121.4737])).round(3).tolist()
    [0.0, 1108.735]
    """
    return chords(here, there.xyz).all_arcs()


def near(
    here: tuple[float, float], there: Points, radius_m: float, *, among: NDArray[np.integer] | None = None
) -> tuple[NDArray[np.intp], Floats]:
    """Return which of `there` are at most `radius_m` from `here`, in ascending order, and how far each of them is.

    The same as asking all of `metres`, which is bent to the arc only for points whose chord is within the radius.
    With `among`, positions in `there`, these alone are asked, and the answer is positions in `among`: the chords of
    all points together take less time than picking the coordinates of some.

    >>> rows, far = near((31.2304, 121.4737), points([31.2304, 31.2404, 32.0], [121.4737] * 3), 2000)
    >>> rows.tolist(), far.round(3).tolist()
    ([0, 1], [0.0, 1108.735])
    """
    lines = chords(here, there.xyz)
    close = lines.squares <= reach(radius_m)
    rows = (close if among is None else close.take(among)).nonzero()[0]
    far = lines.arcs(rows if among is None else among.take(rows))
    if far.max(initial=0.0) <= radius_m:
        return rows, far
    within = far <= radius_m
    return rows[within], far[within]


def legs(starts: Floats, ends: Floats) -> Floats:
    """Return metres between places, earth-centred in metres and of shape (n, 3), pair by pair, as `metres` does.

    >>> here = points([31.2304, 31.2404], [121.4737, 121.4737]).xyz
    >>> legs(here[:1], here).round(3).tolist()
    [0.0, 1108.735]
    """
    x, y, z = starts.T
    return between((x, y, z), ends).all_arcs()


def far_metres(here: tuple[float, float], there: Points) -> Floats:
    """Return how far each of `there` is from `here` (lat, lng), in metres at any distance, shape (n,).

    Equal to geopy's geodesic within 0.1 mm; NaN where a point has no coordinates. T. Vincenty's inverse formula (Survey
    Review 23, 1975), 0.3 µs a point: fifty times `metres`. It does not settle for points within two degrees of the
    place opposite `here` on the globe; `exact_metres` answers these one by one.

    >>> far_metres((39.9, 116.4), points([31.2, -39.9], [121.5, -63.7])).round().tolist()
    [1069819.0, 20003008.0]
    """
    x, y, z = ecef(here)
    start = z / B, math.hypot(x, y) / A
    ends = there.xyz[:, 2] / B, np.hypot(there.xyz[:, 0], there.xyz[:, 1]) / A
    apart = np.radians(there.lng - here[1])
    turns, unsettled = _turns(start, ends, apart)
    lengths = _lengths(*_great_circles(start, ends, turns))
    for at in unsettled:
        lengths[at] = exact_metres(here, float(there.lat[at]), float(there.lng[at]))
    return lengths


def exact_metres(here: tuple[float, float], lat: float, lng: float) -> float:
    """Return geopy's geodesic from `here` (lat, lng) in metres, right at any distance, about 0.2 ms a call.

    >>> round(exact_metres((39.9, 116.4), 31.2, 121.5))
    1069819
    """
    # geopy brings everything that looks up addresses: six megabytes for what is next to never asked.
    from geopy.distance import geodesic

    return float(geodesic(here, (lat, lng)).meters)


def _turns(start: tuple[float, float], ends: tuple[Floats, Floats], apart: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """Return the differences of longitude on Vincenty's sphere, in radians, and the rows where they did not settle.

    `start` and `ends` are sines and cosines of reduced latitudes, `apart` differences of longitude on the ellipsoid.
    """
    turns, rows = apart.copy(), np.arange(len(apart))
    for _ in range(_ROUNDS):
        if not len(rows):
            break
        before = turns[rows]
        turns[rows] = apart[rows] + _excess(*_great_circles(start, (ends[0][rows], ends[1][rows]), before))
        rows = rows[np.abs(turns[rows] - before) > 1e-12]
    return turns, rows


def _great_circles(
    start: tuple[float, float], ends: tuple[Floats, Floats], turns: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return Vincenty's σ, sin σ, sin α and cos 2σₘ: arc, azimuth at the equator and middle of great circles."""
    across = ends[1] * np.sin(turns)
    cos_turns = np.cos(turns)
    sines, cosines = start[0] * ends[0], start[1] * ends[1]
    sin_arc = np.hypot(across, start[1] * ends[0] - start[0] * ends[1] * cos_turns)
    cos_arc = sines + cosines * cos_turns
    # Where the divisor is 0 so is what it divides: a point and itself, two points of the equator.
    azimuth = start[1] * across / np.where(sin_arc == 0, 1, sin_arc)
    tilt = 1 - azimuth * azimuth
    middle = cos_arc - 2 * sines / np.where(tilt == 0, 1, tilt)
    return np.arctan2(sin_arc, cos_arc), sin_arc, azimuth, middle


def _excess(arc: Floats, sin_arc: Floats, azimuth: Floats, middle: Floats) -> Floats:
    """Return by how many radians a difference of longitude is larger on the sphere: Vincenty's equations 10 and 11."""
    tilt = 1 - azimuth * azimuth
    c = FLATTENING / 16 * tilt * (4 + FLATTENING * (4 - 3 * tilt))
    swing = middle + c * np.cos(arc) * (2 * middle * middle - 1)
    return (1 - c) * FLATTENING * azimuth * (arc + c * sin_arc * swing)


def _lengths(arc: Floats, sin_arc: Floats, azimuth: Floats, middle: Floats) -> Floats:
    """Return the metres of great circles on the ellipsoid: Vincenty's equations 3, 4, 6 and 19."""
    u2 = (1 - azimuth * azimuth) * SECOND_E2
    a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    square = middle * middle
    third = b / 6 * middle * (4 * sin_arc * sin_arc - 3) * (4 * square - 3)
    return B * a * (arc - b * sin_arc * (middle + b / 4 * (np.cos(arc) * (2 * square - 1) - third)))
