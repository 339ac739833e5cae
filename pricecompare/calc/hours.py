"""Opening hours in the syntax of OpenStreetMap, the part of it that shops use, as rules and as a weekly table.

https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification: rules stand between semicolons, and of the rules
that speak of a day the last one says all of it.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from pricecompare.calc.days import day_of
from pricecompare.errors import Invalid

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
PUBLIC_HOLIDAY = DAYS.index("PH")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAY = 24 * 60
MOST_CHARACTERS = 200

Span = tuple[int, int]
"""Minutes since the day began: from when, and before which; beyond DAY it is the next day's morning."""

Calendar = Mapping[int, str]
"""By number of the day: ``holiday``, or ``workday`` for a Saturday or Sunday on which people work (调休)."""

_MONTH, _DAY = f"(?:{'|'.join(MONTHS)})", f"(?:{'|'.join(DAYS)})"
# What follows must not be the rest of a number or of a time.
_NUMBER = r"\d\d?(?!\d|:\d)"
_DATE = rf"(?:(?:\d{{4}} )?{_MONTH}(?: {_NUMBER})?(?:-(?:(?:\d{{4}} )?{_MONTH}(?: {_NUMBER})?|{_NUMBER}))?)"
_TIME = r"(?:\d\d?:\d\d-\d\d?:\d\d)"
_RULE = re.compile(
    rf"(?P<dates>{_DATE}(?:,{_DATE})*)?:? ?(?P<days>{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*)? ?"
    rf"(?P<times>24/7|{_TIME}(?:,{_TIME})*)? ?(?P<word>off|closed|open)?"
)
_ENDS = re.compile(rf"(?:(\d{{4}}) )?({_MONTH})(?: (\d\d?))?(?:-(?:(\d{{4}}) )?({_MONTH})?(?: ?(\d\d?))?)?")


class Dates(NamedTuple):
    """Days from one to another, as (month, day) of every year or, with years, as (year, month, day)."""

    first: tuple[int, ...]
    last: tuple[int, ...]

    def holds(self, day: tuple[int, int, int]) -> bool:
        """Say whether a day (year, month, day) is one of them; what ends before it begins goes over New Year."""
        at = day if len(self.first) == 3 else day[1:]
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


class Rule(NamedTuple):
    """On which days what holds: no `dates` and no `days` are all of them, no `spans` is closed."""

    dates: tuple[Dates, ...]
    days: frozenset[int]
    spans: tuple[Span, ...]


Hours = tuple[Rule, ...]


@lru_cache(maxsize=4096)
def hours(text: str) -> Hours:
    """Return the rules of opening hours. Raises Invalid ``bad_hours`` naming the part that cannot be read.

    >>> hours("Mo 8:30-12:00,20:00-02:00; PH off")[0].spans
    ((510, 720), (1200, 1560))
    """
    if len(text) > MOST_CHARACTERS:
        raise Invalid("bad_hours", value=f"{text[:40]}…")
    parts = [part.strip() for part in _plain(text).strip("; ").split(";")]
    return tuple(_rule(part) for part in parts)


