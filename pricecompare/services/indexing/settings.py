"""Limits of publication, warning lines and stars: as they are set for regions and years, and what they would do."""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

from pricecompare.calc.index_limits import NAMES, RANGES, STARS, Limits
from pricecompare.errors import Invalid
from pricecompare.models import Pharmacy
from pricecompare.models.audit import Hand
from pricecompare.models.indexing import IndexValue
from pricecompare.services import audit
from pricecompare.services.answers import views
from pricecompare.services.cases.steps import refuse_hand
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.indexing import shown
from pricecompare.services.indexing.panel import Panel
from pricecompare.services.indexing.panels import limits_of, panel_now
from pricecompare.services.indexing.sources import asked, values

FIRST_YEAR, LAST_YEAR = 1, 2999
MOST = 20
"""Pharmacies of a trial that are named."""


def settings(desk: Desk, region: str | None = None, year: int = 0) -> dict[str, Any]:
    """Return each limit as it holds for a region and year (or for all): value, usual one, whether it was set."""
    with desk.store.reading():
        region_id = _region(desk, region)
        given = desk.store.index_settings(region_id, year)
        rows = desk.store.all_index_settings()
    usual = Limits()
    items = [
        {
            "name": name,
            "value": _number(given.get(name, getattr(usual, name))),
            "usual": _number(getattr(usual, name)),
            "set": name in given,
        }
        for name in NAMES
    ]
    places = [
        {"region": f"{place:06d}" if place else None, "year": when or None, "name": name, "value": value}
        for place, when, name, value in rows
    ]
    return {"region": region, "year": year or None, "items": items, "all": places}


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def set_limit(desk: Desk, region: str | None, year: int, name: str, value: float | None, *, by: Hand) -> None:
    """Set a limit of a region (None: all) and year (0: all), or take the setting back with None.

    Raises Invalid for what makes no sense, by itself or beside the other limits.
    """
    refuse_hand(by)
    refuse(name, value)
    if year and not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid("out_of_range", field="year", value=year, low=FIRST_YEAR, high=LAST_YEAR)
    with desk.store.writing():
        region_id = _region(desk, region)
        was = {(place, when): old for place, when, known, old in desk.store.all_index_settings() if known == name}
        desk.store.put_index_setting(region_id, year, name, value)
        refuse_together(limits_of(desk, region_id, year))
        # What is told rests on it.
        touched = [region_id] if region_id else [one.id for one in desk.store.regions() if one.pooling]
        desk.store.touch_prices(desk.store.next_version(), touched)
        about = f"index limit {name} of {region or 'all'} in {year or 'every year'}"
        audit.note(desk, "index_limit_set", about, by=by, before=was.get((region_id, year)), after=value)


def _region(desk: Desk, region: str | None) -> int:
    """Return the id of a pooling region, 0 for all."""
    if region is None:
        return 0
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    return pooling_of(atlas, region_of(atlas, region))


def refuse(name: str, value: float | None) -> None:
    """Raise Invalid for a limit that there is not, or a value out of its range."""
    if name not in RANGES:
        raise Invalid("bad_choice", field="name", value=name, choices=", ".join(RANGES))
    low, high = RANGES[name]
    if value is not None and not low <= value <= high:
        raise Invalid("bad_setting", field="value", name=name, value=value, low=low, high=high)


def refuse_together(limits: Limits) -> None:
    """Raise Invalid for limits that contradict each other."""
    cuts = [cut for cut in (getattr(limits, name) for name in STARS) if cut == cut]
    drugs = [limits.indicative_drugs, limits.published_drugs]
    sure = [limits.published_reliability, limits.rank_reliability]
    for names, numbers in ((", ".join(STARS), cuts), ("indicative_drugs, published_drugs", drugs),
                           ("published_reliability, rank_reliability", sure)):  # fmt: skip
        if numbers != sorted(numbers):
            raise Invalid("limits_out_of_order", field="value", names=names)


def tried(desk: Desk, region: str, changes: Mapping[str, float], *, period: str | None = None) -> dict[str, Any]:
    """Return what other limits would mark in a period (the newest month by default), beside those in force now."""
    for name, value in changes.items():
        refuse(name, value)
    with desk.store.reading():
        atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        wanted = asked(desk, pooling, period)
        panel = panel_now(desk, wanted)
        known = {one.id: one for one in desk.store.pharmacies(pooling)}
    limits = replace(panel.limits, **changes)
    refuse_together(limits)
    now, then = _told(panel), _told(replace(panel, limits=limits))
    differing = [key for key in then if _marks(now[key]) != _marks(then[key])]
    return {
        "region": views.place_name(atlas, pooling),
        "period": wanted.period.name,
        "limits": dict(changes),
        "now": _counts(now),
        "then": _counts(then),
        "different": len(differing),
        "above": _above(then, known),
    }


def _told(panel: Panel) -> dict[int, dict[str, Any]]:
    return {key: shown.figures(value, panel.limits) | {"by": _order(value)} for key, value in values(panel).items()}


def _order(value: IndexValue) -> float:
    return -(value.value or 0.0)


def _marks(one: dict[str, Any]) -> tuple:
    return one["status"], one["warning"], one["stars"], one["rank"]


def _counts(told: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return how many pharmacies are marked how."""
    statuses = dict.fromkeys(("published", "indicative", "suppressed"), 0)
    warnings: dict[str, int] = {}
    stars: dict[str, int] = {}
    for one in told.values():
        statuses[one["status"]] += 1
        for found, mark in ((warnings, one["warning"]), (stars, one["stars"])):
            if mark is not None:
                found[str(mark)] = found.get(str(mark), 0) + 1
    return {**statuses, "ranked": sum(one["rank"] is not None for one in told.values()), "warning": warnings,
            "stars": dict(sorted(stars.items(), reverse=True))}  # fmt: skip


def _above(told: dict[int, dict[str, Any]], known: Mapping[int, Pharmacy]) -> list[dict[str, Any]]:
    """Return the pharmacies above the warning line, dearest first."""
    marked = [key for key in told if told[key]["warning"] in ("perhaps", "clearly")]
    rows = sorted(marked, key=lambda key: told[key]["by"])[:MOST]
    return [
        {
            "pharmacy": {"code": known[key].code, "id": key, "name": known[key].name},
            **{name: told[key][name] for name in ("index", "low", "high", "warning", "stars")},
        }
        for key in rows
    ]
