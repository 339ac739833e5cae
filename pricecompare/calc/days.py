"""Instants and days: seconds since 1970 in UTC inside, ISO 8601 with offset outside, days as China counts them."""

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pricecompare.errors import Invalid

Seconds = TypeVar("Seconds", int, NDArray[np.int64])

CHINA = timezone(timedelta(hours=8))
"""China has had one time zone and no summer time since 1991."""

_OFFSET = 8 * 3600
_EPOCH = datetime(1970, 1, 1, 8, tzinfo=CHINA)
_FIRST = int(datetime(1, 1, 1, tzinfo=CHINA).timestamp())
_LAST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=CHINA).timestamp())
_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_DATE = re.compile(_DAY)
_TIME = re.compile(_DAY + r"[T ](\d{1,2})(:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s?(Z|[+-]\d\d:?\d\d)?")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def instant(text: str | date) -> int:
    """Return the second that `text` names: a date, year first (its first moment in China), or a date and time.

    It may be written as ISO 8601 does, as a spreadsheet does, or as people do. A time without offset is China's. Raises
    Invalid ``bad_date`` for anything else, a day that does not exist, or one that China's calendar from year 1 to 9999
    does not have.

    >>> instant("1970-01-01T08:00:00+08:00"), instant("1970-01-02"), instant("1970/1/2")
    (0, 57600, 57600)
    >>> instant("1970/1/1 8:00"), instant("1970年1月2日"), instant("1970.01.02")
    (0, 57600, 57600)
    """
    if isinstance(text, date):
        text = text.isoformat()
    try:
        return second(_moment(text.strip()))
    except (ValueError, OverflowError):
        raise Invalid("bad_date", value=text) from None


def second(moment: datetime) -> int:
    """Return the second of an aware moment; ValueError for one that China's calendar of the years 1 to 9999 lacks.

    >>> second(datetime(1970, 1, 1, tzinfo=CHINA))
    -28800
    """
    found = int(moment.replace(microsecond=0).timestamp())
    if not _FIRST <= found <= _LAST:
        raise ValueError(moment)
    return found


def end(day: date) -> int:
    """Return the second at which a day in China is over; so it does for the last day there is.

    >>> end(date(1970, 1, 1)), end(date.max) > 0
    (57600, True)
    """
    return instant(day) + 86_400


def _moment(text: str) -> datetime:
    if match := _DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
        return datetime(year, month, day, tzinfo=CHINA)
    if not (match := _TIME.fullmatch(text)):
        raise ValueError(text)
    on = "-".join(f"{part:0>2}" for part in match.groups()[:3])
    moment = datetime.fromisoformat(f"{on}T{match[4]:0>2}{match[5]}{match[6] or ''}")
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def month(text: str) -> str:
    """Return the month `text` names as ``YYYY-MM``; a day names its month. Raises Invalid ``bad_month``.

    >>> month("2026-10"), month("2026-10-31")
    ('2026-10', '2026-10')
    """
    text = text.strip()
    day = f"{text}-01" if _MONTH.fullmatch(text) else text
    try:
        return date_of(instant(day)).isoformat()[:7]
    except Invalid:
        raise Invalid("bad_month", value=text) from None


def day_number(seconds: Seconds) -> Seconds:
    """Return the day in China that holds an instant, counted from 1970-01-01; works on arrays too.

    >>> day_number(57599), day_number(57600)
    (0, 1)
    """
    return (seconds + _OFFSET) // 86_400


def first_second(number: int) -> int:
    """Return the first second of the day in China with that number, as `day_number` counts.

    >>> first_second(1), day_number(first_second(1) - 1)
    (57600, 0)
    """
    return number * 86_400 - _OFFSET


def minute_of(seconds: int) -> int:
    """Return the minute that holds an instant, counted in China from the beginning of 1970-01-01 there.

    >>> minute_of(0), minute_of(-28800)
    (480, 0)
    """
    return (seconds + _OFFSET) // 60


def second_of(minute: int) -> int:
    """Return the second in which a minute, as `minute_of` counts, begins.

    >>> second_of(480)
    0
    """
    return minute * 60 - _OFFSET


def date_of(seconds: int) -> date:
    """Return the day in China that holds an instant.

    >>> date_of(57600)
    datetime.date(1970, 1, 2)
    """
    return day_of(day_number(seconds))


def number_of(day: date) -> int:
    """Return the number of `day`, as `day_number` counts.

    >>> number_of(date(1970, 1, 2))
    1
    """
    return (day - date(1970, 1, 1)).days


@lru_cache(maxsize=1024)
def day_of(number: int) -> date:
    """Return the day with that number.

    >>> day_of(1)
    datetime.date(1970, 1, 2)
    """
    return date(1970, 1, 1) + timedelta(days=number)


def moment(seconds: int) -> datetime:
    """Return an instant as a moment in China.

    >>> moment(0).isoformat()
    '1970-01-01T08:00:00+08:00'
    """
    # Not by way of UTC, whose year 1 begins eight hours later.
    return _EPOCH + timedelta(seconds=seconds)


@lru_cache(maxsize=65_536)
def iso(seconds: int) -> str:
    """Return an instant as ISO 8601 with China's offset.

    >>> iso(0)
    '1970-01-01T08:00:00+08:00'
    """
    return moment(seconds).isoformat()
