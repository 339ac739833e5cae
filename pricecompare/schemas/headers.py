"""What files call their columns, and which column holds which field."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from marshmallow import Schema

from pricecompare.schemas.values import Read

REASONS = ("refusal_code", "refusal_reason")
"""The last two columns of a file of refused rows; they are passed over when it comes back."""


@lru_cache(maxsize=4096)
def plain(header: str) -> str:
    """Return a column's name as names are compared.

    >>> plain("Pharmacy_Code"), plain(" ＤＲＵＧ code"), plain("药品-代码")
    ('pharmacycode', 'drugcode', '药品代码')
    >>> plain("*零售价（元）")
    '零售价'
    """
    small = "".join(unicodedata.normalize("NFKC", header).lower().split()).replace("_", "").replace("-", "")
    return small.strip("*").removesuffix("(元)").strip("*") or small


def places(header: Sequence[str]) -> dict[str, int]:
    """Return where each name of a header stands, by its plain spelling; of two alike the first."""
    return {plain(column): position for position, column in reversed(list(enumerate(header)))}


def read_of(field: Any) -> Read:
    """Return a field of a row as what it is; every one of them is read by a function of calc."""
    assert isinstance(field, Read)
    return field


def called(field: Any) -> str:
    """Return what a field is called to a person: its first name, and its first Chinese one in brackets.

    >>> from pricecompare.schemas.rows import PriceRow
    >>> called(PriceRow().fields["drug"])
    'drug_code (药品代码)'
    """
    first, *others = read_of(field).headers
    chinese = next((name for name in others if not name.isascii()), None)
    return first if chinese is None or not first.isascii() else f"{first} ({chinese})"


def columns_of(
    schema: Schema, header: Sequence[str], headers: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, int]:
    """Return which column of `header` holds each field: the most telling name a file has, each column once.

    `headers` gives, by field, names that stand in place of the usual ones.
    """
    found = places(header)
    taken: dict[str, int] = {}
    for field_name, field in schema.fields.items():
        for alias in map(plain, (headers or {}).get(field_name, read_of(field).headers)):
            if alias in found:
                taken[field_name] = found.pop(alias)
                break
    return taken
