"""Limits of the guards as they stand, and as people set them."""

from math import isfinite
from typing import Any

from pricecompare.calc.guards import LIMITS, Limits
from pricecompare.errors import Invalid
from pricecompare.models.audit import NOBODY, Hand
from pricecompare.services import audit
from pricecompare.services.desk import Desk

LOW, HIGH = 0.0, 1_000_000.0


def limits(desk: Desk, source: str = "") -> list[dict[str, Any]]:
    """Return each limit that holds for a source (or for all): its value, the usual one, whether it was set."""
    usual, given = Limits(), desk.store.guard_limits(source)
    return [
        {
            "name": name,
            "value": given.get(name, getattr(usual, name)),
            "usual": getattr(usual, name),
            "set": name in given,
        }
        for name in LIMITS
    ]


def set_limit(desk: Desk, source: str, name: str, value: float | None, *, by: Hand = NOBODY) -> None:
    """Set a limit for a source ("" for all), or take the setting back with None; Invalid for what makes no sense."""
    if name not in LIMITS:
        raise Invalid("unknown_guard", value=name, choices=", ".join(LIMITS))
    if value is not None and not (isfinite(value) and LOW <= value <= HIGH):
        raise Invalid("bad_setting", field=name, name=name, value=value, low=LOW, high=HIGH)
    with desk.store.writing():
        was = {one["name"]: one for one in limits(desk, source)}[name]
        desk.store.put_guard_limit(source, name, value)
        before, after = {"value": was["value"], "set": was["set"]}, {"value": value, "set": value is not None}
        audit.note(desk, "guard_set", f"guard {name} of {source or 'all'}", by=by, before=before, after=after)
