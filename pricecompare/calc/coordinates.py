"""Coordinates between WGS-84 (stored, GPS), GCJ-02 (Tencent, AMap) and BD-09 (Baidu); formulas: domain.md.

Everything takes and gives degrees as (lat, lng), two floats or two arrays of one shape. Outside the box that GCJ-02 is
defined in (72.004–137.8347 E, 0.8293–55.8271 N) the three are the same.
"""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pricecompare.errors import Invalid
from pricecompare.models import DATUMS

Degrees = TypeVar("Degrees", float, NDArray[np.float64])

_AXIS = 6378245.0  # metres; the Krasovsky 1940 ellipsoid
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU = math.pi * 3000 / 180
# A round shrinks the error some fifty times, from 0.02 degrees; less so near 105 E, where √|x| has its kink.
_ROUNDS = 8


def from_wgs84(lat: Degrees, lng: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    """Return WGS-84 coordinates in `datum` (wgs84, gcj02, bd09); raise `Invalid` (unknown_datum) for another name.

    >>> lat, lng = from_wgs84(39.908720, 116.397480, "gcj02")
    >>> round(lat, 6), round(lng, 6)
    (39.910123, 116.403724)
    """
    shift = _shift(datum)
    return _inside_china(lambda lat, lng: shift(lat, lng, _functions(lat)), lat, lng)


def to_wgs84(lat: Degrees, lng: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    """Return coordinates given in `datum` as WGS-84; raise `Invalid` (unknown_datum) for an unknown name.

    The inverse of `from_wgs84` to 1e-10 degrees, but for the last two kilometres along the edges of the box.

    >>> lat, lng = to_wgs84(39.916463, 116.410097, "bd09")
    >>> round(lat, 5), round(lng, 5)
    (39.90872, 116.39748)
    """
    shift = _shift(datum)
    if shift is _same:
        return lat, lng
    return _inside_china(lambda lat, lng: _unshifted(shift, lat, lng), lat, lng)


def checked(lat: float, lng: float) -> tuple[float, float]:
    """Return a place that can exist: latitude within ±90, longitude within ±180 degrees.

    Raises `Invalid` with its field: bad_latitude (lat), bad_longitude (lng); NaN and infinity are refused.

    >>> checked(22.5, 114)
    (22.5, 114.0)
    """
    if not -90 <= lat <= 90:
        raise Invalid("bad_latitude", field="lat", value=lat)
    if not -180 <= lng <= 180:
        raise Invalid("bad_longitude", field="lng", value=lng)
    return float(lat), float(lng)


def _functions(angle: object) -> Any:
    """Return the module with the functions for `angle`: `math` is twenty times faster for one point."""
    return np if isinstance(angle, np.ndarray) else math


def _shift(datum: str) -> Callable[..., tuple[Any, Any]]:
    """Return the function that moves WGS-84 coordinates to `datum`."""
    if datum not in _SHIFTS:
        raise Invalid("unknown_datum", value=datum, choices=", ".join(DATUMS))
    return _SHIFTS[datum]


def _inside_china(change: Callable[..., tuple[Any, Any]], lat: Any, lng: Any) -> tuple[Any, Any]:
    """Return `change` of the points inside the box and the others as they are."""
    inside = (lat >= 0.8293) & (lat <= 55.8271) & (lng >= 72.004) & (lng <= 137.8347)
    if not isinstance(lat, np.ndarray):
        return change(lat, lng) if inside else (lat, lng)
    new_lat, new_lng = lat.astype(np.float64), lng.astype(np.float64)
    new_lat[inside], new_lng[inside] = change(new_lat[inside], new_lng[inside])
    return new_lat, new_lng


def _unshifted(shift: Callable[..., tuple[Any, Any]], lat: Any, lng: Any) -> tuple[Any, Any]:
    """Return the point that `shift` moves to (lat, lng)."""
    xp = _functions(lat)
    new_lat, new_lng = lat, lng
    for _ in range(_ROUNDS):
        shifted_lat, shifted_lng = shift(new_lat, new_lng, xp)
        new_lat, new_lng = new_lat - (shifted_lat - lat), new_lng - (shifted_lng - lng)
    return new_lat, new_lng


def _same(lat: Any, lng: Any, xp: Any) -> tuple[Any, Any]:
    return lat, lng


def _gcj02(lat: Any, lng: Any, xp: Any) -> tuple[Any, Any]:
    north, east = _offsets(lng - 105, lat - 35, xp)
    phi = lat * (math.pi / 180)
    m = 1 - _ECCENTRICITY_SQUARED * xp.sin(phi) ** 2
    metres_north = _AXIS * (1 - _ECCENTRICITY_SQUARED) / m**1.5
    metres_east = _AXIS / xp.sqrt(m) * xp.cos(phi)
    return lat + north / metres_north * (180 / math.pi), lng + east / metres_east * (180 / math.pi)


def _offsets(x: Any, y: Any, xp: Any) -> tuple[Any, Any]:
    """Return how many metres GCJ-02 moves a point north and east."""
    pi, sin = math.pi, xp.sin
    both = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    root = 0.1 * xp.sqrt(xp.fabs(x))
    north = 20 * sin(pi * y) + 40 * sin(pi * y / 3) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)
    east = 20 * sin(pi * x) + 40 * sin(pi * x / 3) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)
    return (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 2 * root + (both + north) * 2 / 3,
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + root + (both + east) * 2 / 3,
    )


def _bd09(lat: Any, lng: Any, xp: Any) -> tuple[Any, Any]:
    y, x = _gcj02(lat, lng, xp)
    z = xp.sqrt(x * x + y * y) + 0.00002 * xp.sin(y * _BAIDU)
    theta = xp.atan2(y, x) + 0.000003 * xp.cos(x * _BAIDU)
    return z * xp.sin(theta) + 0.006, z * xp.cos(theta) + 0.0065


_SHIFTS: dict[str, Callable[..., tuple[Any, Any]]] = dict(zip(DATUMS, (_same, _gcj02, _bd09), strict=True))
