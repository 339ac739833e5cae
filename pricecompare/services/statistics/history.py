"""What a drug cost over time: the steps of one pharmacy's price, or the statistics of a region day by day."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc import days, past
from pricecompare.calc.daily import DAY, daily
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.money import yuan
from pricecompare.errors import Invalid, NotFound
from pricecompare.models import Drug, MarketKey, Pharmacy
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis, provinces
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.searching.search import known_drug, page_size
from pricecompare.services.statistics.past import spans_of

USUAL_DAYS, MOST_DAYS = 90, 800
"""Days of a region's history that are answered when none are asked for, and at most."""

STEP_COLUMNS = ("since", "until", "price", "last_seen", "held", "upload")
DAY_COLUMNS = ("day", "n", "median", "mean", "q1", "q3", "low", "high")
"""Columns of tables of steps and of days; prices in yuan."""

Range = tuple[date | None, date | None]


class _Page(NamedTuple):
    """Which page of the answers to a question is asked for."""

    question: str
    size: int
    cursor: str | None


def history(
    desk: Desk,
    code: str,
    *,
    pharmacy: str | None = None,
    region: str | None = None,
    kind: str = "listed",
    first: date | None = None,
    last: date | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return what a drug cost in one pharmacy, step by step, or in a region, day by day, oldest first.

    `first` and `last` narrow it to what held between two days. Raises NotFound for a drug, pharmacy or region nobody
    knows, Invalid for both or neither of `pharmacy` and `region`, or days that make no sense.
    """
    if (pharmacy is None) == (region is None):
        raise Invalid("pharmacy_or_region", field="pharmacy")
    _checked(desk, first, last)
    page = _Page(f"history {code} {pharmacy} {kind} {first} {last}", page_size(desk, limit), cursor_given)
    with desk.store.reading():
        drug = known_drug(desk, code)
        if region is not None:
            shown = _days_shown(desk, drug, region, kind, *_days_asked(desk, first, last))
        else:
            shown = _steps_shown(desk, drug, str(pharmacy), kind, (first, last), page)
        version = basis(desk, desk.store.versions(), _judged_by(desk, pharmacy, region)).version
    about = {"drug": views.drug(drug), "kind": kind, "max_age_days": desk.max_age_days}
    return about | shown | {"today": desk.today().isoformat(), "data_version": version}


def history_table(desk: Desk, code: str, *, pharmacy: str | None = None, **question: Any) -> Iterator[tuple]:
    """Return all rows of a history, columns as in STEP_COLUMNS for a pharmacy, DAY_COLUMNS for a region."""
    asked = {**question, "pharmacy": pharmacy, "limit": desk.settings.max_page}
    columns, rows = (DAY_COLUMNS, "days") if pharmacy is None else (STEP_COLUMNS, "steps")
    page: dict[str, Any] = {"next": None}
    while page := history(desk, code, **asked, cursor_given=page["next"]):
        yield from (tuple(one[name] for name in columns) for one in page[rows])
        if page["next"] is None:
            return


def _checked(desk: Desk, first: date | None, last: date | None) -> None:
    if first is not None and first > desk.today():
        raise Invalid("date_in_future", field="from", value=first.isoformat())
    if last is not None and last > desk.today():
        raise Invalid("date_in_future", field="to", value=last.isoformat())
    if first is not None and last is not None and last < first:
        raise Invalid("days_turned_round", field="to", first=first.isoformat(), last=last.isoformat())


def _known(desk: Desk, code: str) -> Pharmacy:
    found = desk.store.pharmacy(code.strip().upper())
    if found is None:
        near = desk.store.close_pharmacies(code)
        raise NotFound("unknown_pharmacy", field="pharmacy", value=code, suggestions=near)
    return found


def _judged_by(desk: Desk, pharmacy: str | None, region: str | None) -> list[int]:
    """Return the pooling regions that a history is made of."""
    if region is None:
        return [_known(desk, str(pharmacy)).region_id]
    versions = desk.store.versions()
    atlas = desk.grounds.atlas(desk.store, versions.places)
    return provinces(desk, versions, [pooling_of(atlas, region_of(atlas, region))])


def _steps(desk: Desk, pharmacy: Pharmacy, drug: Drug, kind: str, between: Range) -> list[dict[str, Any]]:
    """Return the steps of one price that held on any of the days asked for, oldest first."""
    where = (pharmacy.region_id, pharmacy.id, drug.id, kind)
    rows = desk.store.history(*where)
    lists = desk.store.full_lists(pharmacy.region_id, pharmacy.id, kind)
    live = desk.store.offer(*where)
    nexts = [(row[0], row[2]) for row in rows[1:]] + [(past.STILL, live[3] if live else None)]
    first, last = between
    return [
        _step(row, end, stated, lists)
        # What was never asked has no step, and so none after it.
        for row, (end, stated) in zip(rows, nexts[: len(rows)], strict=True)
        if (first is None or end > days.instant(first)) and (last is None or days.date_of(row[0]) <= last)
    ]


def _step(row: tuple, end: int, stated: int | None, lists: list[int]) -> dict[str, Any]:
    """Return one step as it is shown: last seen when it was last `stated`, or with the last of the whole `lists`."""
    since, fen, _, held, upload = row
    before = bisect_left(lists, end)
    confirmed = lists[before - 1] if before else since
    return {
        "since": days.iso(since),
        "until": None if end == past.STILL else days.iso(end),
        "price": yuan(fen) if fen else None,
        "fen": fen or None,
        "last_seen": days.iso(max(since, stated or since, confirmed)) if fen else None,
        "held": bool(held),
        "upload": upload,
    }


def _steps_shown(desk: Desk, drug: Drug, code: str, kind: str, between: Range, page: _Page) -> dict[str, Any]:
    """Return one page of steps; a step is known by when it began."""
    pharmacy = _known(desk, code)
    steps = _steps(desk, pharmacy, drug, kind, between)
    (last,) = after(desk, page.question, page.cursor) or (None,)
    rest = [step for step in steps if last is None or days.instant(step["since"]) > last]
    more = len(rest) > page.size
    return {
        "pharmacy": {"code": pharmacy.code, "id": pharmacy.id, "name": pharmacy.name},
        "region": None,
        "total": len(steps),
        "steps": rest[: page.size],
        "days": None,
        "next": cursor(desk, page.question, (days.instant(rest[page.size - 1]["since"]),)) if more else None,
    }


def _days_asked(desk: Desk, first: date | None, last: date | None) -> tuple[date, int]:
    """Return the first day asked for and how many there are."""
    last = desk.today() if last is None else last
    first = date.fromordinal(max(last.toordinal() - USUAL_DAYS + 1, 1)) if first is None else first
    count = (last - first).days + 1
    if count > MOST_DAYS:
        raise Invalid("too_many_days", field="from", count=count, limit=MOST_DAYS)
    return first, count


def _days_shown(desk: Desk, drug: Drug, region: str, kind: str, first: date, count: int) -> dict[str, Any]:
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    pooling = pooling_of(atlas, region_of(atlas, region))
    found = _daily(desk, MarketKey(pooling, drug.id, kind), first, count)
    shown = [_day(first + timedelta(days=at), row) for at, row in enumerate(found.tolist())]
    name = views.place_name(atlas, pooling)
    return {"pharmacy": None, "region": name, "total": count, "steps": None, "days": shown, "next": None}


def _daily(desk: Desk, key: MarketKey, first: date, count: int) -> np.ndarray:
    """Return a market's statistics (daily.DAY) of `count` days."""
    here, elsewhere = spans_of(desk, key)
    return daily(here, elsewhere, first=days.number_of(first), days=count, rule=DEFAULT_RULE)


def _day(day: date, row: tuple) -> dict[str, Any]:
    """Return the statistics of one day as they are shown; null where no price counts."""
    shown: dict[str, Any] = {"day": day.isoformat(), "n": row[0]}
    for name, fen in zip((DAY.names or ())[1:], row[1:], strict=True):
        shown[name], shown[f"{name}_fen"] = (yuan(fen), fen) if row[0] else (None, None)
    return shown
