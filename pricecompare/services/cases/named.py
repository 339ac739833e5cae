"""Names of flags: one for each price of one pharmacy, the same however often it is flagged."""

import re
from typing import NamedTuple

from pricecompare.errors import NotFound
from pricecompare.models import KINDS, FlagRow
from pricecompare.services.desk import Desk

NAME = re.compile(rf"(?P<pharmacy>[0-9]{{1,9}})-(?P<drug>[0-9]{{1,9}})-(?P<kind>{'|'.join(KINDS)})")


class FlagId(NamedTuple):
    """Which price of which pharmacy a flag is about."""

    region_id: int
    pharmacy_id: int
    drug_id: int
    kind: str


def name_of(pharmacy_id: int, drug_id: int, kind: str) -> str:
    """Return the name of a flag.

    >>> name_of(17, 203, "listed")
    '17-203-listed'
    """
    return f"{pharmacy_id}-{drug_id}-{kind}"


def flag_id(desk: Desk, name: str) -> FlagId:
    """Return what a name stands for; NotFound for none, and for a pharmacy that nobody knows."""
    match = NAME.fullmatch(name)
    region = desk.store.region_of_pharmacy(int(match["pharmacy"])) if match else None
    if match is None or region is None:
        raise NotFound("unknown_flag", field="id", value=name)
    return FlagId(region, int(match["pharmacy"]), int(match["drug"]), match["kind"])


def id_of(row: FlagRow) -> FlagId:
    """Return which price a flag is about."""
    return FlagId(row.region_id, row.pharmacy_id, row.drug_id, row.kind)
