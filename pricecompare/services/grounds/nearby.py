"""Pharmacies near a point or in a region, as they are now."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.market import best
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import of_place
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.doorways import Moment
from pricecompare.services.grounds.geojson import feature_collection
from pricecompare.services.grounds.opened import fit, moments_of, opening
from pricecompare.services.grounds.places import Where, where
from pricecompare.services.searching.search import page_size

NARROW: dict[str, Any] = {"open_now": False, "service": None, "closed": False}
"""What narrows a list of pharmacies, as it is unless asked otherwise."""


class Standing(NamedTuple):
    """Pharmacies of a place, an array for each of their facts: id, metres, number of their ground, position there."""

    identity: NDArray[np.int32]
    far: NDArray[np.float64]
    source: NDArray[np.int64]
    slot: NDArray[np.int64]


def pharmacies(
    desk: Desk,
    *,
    coord_type: str = "gcj02",
    shown_in: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
    **asked: Any,
) -> dict[str, Any]:
    """Return pharmacies near a point, nearest first, or those of a region in the order of ids.

    `asked` is a place, and what narrows it (NARROW): `open_now` and `service` are as for offers; those closed for good
    are left out unless `closed`. `shown_in` is another datum than that of the question.
    """
    narrow = {name: asked.pop(name, usual) for name, usual in NARROW.items()}
    with desk.store.reading():
        versions = desk.store.versions()
        at = where(desk, version=versions.places, coord_type=coord_type, **asked)
        moments = moments_of(desk, at.grounds, versions)
        rests_on = of_place(desk, versions, at.regions, moments)
    question = f"pharmacies {coord_type} {narrow} {sorted(asked.items())}"
    found = _standing(at, moments, **narrow)
    rows, last = _page(found, page_size(desk, limit), after(desk, question, cursor_given))
    return {
        "total": len(found.far),
        "items": _shown(at, found, rows, moments, shown_in or coord_type),
        "next": cursor(desk, question, last) if last else None,
        "data_version": rests_on.version,
    }


def as_features(desk: Desk, **asked: Any) -> dict[str, Any]:
    """Return what `pharmacies` does as a GeoJSON FeatureCollection."""
    return feature_collection(pharmacies(desk, shown_in="wgs84", **asked))


def _standing(at: Where, moments: list[Moment | None], *, closed: bool, **narrow: Any) -> Standing:
    """Return the pharmacies of a place that fit what is asked."""
    found = [(np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for source, (ground, moment) in enumerate(zip(at.grounds, moments, strict=True)):
        slots, far = at.inside(ground, ground.everybody)
        fits = (fit(ground, moment, **narrow) & (closed | ~ground.doorways.gone)).take(slots)
        slots, far = slots[fits], far[fits]
        ids = np.array([ground.pharmacies[slot].id for slot in slots.tolist()], np.int32)
        found.append((ids, far, np.full(len(slots), source), slots))
    return Standing._make(map(np.concatenate, zip(*found, strict=True)))


def _page(found: Standing, size: int, last: tuple[Any, ...] | None) -> tuple[list[int], tuple[Any, ...] | None]:
    """Return the rows of a page, and the rank of its last one when there are more."""
    flat = np.zeros(len(found.far))
    rows = best(flat.astype(np.int8), found.far, flat, found.identity, limit=size + 1, after=last).tolist()
    if len(rows) <= size:
        return rows, None
    end = rows[size - 1]
    return rows[:size], (0, float(found.far[end]), 0.0, int(found.identity[end]))


def _shown(
    at: Where, found: Standing, rows: list[int], moments: list[Moment | None], datum: str
) -> list[dict[str, Any]]:
    return [
        views.pharmacy(at.atlas, at.grounds[source], slot, datum)
        | opening(moments[source], slot)
        | {"distance_m": round(far, 3) if at.here and far != np.inf else None}
        for _, far, source, slot in zip(*(column[rows].tolist() for column in found), strict=True)
    ]
