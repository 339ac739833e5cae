"""Limits of the guards as they stand, and as people set them."""

from math import isfinite
from typing import Any

from pricecompare.calc.guards import LIMITS, Limits
from pricecompare.errors import Invalid
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


def set_limit(desk: Desk, source: str, name: str, value: float | None) -> None:
    """Set a limit for a source ("" for all), or take the setting back with None; Invalid for what makes no sense."""
    if name not in LIMITS:
        raise Invalid("unknown_guard", value=name, choices=", ".join(LIMITS))
    if value is not None and not (isfinite(value) and LOW <= value <= HIGH):
        raise Invalid("bad_setting", field=name, name=name, value=value, low=LOW, high=HIGH)
    with desk.store.writing():
        desk.store.put_guard_limit(source, name, value)
