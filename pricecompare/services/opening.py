"""A desk from settings: the one place where names of settings, the clock and the store come together."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pricecompare.calc.days import instant
from pricecompare.errors import Invalid
from pricecompare.services.desk import Desk, Settings, wall_clock
from pricecompare.store import Store, create_store, open_store

DEFAULT_DB = "prices.db"

NUMBERS: dict[str, Callable[[Any], Any]] = {
    "radius_km": float,
    "max_radius_km": float,
    "page": int,
    "max_page": int,
    "cost_per_km": str,
}
"""Settings of answers and how each is read."""


def opened(settings: Mapping[str, Any]) -> Desk:
    """Return a desk for `settings`: DB, NOW and the names of `Settings` in capitals, all of them optional.

    Raises Unusable when there is no database, Invalid for a setting that makes no sense.
    """
    return Desk(open_store(str(settings.get("DB") or DEFAULT_DB)), clock_of(settings), limits(settings))


def created(url: str, *, max_age_days: int = 30) -> Store:
    """Return a new, empty store whose cursors nobody else can sign."""
    if not 1 <= max_age_days <= 3650:
        raise Invalid("bad_setting", field="max_age_days", name="max_age_days", value=max_age_days)
    return create_store(url, cursor_key=secrets.token_hex(16), max_age_days=max_age_days)


def limits(settings: Mapping[str, Any]) -> Settings:
    """Return the limits of answers that `settings` ask for, the usual ones otherwise."""
    given = {name: _number(name, settings[name.upper()]) for name in NUMBERS if settings.get(name.upper()) is not None}
    return Settings(**given)


def _number(name: str, value: Any) -> Any:
    try:
        return NUMBERS[name](value)
    except ValueError:
        raise Invalid("bad_setting", field=name, name=name.upper(), value=value) from None


def clock_of(settings: Mapping[str, Any]) -> Callable[[], datetime]:
    """Return the wall clock, or one that stands still at NOW."""
    if not settings.get("NOW"):
        return wall_clock
    still = datetime.fromtimestamp(instant(str(settings["NOW"])), UTC)
    return lambda: still
