"""Where a question is asked: around a point or in a region, in whatever datum the asker speaks."""

import re
import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.chords import ecef
from pricecompare.calc.coordinates import checked, to_wgs84
from pricecompare.calc.distance import Points, far_metres, metres, near
from pricecompare.calc.likeness import likeness
from pricecompare.errors import Invalid, NotFound
from pricecompare.models import Region
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas, Ground

EXACT_BEYOND_M = 400_000.0
"""Beyond this the arc of a chord is no longer right to a millimetre; Vincenty's formula is asked."""

SUGGESTED = 5
"""How many regions are suggested for one that nobody knows."""


class Where(NamedTuple):
    """A place asked about, resolved: `here` in WGS-84, a radius in metres, and the pooling regions it concerns.

    An answer rests on all of `regions`; `grounds` are those of them where somebody could be inside.
    """

    here: tuple[float, float] | None
    radius_m: float | None
    region: Region | None
    regions: list[int]
    grounds: list[Ground]
    atlas: Atlas

    def inside(self, ground: Ground, positions: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return which of `positions` of a ground lie within the place, and how far each is in metres.

        Distances are 0 when no point was given. In a region without a radius a pharmacy without coordinates
        counts, infinitely far away.
        """
        kept, far = self._inside(ground, positions)
        if self.region is not None and not self.region.pooling and self.region.level == "county":
            here = ground.districts[positions[kept]] == self.region.id
            return kept[here], far[here]
        return kept, far

    def _inside(self, ground: Ground, positions: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        if self.here is not None and self.radius_m is not None:
            return near(self.here, ground.points, self.radius_m, among=positions)
        everybody = np.arange(len(positions))
        if self.here is None:
            return everybody, np.zeros(len(positions))
        return everybody, _distances(self.here, ground.points.at(positions.astype(np.intp)))


def _distances(here: tuple[float, float], there: Points) -> NDArray[np.float64]:
    """Return distances at any range, infinite where no coordinates are known."""
    far = metres(here, there)
    beyond = np.flatnonzero(far > EXACT_BEYOND_M)
    far[beyond] = far_metres(here, there.at(beyond))
    return np.where(np.isnan(far), np.inf, far)


def where(
    desk: Desk,
    *,
    version: int,
    region: str | None = None,
    lat: float | None = None,
    lng: float | None = None,
    coord_type: str = "gcj02",
    radius_km: float | None = None,
) -> Where:
    """Return the place asked about.

    A point without a region has the usual radius. Raises Invalid for half a point, a datum or number out of range, a
    radius around nothing or no place at all; NotFound for a region nobody knows.
    """
    atlas = desk.grounds.atlas(desk.store, version)
    here = _point(lat, lng, coord_type)
    within = None if region is None else region_of(atlas, region)
    if here is None and within is None:
        raise Invalid("no_place", field="lat")
    radius_m = _radius_m(desk, radius_km, here=here, default=within is None)
    ids = atlas.pooling_under(within.id) if within else _touched(atlas, here, radius_m)
    extents = atlas.extents
    grounds = [desk.grounds.ground(desk.store, one, extents[one].version) for one in ids if one in extents]
    regions = [ground.region_id for ground in grounds]
    return Where(here, radius_m, within, regions, _within(grounds, here, radius_m), atlas)


def _within(grounds: list[Ground], here: tuple[float, float] | None, radius_m: float | None) -> list[Ground]:
    """Return the grounds with somebody who could be in the circle, if one is asked about: balls of cities overlap."""
    if here is None or radius_m is None or len(grounds) < 2:
        return grounds
    xyz = ecef(here)
    return [ground for ground in grounds if ground.comes_within(radius_m, xyz)]


def _touched(atlas: Atlas, here: tuple[float, float] | None, radius_m: float | None) -> list[int]:
    """Return the pooling regions that a circle touches."""
    assert here is not None and radius_m is not None
    return atlas.touching(ecef(here), radius_m)


def _point(lat: float | None, lng: float | None, coord_type: str) -> tuple[float, float] | None:
    """Return the point asked about in WGS-84."""
    if lat is None and lng is None:
        return None
    if lat is None or lng is None:
        raise Invalid("half_a_coordinate", field="lat" if lat is None else "lng")
    return to_wgs84(*checked(lat, lng), coord_type)


def _radius_m(desk: Desk, radius_km: float | None, *, here: tuple[float, float] | None, default: bool) -> float | None:
    """Return the radius in metres, above zero and at most the cap; when none is asked the usual one, if `default`."""
    if radius_km is None:
        return desk.settings.radius_km * 1000 if default else None
    if here is None:
        raise Invalid("radius_needs_point", field="radius_km")
    if not 0 < radius_km <= desk.settings.max_radius_km:
        raise Invalid("bad_radius", field="radius_km", value=radius_km, limit=f"{desk.settings.max_radius_km:g}")
    return radius_km * 1000


def district_of(region: Region) -> int | None:
    """Return the district that a question about a region is narrowed to; None when it is about more than a district."""
    return region.id if region.level == "county" and not region.pooling else None


def pooling_of(atlas: Atlas, region: Region) -> int:
    """Return the pooling region that a region is or belongs to; Invalid for a province of several."""
    found = atlas.pooling_of(region.id)
    if found is None:
        raise Invalid("not_pooling", field="region", value=region.code)
    return found


def within(desk: Desk, region: str, district: str | None) -> str:
    """Return the code of a region, or of its `district`; Invalid for a district that lies elsewhere."""
    if district is None:
        return region
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    found = region_of(atlas, district, field="district")
    if pooling_of(atlas, found) != pooling_of(atlas, region_of(atlas, region)):
        raise Invalid("not_in_region", field="district", value=district, region=region)
    return found.code


def region_of(atlas: Atlas, code: str, *, field: str = "region") -> Region:
    """Return the region with that code; NotFound, about `field`, suggests those whose codes or names are like it."""
    found = atlas.regions.get(int(code)) if re.fullmatch("[0-9]{6}", code) else None
    if found is None:
        raise NotFound("unknown_region", field=field, value=code, suggestions=_like(atlas, code))
    return found


def _like(atlas: Atlas, code: str) -> tuple[str, ...]:
    """Return regions whose name has `code` in it or whose code begins alike, or else those most like it in writing."""
    written = unicodedata.normalize("NFKC", code[:64]).strip()
    regions = list(atlas.regions.values())
    if not written or not regions:
        return ()
    alike = [one for one in regions if written in one.name] + [one for one in regions if one.code[:4] == written[:4]]
    if not alike:
        codes, names = [one.code for one in regions], [one.name for one in regions]
        scores = np.maximum(likeness(written, codes), likeness(written, names))
        alike = [regions[at] for at in np.argsort(-scores, kind="stable").tolist() if scores[at] > 0]
    return tuple(f"{one.code} {one.name}" for one in alike[:SUGGESTED])
