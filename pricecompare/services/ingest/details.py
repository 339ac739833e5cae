"""What a file says of how a pharmacy is run: hours, services and closures; what it does not say stays as it was."""

from typing import Any

from pricecompare.errors import Reason
from pricecompare.models import SERVICES, Pharmacy
from pricecompare.services.ingest.taken import Batch

KEPT = ("hours", "closed_on", "closed_from", "closed_until", "closed_reason")
"""Columns of a pharmacy that are as the file has them."""

FLAGS = dict(zip(("open_24h", *SERVICES[1:]), SERVICES, strict=True))
"""The service that each column of one service speaks of."""


def details(batch: Batch, row: int, before: Pharmacy | None, said: dict[str, Any]) -> dict[str, Any] | None:
    """Return hours, services and closures of a pharmacy that was `before`; None when the row is refused.

    A column that the file has says it all: an empty cell is nothing known any more.
    """
    knows = batch.check.knows
    found = {name: said[name] if knows(name) or before is None else getattr(before, name) for name in KEPT}
    found["services"] = _services(batch, before, said)
    wrong = _wrong(found, batch.desk.today().isoformat())
    if wrong is not None:
        batch.check.find(row, wrong[0], "error", wrong[1])
    return None if wrong else found


def _wrong(found: dict[str, Any], today: str) -> tuple[str, Reason] | None:
    """Return the column in which closures make no sense, and why."""
    first, last = found["closed_from"], found["closed_until"]
    if found["closed_on"] is not None and found["closed_on"] > today:
        return "closed_on", Reason.of("closed_in_future", value=found["closed_on"])
    if last is not None and first is None:
        return "closed_until", Reason.of("closure_without_start", value=last)
    if last is not None and last < first:
        return "closed_until", Reason.of("days_turned_round", first=first, last=last)
    return None


def _services(batch: Batch, before: Pharmacy | None, said: dict[str, Any]) -> str:
    """Return the services a pharmacy has, as they are kept: a column of one service overrides the list."""
    has = set(said["services"])
    if before is not None and not batch.check.knows("services"):
        has = set(before.services.split(","))
    for column, service in FLAGS.items():
        if batch.check.knows(column):
            has = has | {service} if said[column] else has - {service}
    return ",".join(service for service in SERVICES if service in has)
