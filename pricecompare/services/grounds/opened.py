"""Answers narrowed to who is open now, has a service or a price that is young enough."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.errors import Invalid
from pricecompare.models import Versions
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Ground
from pricecompare.services.grounds.doorways import UNKNOWN, Moment, inner
from pricecompare.services.offers.ranking import Candidates


class _Unknown(dict[int, Any]):
    """The same for every position."""

    def __init__(self, told: Any):
        self._told = told

    def __missing__(self, position: int) -> Any:
        return self._told


NEVER_KNOWN: Mapping[int, dict[str, Any]] = _Unknown(UNKNOWN)
"""What is told of doors on a day of the past: hours are known as they are now only."""

NEVER_WRITTEN: Mapping[int, bytes] = _Unknown(inner(UNKNOWN))


def moments_of(desk: Desk, grounds: Sequence[Ground], versions: Versions, *, past: bool = False) -> list[Moment | None]:
    """Return how the doors of each ground stand now; None for each when it is the past that is asked for."""
    if past:
        return [None] * len(grounds)
    calendar = desk.calendars.of(desk.store, versions.holidays)
    return [ground.doorways.at(desk.now(), calendar, versions.holidays) for ground in grounds]


def opening(moment: Moment | None, position: int) -> dict[str, Any]:
    """Return what is told of one door."""
    return UNKNOWN if moment is None else moment.shown[position]


def doors_of(moments: Iterable[Moment | None]) -> list[Mapping[int, dict[str, Any]] | list[dict[str, Any]]]:
    """Return how the doors of each ground stand, by position, as they are shown."""
    return [NEVER_KNOWN if moment is None else moment.shown for moment in moments]


def doors_written(moments: Iterable[Moment | None]) -> list[Mapping[int, bytes] | list[bytes]]:
    """Return how the doors of each ground stand, by position, as JSON without braces."""
    return [NEVER_WRITTEN if moment is None else moment.written for moment in moments]


def fitting(
    found: Candidates,
    grounds: Sequence[Ground],
    moments: Sequence[Moment | None],
    *,
    open_now: bool,
    service: str | None,
) -> Candidates:
    """Return the candidates that are open now, where that is asked, and have a service; Invalid to ask of the past."""
    if not open_now and service is None:
        return found
    fits = np.ones(len(found.fen), bool)
    for source, (ground, moment) in enumerate(zip(grounds, moments, strict=True)):
        here = np.flatnonzero(found.source == source)
        fits[here] = fit(ground, moment, open_now=open_now, service=service).take(found.slot[here])
    return _chosen(found, fits)


def fit(ground: Ground, moment: Moment | None, *, open_now: bool, service: str | None) -> NDArray[np.bool_]:
    """Say which pharmacies of a ground are open now, where that is asked, and have a service."""
    fits = np.ones(len(ground.pharmacies), bool)
    if open_now:
        if moment is None:
            raise Invalid("open_in_the_past", field="open_now")
        fits &= moment.open
    return fits if service is None else fits & ground.doorways.has[service]


def young(found: Candidates, max_age: int | None, *, today: int) -> tuple[Candidates, int]:
    """Return the candidates whose price is at most so many days old, and how many others there were."""
    if max_age is None:
        return found, 0
    old = is_stale(found.observed, today=today, max_age=max_age)
    return _chosen(found, ~old), int(np.count_nonzero(old))


def _chosen(found: Candidates, fits: NDArray[np.bool_]) -> Candidates:
    return Candidates._make(column[fits] for column in found)
