"""Names of flags: one for each price of one pharmacy, the same however often it is flagged."""

import re
from typing import NamedTuple

from pricecompare.calc.codes import flag_name
from pricecompare.errors import NotFound
from pricecompare.models import KINDS, Case
from pricecompare.services.desk import Desk

NAME = re.compile(rf"(?P<pharmacy>[0-9]{{1,9}})-(?P<drug>[0-9]{{1,9}})-(?P<kind>{'|'.join(KINDS)})")


class FlagId(NamedTuple):
    """Which price of which pharmacy a flag is about."""

    region_id: int
    pharmacy_id: int
    drug_id: int
    kind: str

    @property
    def name(self) -> str:
        """The name of the flag."""
        return flag_name(self.pharmacy_id, self.drug_id, self.kind)


def flag_id(desk: Desk, name: str) -> FlagId:
    """Return what a name stands for; NotFound for none, and for a pharmacy that nobody knows."""
    match = NAME.fullmatch(name)
    region = desk.store.region_of_pharmacy(int(match["pharmacy"])) if match else None
    if match is None or region is None:
        raise NotFound("unknown_flag", field="id", value=name)
    return FlagId(region, int(match["pharmacy"]), int(match["drug"]), match["kind"])


def name_of(case: Case) -> str:
    """Return the name of the flag that a case is about."""
    return flag_name(case.pharmacy_id, case.drug_id, case.kind)