def _plain(text: str) -> str:
    """Return a text with one blank between words and none beside marks, names of days and months as they are spelt."""
    plain = re.sub(r"[‐-―~−]", "-", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\s*([-,;/])\s*", r"\1", " ".join(plain.split()))
    known = {name.lower(): name for name in (*DAYS, *MONTHS, "off", "closed", "open")}
    return re.sub(r"[A-Za-z]+", lambda word: known.get(word[0].lower(), word[0]), plain)


def _rule(part: str) -> Rule:
    found = _RULE.fullmatch(part)
    if (
        found is None
        or not (found["times"] or found["word"])
        or (found["times"] and found["word"] in ("off", "closed"))
    ):
        raise Invalid("bad_hours", value=part)
    shut = found["word"] in ("off", "closed")
    spans = () if shut else _spans(part, found["times"] or "24/7")
    dates = tuple(_dates(part, one) for one in (found["dates"] or "").split(",") if one)
    return Rule(dates, _days(found["days"] or ""), spans)


def _days(text: str) -> frozenset[int]:
    """Return positions in DAYS, none for every day; a range may go over Sunday."""
    named: set[int] = set()
    for one in filter(None, text.split(",")):
        first, _, last = one.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        if last and PUBLIC_HOLIDAY in (start, end):
            raise Invalid("bad_hours", value=one)
        named |= {start, end} if not last else {(start + ahead) % 7 for ahead in range((end - start) % 7 + 1)}
    return frozenset() if named >= set(range(7)) else frozenset(named)


def _spans(part: str, text: str) -> tuple[Span, ...]:
    """Return spans in order, those that touch made one as long as that is no longer than a day."""
    if text == "24/7":
        return ((0, DAY),)
    found: list[Span] = []
    for start, end in sorted(_span(part, one) for one in text.split(",")):
        if found and start <= found[-1][1] and max(end, found[-1][1]) - found[-1][0] <= DAY:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def _span(part: str, text: str) -> Span:
    """Return one span: an end that is not after its beginning is the next day's, and so is 26:00."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    start, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    end += DAY if end <= start else 0
    if start >= DAY or max(numbers[1], numbers[3]) > 59 or end - start > DAY:
        raise Invalid("bad_hours", value=part)
    return start, end


def _dates(part: str, text: str) -> Dates:
    """Return the days between two dates; what the second one leaves out is as in the first."""
    ends = _ENDS.fullmatch(text)
    assert ends is not None
    year, month, day, to_year, to_month, to_day = ends.groups()
    begins, until = MONTHS.index(month), MONTHS.index(to_month or month)
    # A month alone is all of it: where the last day is missing, so was the first.
    last_day = to_day or (LENGTHS[until] if to_month or not day else day)
    first, last = (begins + 1, int(day or 1)), (until + 1, int(last_day))
    fits = all(1 <= at <= LENGTHS[month - 1] for month, at in (first, last))
    if not fits or (to_year and not year) or (not to_month and last < first):
        raise Invalid("bad_hours", value=part)
    if not year:
        return Dates(first, last)
    ended = int(to_year or year) + (not to_year and last < first)
    return Dates((int(year), *first), (ended, *last))


def spans_of(these: Hours, day: int, calendar: Calendar) -> tuple[Span, ...]:
    """Return when it is open on a day, by its number; () when closed.

    On a Saturday that is a workday (调休) Friday's hours hold, on such a Sunday Monday's.
    """
    kind, weekday = calendar.get(day), (day + 3) % 7
    if kind == "workday":
        weekday = {5: 4, 6: 0}.get(weekday, weekday)
    names = {weekday, PUBLIC_HOLIDAY} if kind == "holiday" else {weekday}
    date = day_of(day)
    on = date.year, date.month, date.day
    for dates, days, spans in reversed(these):
        if (not days or days & names) and (not dates or any(one.holds(on) for one in dates)):
            return spans
    return ()


def week(these: Hours) -> dict[str, list[str] | None]:
    """Return the weekly table: spans of each of DAYS as texts, leaving out what holds on certain dates only.

    Holidays are None where no rule speaks of them: each has the hours of its weekday.

    >>> week(hours("Sa,Su 09:00-20:00"))["Su"]
    ['09:00-20:00']
    """
    usual = [rule for rule in these if not rule.dates]
    table: dict[str, list[str] | None] = {}
    for day, name in enumerate(DAYS):
        spoken = [rule for rule in usual if not rule.days or day in rule.days]
        table[name] = [_span_text(span) for span in spoken[-1].spans] if spoken else []
    if not any(PUBLIC_HOLIDAY in rule.days for rule in usual):
        table["PH"] = None
    return table


def exceptions(these: Hours) -> list[str]:
    """Return the rules that hold on certain dates only, as texts.

    >>> exceptions(hours("08:00-20:00; Dec 31 off"))
    ['Dec 31 off']
    """
    return [_rule_text(rule) for rule in these if rule.dates]


def written(these: Hours) -> str:
    """Return the text of rules, always spelt alike.

    >>> written(hours("mo - fr 8:30–21:00;PH closed")), written(hours("00:00-24:00"))
    ('Mo-Fr 08:30-21:00; PH off', '24/7')
    """
    return "; ".join(map(_rule_text, these))


def _rule_text(rule: Rule) -> str:
    dates, days = ",".join(map(_dates_text, rule.dates)), _days_text(rule.days)
    if not rule.spans:
        times = "off"
    elif rule.spans == ((0, DAY),) and not dates and not days:
        times = "24/7"
    else:
        times = ",".join(map(_span_text, rule.spans))
    return " ".join(filter(None, (dates, days, times)))


def _days_text(days: frozenset[int]) -> str:
    """Return days as runs from Monday on, three or more as a range."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1 and day != PUBLIC_HOLIDAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [[DAYS[day] for day in run] for run in runs]
    return ",".join(",".join(run) if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in names)


def _dates_text(dates: Dates) -> str:
    ends = [f"{MONTHS[month - 1]} {day:02d}" for *_, month, day in dates]
    years = [f"{date[0]} " if len(date) == 3 else "" for date in dates]
    if dates.first == dates.last:
        return years[0] + ends[0]
    if dates.first[:-1] == dates.last[:-1] and dates.first < dates.last:
        return f"{years[0]}{ends[0]}-{dates.last[-1]:02d}"
    return f"{years[0]}{ends[0]}-{years[1]}{ends[1]}"


def _span_text(span: Span) -> str:
    start, end = span
    until = end if end <= DAY else end - DAY
    return f"{start // 60:02d}:{start % 60:02d}-{until // 60:02d}:{until % 60:02d}"
