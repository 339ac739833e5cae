"""Regions and pharmacies held in memory, reloaded when the database says that they changed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.clumps import Balls, clumps
from pricecompare.calc.coordinates import from_wgs84
from pricecompare.calc.distance import Points, points
from pricecompare.models import Extent, Pharmacy, Region
from pricecompare.services.grounds.doorways import Doorways
from pricecompare.services.markets.books import upwards
from pricecompare.store import Store

CLUMP_M = 4000.0
"""The edge of the cubes whose pharmacies are one clump, metres: a city has some hundred of these."""

A_METRE = 1.0
"""Covers the rounding of balls."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The pharmacies of one pooling region, in the order of ids, with their places as arrays."""

    region_id: int
    version: int
    pharmacies: list[Pharmacy]

    @cached_property
    def points(self) -> Points:
        """Places, NaN where none is known."""
        lat = [np.nan if pharmacy.lat is None else pharmacy.lat for pharmacy in self.pharmacies]
        lng = [np.nan if pharmacy.lng is None else pharmacy.lng for pharmacy in self.pharmacies]
        return points(lat, lng)

    @cached_property
    def _clumps(self) -> Balls:
        return Balls(clumps(self.points.xyz, CLUMP_M))

    def comes_within(self, radius_m: float, xyz: tuple[float, float, float]) -> bool:
        """Say whether a pharmacy could be within `radius_m` of a place; when not, none is."""
        return self._clumps.any_reached(xyz, radius_m + A_METRE)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """The id of each pharmacy."""
        return np.array([pharmacy.id for pharmacy in self.pharmacies], dtype=np.int64)

    @cached_property
    def everybody(self) -> NDArray[np.int32]:
        """The position of each pharmacy."""
        return np.arange(len(self.pharmacies), dtype=np.int32)

    @cached_property
    def districts(self) -> NDArray[np.int64]:
        """The district of each pharmacy."""
        return np.array([pharmacy.district_id for pharmacy in self.pharmacies], dtype=np.int64)

    @cached_property
    def _slots(self) -> NDArray[np.int32]:
        """The position of each id: a look-up takes a fifth of a binary search's time."""
        slots = np.zeros(int(self.ids.max(initial=0)) + 1, np.int32)
        slots[self.ids] = np.arange(len(self.ids), dtype=np.int32)
        return slots

    def prepare(self) -> None:
        """Make all that nearly every question asks for."""
        _ = self.points, self._clumps, self.everybody, self._slots, self.doorways

    def positions(self, pharmacy_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return where the pharmacies with those ids stand."""
        return self._slots.take(pharmacy_ids)

    @cached_property
    def doorways(self) -> Doorways:
        """Which pharmacies are open, and what they offer."""
        return Doorways(self.pharmacies)

    @cached_property
    def _shown(self) -> dict[str, list[tuple[float | None, float | None]]]:
        return {}

    @cached_property
    def views(self) -> dict[Any, tuple["Atlas", Mapping[int, Any]]]:
        """Pharmacies as an atlas showed them before: an answer shows twenty, mostly the same."""
        return {}

    def shown(self, position: int, datum: str) -> tuple[float | None, float | None]:
        """Return latitude and longitude of one pharmacy in `datum`, six decimals (11 cm)."""
        if datum not in self._shown:
            lat, lng = from_wgs84(self.points.lat, self.points.lng, datum)
            self._shown[datum] = [
                (None, None) if np.isnan(y) else (round(float(y), 6), round(float(x), 6))
                for y, x in zip(lat, lng, strict=True)
            ]
        return self._shown[datum][position]


FEW = 8
"""Regions that are asked one by one in less time than numpy takes to begin."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """All regions, and which pooling regions have pharmacies where."""

    regions: dict[int, Region]
    extents: dict[int, Extent]
    balls: Balls

    def pooling_of(self, region_id: int) -> int | None:
        """Return the pooling region that a region is or belongs to."""
        at: int | None = region_id
        while at is not None and not self.regions[at].pooling:
            at = self.regions[at].parent_id
        return at

    def upwards(self, region_id: int) -> list[int]:
        """Return a region and all it lies in, narrowest first, the whole country last."""
        return upwards(self.regions, region_id)

    def pooling_under(self, region_id: int) -> list[int]:
        """Return the pooling regions with pharmacies that a region is, belongs to or contains."""
        if (own := self.pooling_of(region_id)) is not None:
            return [own]
        return [other for other in self.extents if self._contains(region_id, other)]

    def _contains(self, region_id: int, other: int | None) -> bool:
        while other is not None and other != region_id:
            other = self.regions[other].parent_id
        return other == region_id

    def touching(self, xyz: tuple[float, float, float], radius_m: float) -> list[int]:
        """Return the pooling regions with a pharmacy that could be within `radius_m` of a place."""
        most = radius_m + A_METRE
        if len(self.extents) <= FEW:
            return [region for region, one in self.extents.items() if _is_near(one, xyz, most)]
        touched = self.balls.reached(xyz, most).tolist()
        return [region for region, near in zip(self.extents, touched, strict=True) if near]


def _is_near(ball: Extent, xyz: tuple[float, float, float], most: float) -> bool:
    """Say whether a ball is at most so many metres from a place."""
    return math.dist((ball.x, ball.y, ball.z), xyz) <= ball.reach + most


def atlas(store: Store) -> Atlas:
    """Return the regions as they are now."""
    extents = {extent.region_id: extent for extent in store.extents()}
    balls = np.array([extent[2:] for extent in extents.values()], dtype=np.float64).reshape(-1, 4)
    return Atlas({region.id: region for region in store.regions()}, extents, Balls(balls))


@dataclass(slots=True)
class Grounds:
    """The newest atlas and grounds; each is replaced whole, so readers need no lock."""

    most: int = 100
    _atlas: tuple[int, Atlas] | None = None
    _grounds: dict[int, Ground] = field(default_factory=dict)

    def atlas(self, store: Store, version: int) -> Atlas:
        """Return the atlas of that places version."""
        if self._atlas is None or self._atlas[0] != version:
            self._atlas = (version, atlas(store))
        return self._atlas[1]

    def ground(self, store: Store, region_id: int, version: int) -> Ground:
        """Return a region's pharmacies as of that version; only the `most` recently loaded regions are kept."""
        known = self._grounds.get(region_id)
        if known is None or known.version != version:
            known = Ground(region_id, version, store.pharmacies(region_id))
            self._grounds = {**dict(list(self._grounds.items())[-self.most :]), region_id: known}
        return known
