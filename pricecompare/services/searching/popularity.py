"""How many pharmacies sell what a search found: those of the place it is asked in, or all."""

from typing import Any

import numpy as np

from pricecompare.calc.finds import Positions
from pricecompare.models import Versions
from pricecompare.services.answers.basis import Basis, basis, everything
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import Where, district_of, where
from pricecompare.services.searching.crowds import Place
from pricecompare.services.searching.presence import Counts
from pricecompare.services.searching.words import Vocabulary

PLACE = ("region", "lat", "lng", "radius_km", "coord_type")

WIDEST_M = 50_000.0
"""In a wider circle than this all pharmacies of the pooling regions that it touches count: it may touch all regions of
a province, and is not "nearby" any more."""


def place_of(desk: Desk, versions: Versions, place: dict[str, Any]) -> Where | None:
    """Return the place a search is asked in, None where none is given; raises what `where` raises."""
    return where(desk, version=versions.places, **place) if place.keys() - {"coord_type"} else None


def regions_of(at: Where | None) -> list[int] | None:
    """Return the pooling regions of a place."""
    return None if at is None else [ground.region_id for ground in at.grounds]


def rests_upon(desk: Desk, versions: Versions, at: Where | None) -> Basis:
    """Return what a search rests on: drugs, and who sells them in a place or anywhere. Use inside `reading`."""
    regions = regions_of(at)
    if regions is None:
        return everything(desk, versions)
    return basis(desk, versions, regions, daily=bool(versions.standards))


def begun_rests_upon(desk: Desk, versions: Versions, at: Where | None) -> Basis:
    """Return what suggestions rest on: drugs, and who sells them in a place if one is given. Use inside `reading`."""
    return basis(desk, versions, daily=False) if at is None else rests_upon(desk, versions, at)


def sellers(desk: Desk, versions: Versions, at: Where | None, words: Vocabulary, found: Positions) -> Counts:
    """Return how many pharmacies sell each drug of a vocabulary, by position; right for what was `found`.

    Inside a circle of up to 50 km and inside a district they are counted as `offers` finds them; in pooling regions,
    in provinces and anywhere all of the regions count. Of several kinds of price the one that most tell counts in
    each region. Use inside `reading`.
    """
    told = desk.presence.told(desk.store, versions.data)
    if at is None or not _is_narrow(at):
        return told.of(regions_of(at), words.drug_ids)
    place = Place(at.grounds, lambda ground: at.inside(ground, ground.everybody)[0], (at.here, at.radius_m, at.region))
    counts = np.zeros(len(words.drug_ids), np.int64)
    counts[found] = desk.crowds.inside(desk.store, told, place, words.drug_ids[found])
    return counts


def _is_narrow(at: Where) -> bool:
    """Return whether a place is a district, or a circle that is not too wide."""
    in_district = at.region is not None and district_of(at.region) is not None
    return in_district or (at.radius_m is not None and at.radius_m <= WIDEST_M)
