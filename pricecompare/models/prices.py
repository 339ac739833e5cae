"""Markets, and the prices in them that a rule found abnormal."""

from typing import NamedTuple


class MarketKey(NamedTuple):
    """What one market is about: one drug, one pooling region, one kind of price."""

    region_id: int
    drug_id: int
    kind: str


class MarketRow(NamedTuple):
    """A market as it is stored: statistics in fen, sellers packed (calc/market.py).

    `flags_digest` tells them apart that have other flags (calc/found.py), None where that is not known.
    """

    n: int
    mean: float | None
    median: float | None
    mad: float | None
    q1: float | None
    q3: float | None
    low: float | None
    high: float | None
    stale: int
    doubtful: int
    ages_on: str | None
    data_version: int
    layout: int
    sellers: bytes
    flags_digest: bytes | None = None


class FlagRow(NamedTuple):
    """A flag with every number behind it, and the names a person needs."""

    region_id: int
    drug_id: int
    kind: str
    pharmacy_id: int
    class_: str
    grade: str
    strong: int
    fen: int
    observed_at: int
    ref_median: float
    ref_mean: float
    others: int
    ref_area: str
    ratio_median: float
    ratio_mean: float
    z: float | None
    spread: float | None
    factor: float | None
    rule_id: str
    rule_version: int
    data_version: int
    pharmacy_code: str
    pharmacy_name: str
    district_id: int
    drug_code: str
    drug_name: str
    form: str
    spec: str
    maker: str
