"""A desk from settings: the one place where names of settings, the clock and the store come together."""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pricecompare.calc.days import instant
from pricecompare.calc.money import fen
from pricecompare.errors import Invalid
from pricecompare.services.desk import Desk, Settings, wall_clock
from pricecompare.store import Store, create_store, open_store

DEFAULT_DB = "prices.db"

Number = TypeVar("Number", int, float)

SHORTEST_KM, LONGEST_KM = 0.01, 500.0
"""Radii between which an operator may choose; distances are right to a millimetre up to the longest."""

MOST_ROWS = 10_000
"""Rows of the longest page an operator may allow."""


def opened(settings: Mapping[str, Any]) -> Desk:
    """Return a desk for `settings`: DB, NOW and the names of `Settings` in capitals, all of them optional.

    Raises Unusable when there is no database, Invalid for a setting that makes no sense.
    """
    clock, answers = clock_of(settings), limits(settings)
    return Desk(open_store(str(settings.get("DB") or DEFAULT_DB)), clock, answers)


def created(url: str, *, max_age_days: int = 30) -> Store:
    """Return a new, empty store whose cursors nobody else can sign."""
    _number({"MAX_AGE_DAYS": max_age_days}, "max_age_days", 30, low=1, high=3650)
    return create_store(url, cursor_key=secrets.token_hex(16), max_age_days=max_age_days)


def limits(settings: Mapping[str, Any]) -> Settings:
    """Return the limits of answers that `settings` ask for, the usual ones otherwise.

    Raises Invalid (bad_setting) for what is no number or out of range; a usual value gives way to a smaller maximum.
    """
    usual = Settings()
    km = _number(settings, "max_radius_km", usual.max_radius_km, low=SHORTEST_KM, high=LONGEST_KM)
    rows = _number(settings, "max_page", usual.max_page, low=1, high=MOST_ROWS)
    return Settings(
        radius_km=_number(settings, "radius_km", min(usual.radius_km, km), low=SHORTEST_KM, high=km),
        max_radius_km=km,
        page=_number(settings, "page", min(usual.page, rows), low=1, high=rows),
        max_page=rows,
        cost_per_km=_cost(settings, usual.cost_per_km),
    )


def _number(settings: Mapping[str, Any], name: str, usual: Number, *, low: float, high: float) -> Number:
    """Return a setting as the kind of number that `usual` is."""
    value = settings.get(name.upper())
    if value in (None, ""):
        return usual
    try:
        # Read from its text: 20.5 and true are no whole numbers.
        number = type(usual)(str(value))
    except ValueError:
        number = None
    if number is None or not low <= number <= high:
        raise Invalid("bad_setting", field=name, name=name.upper(), value=value, low=low, high=high)
    return number


def _cost(settings: Mapping[str, Any], usual: str) -> str:
    """Return yuan a kilometre is worth, as a price is written."""
    value = settings.get("COST_PER_KM")
    if value in (None, ""):
        return usual
    try:
        fen(str(value))
    except Invalid as error:
        name = "COST_PER_KM"
        raise Invalid("bad_setting", field=name.lower(), name=name, value=value, low="0.01", high=1_000_000) from error
    return str(value)


def clock_of(settings: Mapping[str, Any]) -> Callable[[], datetime]:
    """Return the wall clock, or one that stands still at NOW."""
    if not settings.get("NOW"):
        return wall_clock
    still = datetime.fromtimestamp(instant(str(settings["NOW"])), UTC)
    return lambda: still
