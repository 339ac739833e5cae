"""Frozen records that every layer speaks in: nothing here computes, reads or writes."""

from dataclasses import dataclass
from typing import NamedTuple

KINDS = ("listed", "insured", "online")
"""Kinds of price, never mixed in one statistic: 挂牌/备案, 医保结算, O2O 即送价."""

DATUMS = ("wgs84", "gcj02", "bd09")
"""Coordinate systems a coordinate may be given in; WGS-84 is the stored one."""

STOCKS = ("unknown", "in", "out")
"""Stock states; the position of each is the number stored."""


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
class Drug:
    """One pack of one product as the national catalogue knows it."""

    id: int
    code: str
    name: str
    brand: str
    form: str
    spec: str
    pack_count: int | None
    unit: str
    pack_unit: str
    maker: str
    approval_no: str
    standard_code: str
    barcode: str
    insurance_class: str
    prescription: str


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


class MarketKey(NamedTuple):
    """What one market is about: one drug, one pooling region, one kind of price."""

    region_id: int
    drug_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one row of a file: an error refuses the row, a warning only remarks on it."""

    row: int
    column: str
    severity: str
    code: str
    en: str
    zh: str
    value: str
