"""Frozen records that every layer speaks in: nothing here computes, reads or writes."""

from dataclasses import dataclass
from typing import NamedTuple

KINDS = ("listed", "insured", "online")
"""Kinds of price, never mixed in one statistic: 挂牌/备案, 医保结算, O2O 即送价."""

DATUMS = ("wgs84", "gcj02", "bd09")
"""Coordinate systems a coordinate may be given in; WGS-84 is the stored one."""

STOCKS = ("unknown", "in", "out")
"""Stock states; the position of each is the number stored."""

MODES = ("changes", "full")
"""What a file of prices is: changes, or whole lists, of which what is missing is not sold any more."""

STATES = ("waiting", "failed", "taken", "quarantined", "rejected", "retracted")
"""What became of an upload."""

SORTS = ("price", "distance", "value")
"""What offers may be ranked by: cheapest, nearest or best value first."""

CLASSES = ("high", "error_high", "error_low")
"""Classes of abnormal prices: overpriced, and the two kinds of probable data error."""


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


class Extent(NamedTuple):
    """Where a region's pharmacies lie: a ball (metres from the earth's centre), and the version that changed them."""

    region_id: int
    version: int
    x: float
    y: float
    z: float
    reach: float


class Versions(NamedTuple):
    """What is counted up in a database when something changes."""

    data: int
    places: int
    drugs: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A row of the ledger: one file or message that came and what became of its rows, or a decision about one.

    `about_id` is the upload a decision is about; `declared` and `reasons` are JSON; `source` is the feed it belongs to.
    """

    id: int
    what: str
    state: str = "taken"
    about_id: int | None = None
    sender: str = ""
    source: str = ""
    file_name: str = ""
    layout: str = ""
    declared: str = "{}"
    mode: str = "changes"
    sha256: str = ""
    bytes: int = 0
    came_at: int = 0
    taken_at: int | None = None
    newest_at: int | None = None
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    gone: int = 0
    held: int = 0
    refused: int = 0
    filtered: int = 0
    warnings: int = 0
    reasons: str = "[]"
    registers: str = ""
    data_version: int | None = None


class MarketRow(NamedTuple):
    """A market as it is stored: statistics in fen, sellers packed (calc/market.py)."""

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


class Sale(NamedTuple):
    """What a pharmacy sold of a drug in a month, net of returns."""

    pharmacy_id: int
    drug_id: int
    quantity: float
    amount_fen: int


class ReferencePrice(NamedTuple):
    """What a region sold of a drug in a month; `median` is of the pharmacies' unit values, fen."""

    drug_id: int
    sellers: int
    quantity: float
    amount_fen: int
    median: float


class IndexRow(NamedTuple):
    """A pharmacy's index of one month with what it rests on; `value` 1 is the region's average."""

    pharmacy_id: int
    code: str
    name: str
    district_id: int
    method_id: str
    method_version: int
    value: float | None
    se: float | None
    n_items: int
    n_eff: float
    largest_weight: float
    coverage: float
    turnover_fen: int
    status: str


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
