"""What makes a whole file of prices suspicious: judged before it counts, by limits that are settings."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.errors import Reason


@dataclass(frozen=True, slots=True)
class Limits:
    """When a file is put aside; each can be set for one source or for all."""

    least_share: float = 0.5
    """Fewer than this part of last time's rows."""
    jumped_share: float = 0.3
    """More than this part of the prices changed by over `jump`."""
    jump: float = 0.5
    slip_within: float = 1.25
    """The median of new ÷ old price is within this factor of 10, 100, 0.1 or 0.01."""
    least_compared: float = 20
    """Prices that must be comparable before their changes say anything."""
    future_share: float = 0.1
    """More than this part of the rows are dated in the future."""


LIMITS = tuple(field.name for field in fields(Limits))
"""Names of the limits."""

SLIPS = (10.0, 100.0, 0.1, 0.01)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a file looks like: rows in it, rows that can go in, those refused for a date in the future, its newest
    observation, new ÷ old price of each offer that had one, and rows and newest observation of last time (None: there
    is no last time that it could be compared with)."""

    rows: int
    accepted: int
    future: int
    newest: int | None
    ratios: NDArray[np.floating[Any]]
    last_rows: int | None = None
    last_newest: int | None = None


def guarded(seen: Seen, limits: Limits, *, whole: bool) -> list[Reason]:
    """Return why a file must not count before a person has looked at it; nothing when all is well.

    `whole`: it is compared with last time, and an empty one would mean something (a full list, or a named source).
    """
    found = _sizes(seen, limits) if whole else []
    if seen.future > limits.future_share * seen.rows:
        found.append(Reason.of("guard_future", count=seen.future, rows=seen.rows))
    return found + _prices(seen, limits)


def _sizes(seen: Seen, limits: Limits) -> list[Reason]:
    found = []
    if not seen.accepted:
        found.append(Reason.of("guard_no_rows", rows=seen.rows))
    elif seen.last_rows and seen.accepted < limits.least_share * seen.last_rows:
        found.append(Reason.of("guard_few_rows", rows=seen.accepted, last=seen.last_rows))
    if seen.newest is not None and seen.last_newest is not None and seen.newest < seen.last_newest:
        found.append(Reason.of("guard_older"))
    return found


def _prices(seen: Seen, limits: Limits) -> list[Reason]:
    ratios = seen.ratios
    if len(ratios) < max(limits.least_compared, 1):
        return []
    found, middle = [], float(np.median(ratios))
    jumped = float((np.abs(ratios - 1) > limits.jump).mean())
    if jumped > limits.jumped_share:
        percents = {"share": f"{jumped:.0%}", "jump": f"{limits.jump:.0%}"}
        found.append(Reason.of("guard_jumps", compared=len(ratios), **percents))
    for slip in SLIPS:
        if slip / limits.slip_within <= middle <= slip * limits.slip_within:
            found.append(Reason.of("guard_slip", ratio=f"{middle:.4g}", slip=f"{slip:g}"))
    return found
