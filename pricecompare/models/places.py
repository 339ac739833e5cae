"""Regions and pharmacies."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Region:
    """An administrative or insurance region; `id` is its six-digit code as a number."""

    id: int
    name: str
    parent_id: int | None
    level: str
    pooling: bool

    @property
    def code(self) -> str:
        """The six digits people write."""
        return f"{self.id:06d}"


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """A designated pharmacy; `region_id` is its pooling region, `lat` and `lng` are WGS-84 degrees."""

    id: int
    code: str
    region_id: int
    district_id: int
    name: str
    address: str
    phone: str
    chain: str
    uscc: str
    lat: float | None
    lng: float | None
    datum: str
    given_lat: float | None
    given_lng: float | None
    hours: str = ""
    """In OSM syntax; empty when not known."""
    services: str = ""
    """Words of SERVICES, with commas."""
    closed_on: str | None = None
    """Closed for good since that day."""
    closed_from: str | None = None
    closed_until: str | None = None
    closed_reason: str = ""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that is not like others: `kind` is ``holiday``, or ``workday`` for a Saturday or Sunday (调休)."""

    day: str
    name: str
    kind: str


class Extent(NamedTuple):
    """Where a region's pharmacies lie: a ball (metres from the earth's centre), and the version that changed them."""

    region_id: int
    version: int
    x: float
    y: float
    z: float
    reach: float
