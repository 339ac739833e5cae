"""What was sold, and the index that comes of it."""

from typing import NamedTuple


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
