"""How the median of a market moved over months."""

from calendar import monthrange
from datetime import date
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.daily import on_days
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.money import yuan
from pricecompare.calc.stats import percent
from pricecompare.errors import Invalid
from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.statistics.past import spans_of
from pricecompare.services.statistics.trends import Point

USUAL_MONTHS, MOST_MONTHS = 12, 24
"""Months of trend that are told when none are asked for, and at most."""


def months_before(day: date, months: int) -> date:
    """Return the same day of the month so many months before, or the last day of a shorter month.

    >>> months_before(date(2026, 3, 31), 1).isoformat(), months_before(date(2026, 1, 15), 12).isoformat()
    ('2026-02-28', '2025-01-15')
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months_there_are(day: date) -> int:
    """Return how many months before that of a day there are, since the year 1 has none before it."""
    return (day.year - 1) * 12 + day.month - 1


def points(desk: Desk, key: MarketKey, day: date, months: int, version: int) -> list[Point]:
    """Return the medians of a market at the end of `day` and of the same day of each month before, oldest first.

    They are those of the history day by day, as far as is known now. Ask inside `reading`; Invalid (bad_months) for a
    number of months out of range.
    """
    if not 0 <= months <= MOST_MONTHS:
        raise Invalid("bad_months", field="months", value=months, limit=MOST_MONTHS)
    if not months:
        return []
    return desk.trends.points(desk.store, (key, day, months), version, lambda: _points(desk, key, day, months))


def _points(desk: Desk, key: MarketKey, day: date, months: int) -> list[Point]:
    ends = [months_before(day, back) for back in range(min(months, _months_there_are(day)), -1, -1)]
    rows = on_days(*spans_of(desk, key), np.array([days.number_of(end) for end in ends]), rule=DEFAULT_RULE)
    told = zip(ends, rows["n"].tolist(), rows["median"].tolist(), strict=True)
    return [Point(end, n, median if n else None) for end, n, median in told]


def change(these: list[Point], *, few: int) -> float | None:
    """Return how much the median rose from the first point to the last, in per cent, one decimal, HALF_UP.

    None where either rests on fewer than `few` prices: that says little.
    """
    if not these or min(these[0].n, these[-1].n) < few or not these[0].median or not these[-1].median:
        return None
    return percent(these[-1].median, these[0].median)


def shown(these: list[Point], change: float | None) -> dict[str, Any] | None:
    """Return a trend as it is shown; None where none was asked for."""
    if not these:
        return None
    told = [
        {"day": at.isoformat(), "n": n, "median": None if fen is None else yuan(fen), "median_fen": fen}
        for at, n, fen in these
    ]
    return {"months": len(these) - 1, "percent": change, "points": told}
