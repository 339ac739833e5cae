"""A desk from settings: the one place where names of settings, the clock and the store come together."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from pricecompare.calc.cases import DAYS
from pricecompare.calc.days import instant
from pricecompare.calc.gaps import hundredths
from pricecompare.calc.money import fen
from pricecompare.errors import Invalid
from pricecompare.services.bounds import Bounds, folder, origins, proxies
from pricecompare.services.defaults import DEFAULT_DB
from pricecompare.services.desk import SPOOL, Desk, Settings, wall_clock
from pricecompare.store import Store, create_store, open_store
from pricecompare.store.sql import is_server
from pricecompare.store.sqlite import BUSY_SECONDS

Number = TypeVar("Number", int, float)

SHORTEST_KM, LONGEST_KM = 0.01, 500.0
"""Radii between which an operator may choose; distances are right to a millimetre up to the longest."""

LARGEST_MB = 4096
"""The largest file that is read at all; so large a one takes some minutes."""

SHORTEST_KEY = 16

MOST_DAYS = 366
"""Days until which a step may be due."""

MOST_UNITS = 1_000_000_000
"""More than any server answers in a minute: where so much is allowed, requests are counted and none is refused."""

MOST_ROWS = 10_000
"""Rows of the longest page an operator may allow."""


def opened(settings: Mapping[str, Any]) -> Desk:
    """Return a desk for `settings`: DB, NOW and the names of `Settings` in capitals, all of them optional.

    PATIENCE is how many seconds a writer waits for another one.

    Raises Unusable when there is no database, Invalid for a setting that makes no sense.
    """
    clock, answers = clock_of(settings), replace(limits(settings), spool=spool_of(settings))
    return Desk(open_store(str(settings.get("DB") or DEFAULT_DB), patience=patience(settings)), clock, answers)


def patience(settings: Mapping[str, Any]) -> int:
    """Return how many seconds a writer waits for another one."""
    return _number(settings, "patience", BUSY_SECONDS, low=0, high=86_400)


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
        max_upload_mb=_number(settings, "max_upload_mb", usual.max_upload_mb, low=1, high=LARGEST_MB),
        upload_wait_mb=_number(settings, "upload_wait_mb", usual.upload_wait_mb, low=0, high=LARGEST_MB),
        online_gap_percent=_gap(settings, "online_gap_percent", usual.online_gap_percent),
        online_gap_yuan=_gap(settings, "online_gap_yuan", usual.online_gap_yuan),
        few_sellers=_number(settings, "few_sellers", usual.few_sellers, low=1, high=1000),
        upload_key=_key(settings, "upload_key"),
        regulator_key=_key(settings, "regulator_key"),
        attachment_mb=_number(settings, "attachment_mb", usual.attachment_mb, low=0.01, high=100),
        reports_per_hour=_number(settings, "reports_per_hour", usual.reports_per_hour, low=1, high=MOST_ROWS),
        reports_per_day=_number(settings, "reports_per_day", usual.reports_per_day, low=1, high=1_000_000),
        step_days=_step_days(settings.get("STEP_DAYS")),
        **{name: str(settings.get(name.upper()) or "") for name in ("notice_from", "notice_contact", "fonts")},
        console_plain_http=bool(_number(settings, "console_plain_http", 0, low=0, high=1)),
        bounds=bounds(settings),
    )


def bounds(settings: Mapping[str, Any]) -> Bounds:
    """Return what `settings` let people do, the usual otherwise; Invalid for what makes no sense."""
    usual = Bounds()
    return Bounds(
        per_minute=_number(settings, "per_minute", usual.per_minute, low=0, high=MOST_UNITS),
        key_per_minute=_number(settings, "key_per_minute", usual.key_per_minute, low=0, high=MOST_UNITS),
        answer_seconds=_number(settings, "answer_seconds", usual.answer_seconds, low=0.1, high=3600),
        max_pages=_number(settings, "max_pages", usual.max_pages, low=1, high=1_000_000),
        trusted_proxies=proxies(settings.get("TRUSTED_PROXIES")),
        cors_origins=origins(settings.get("CORS_ORIGINS")),
        dumps=folder(settings),
    )


def _step_days(value: Any) -> Mapping[str, int]:
    """Return the days of DAYS with those put in that a text like "reminded=10 reviewed=15" says."""
    found = dict(DAYS)
    for part in str(value or "").split():
        state, _, number = part.partition("=")
        if state not in DAYS or not number.isdecimal() or not 1 <= int(number) <= MOST_DAYS:
            raise Invalid("bad_step_days", field="step_days", value=part, choices=", ".join(DAYS), high=MOST_DAYS)
        found[state] = int(number)
    return found


def _key(settings: Mapping[str, Any], name: str) -> str:
    """Return a key that people must know, "" for none; Invalid for one that can be guessed or not be sent."""
    value = settings.get(name.upper())
    if value in (None, ""):
        return ""
    # A number is what is left of a key of digits in an environment that is read as JSON.
    if not isinstance(value, str) or len(value) < SHORTEST_KEY or not value.isascii() or not value.isprintable():
        raise Invalid("bad_upload_key", field=name, name=name.upper(), shortest=SHORTEST_KEY)
    return value


def spool_of(settings: Mapping[str, Any]) -> str:
    """Return the folder for files that come over HTTP: as set, or beside the database when that is a file."""
    database = str(settings.get("DB") or DEFAULT_DB)
    return str(settings.get("SPOOL") or (SPOOL if is_server(database) else f"{database}.spool"))


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


def _gap(settings: Mapping[str, Any], name: str, usual: str) -> str:
    """Return a least difference of prices as it is written."""
    value = settings.get(name.upper())
    if value in (None, ""):
        return usual
    try:
        hundredths(str(value))
    except Invalid as error:
        raise Invalid("bad_setting", field=name, name=name.upper(), value=value, low=0, high=9_999_999) from error
    return str(value)


def clock_of(settings: Mapping[str, Any]) -> Callable[[], datetime]:
    """Return the wall clock, or one that stands still at NOW."""
    if not settings.get("NOW"):
        return wall_clock
    still = datetime.fromtimestamp(instant(str(settings["NOW"])), UTC)
    return lambda: still


number_of, key_of = _number, _key
"""For settings of operators that stand in modules of their own."""
