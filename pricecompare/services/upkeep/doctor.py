"""Whether all is well with a place where the program runs, and how to mend what is not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from pricecompare.errors import PriceCompareError, Reason
from pricecompare.services.desk import Desk, Settings
from pricecompare.services.opening import limits, opened
from pricecompare.services.upkeep import doctoring
from pricecompare.services.upkeep.retention import TERMS, terms
from pricecompare.services.upkeep.watching import watching

OK, WARN, FAIL = "ok", "warn", "fail"
EXIT = {OK: 0, WARN: 3, FAIL: 1}
"""Exit codes by the worst that was found."""

OTHERS = {
    *("DB", "NOW", "SPOOL", "PATIENCE", "BACKUPS", "LOG", "METRICS_ALLOW", "METRICS_TOKEN", "READY_HOURS"),
    *(f"KEEP_{term.name.upper()}_DAYS" for term in TERMS),
}
"""Settings that stand in no record of settings."""


class Found(NamedTuple):
    """What one check found: ok, warn or fail, and a sentence that says what it is and how to mend it."""

    check: str
    state: str
    reason: Reason


Check = Callable[[Desk, Mapping[str, Any]], doctoring.Told]


def examined(settings: Mapping[str, Any], *, quick: bool = False) -> list[Found]:
    """Return what every check found; `quick` does not read the whole database.

    Nothing is changed. A check that cannot be made because another failed is left out.
    """
    found = [*_settings(settings)]
    if worst(found) == FAIL:
        return found
    try:
        desk = opened(settings)
    except PriceCompareError as error:
        return [*found, Found("database", FAIL, error.reason)]
    try:
        for name, check in doctoring.CHECKS.items():
            if not (quick and name == "integrity"):
                found += _made(name, check, desk, settings)
    finally:
        desk.store.close()
    return found


def _made(name: str, check: Check, desk: Desk, settings: Mapping[str, Any]) -> list[Found]:
    """Return what a check found; ok when it found nothing."""
    try:
        told = [Found(name, state, Reason.of(code, **values)) for state, code, values in check(desk, settings)]
    except PriceCompareError as error:
        return [Found(name, FAIL, error.reason)]
    except OSError as error:
        reason = Reason.of("file_unusable", value=str(error.filename or ""), reason=error.strerror or "")
        return [Found(name, FAIL, reason)]
    return told or [Found(name, OK, Reason.of("doctor_ok"))]


def _settings(settings: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with settings, and those that nobody reads."""
    wrong = []
    for read in (limits, watching, terms):
        try:
            read(settings)
        except PriceCompareError as error:
            wrong.append(Found("settings", FAIL, error.reason))
    known = OTHERS | set(_names(Settings()))
    for name in sorted(settings.keys() - known):
        wrong.append(Found("settings", WARN, Reason.of("doctor_unknown_setting", value=f"PRICECOMPARE_{name}")))
    if settings.get("NOW"):
        wrong.append(Found("settings", WARN, Reason.of("doctor_clock_stands", value=str(settings["NOW"]))))
    yield from wrong or [Found("settings", OK, Reason.of("doctor_ok"))]


def _names(record: Any) -> Iterator[str]:
    """Yield the settings that a record of settings holds, those of records in it included."""
    for one in fields(record):
        value = getattr(record, one.name)
        yield from _names(value) if is_dataclass(value) else (one.name.upper(),)


def worst(found: list[Found]) -> str:
    """Return the worst state there is."""
    states = {one.state for one in found}
    return next((state for state in (FAIL, WARN) if state in states), OK)
