"""Drugs as the national catalogue knows them."""

from dataclasses import dataclass


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
