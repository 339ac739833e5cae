"""Whether a shop is open at a minute, and when that changes next: its hours, holidays and closures together.

Minutes are counted in China from the beginning of 1970-01-01 there.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pricecompare.calc.hours import DAY, Calendar, Hours, Span, spans_of

AHEAD = 400
"""Days that are searched for the next change: a closing or opening that is further away is not told."""

FOREVER = 1 << 40
"""Later than any minute."""


class Door(NamedTuple):
    """When a shop lets people in: `hours` (None: not known), and what overrides them, as numbers of days.

    `gone_on`: closed for good from that day on. From `shut_from` to `shut_until`, both included, it is closed; None for
    `shut_until` is until further notice.
    """

    hours: Hours | None
    gone_on: int | None = None
    shut_from: int | None = None
    shut_until: int | None = None

    def shut(self) -> Span:
        """Return the minutes in which it is closed whatever its hours say: from when, and before which."""
        if self.shut_from is None:
            return FOREVER, FOREVER
        return self.shut_from * DAY, FOREVER if self.shut_until is None else (self.shut_until + 1) * DAY


class State(NamedTuple):
    """Whether it is open (None: not known), the minute of the next opening or closing where one is known.

    It is the same until the minute `until`, at the latest until the day ends.
    """

    open: bool | None
    opens: int | None
    closes: int | None
    until: int


def state(door: Door, minute: int, calendar: Calendar) -> State:
    """Return how a door stands at a minute."""
    midnight = (minute // DAY + 1) * DAY
    shut_from, shut_until = door.shut()
    if door.gone_on is not None and minute >= door.gone_on * DAY:
        return State(False, None, None, midnight)
    inside = shut_from <= minute < shut_until
    if door.hours is None or (inside and shut_until == FOREVER):
        change = shut_until if inside else shut_from if shut_from > minute else FOREVER
        return State(False if inside else None, None, None, min(change, midnight))
    after = shut_until if inside else minute
    start, end = next(_open(door.hours, after, (shut_from, shut_until), calendar), (None, None))
    if start is None or start > minute:
        return State(False, start, None, min(midnight, FOREVER if start is None else start))
    return State(True, None, end, min(midnight, FOREVER if end is None else end))


def _open(hours: Hours, after: int, shut: Span, calendar: Calendar) -> Iterator[tuple[int, int | None]]:
    """Yield when it is open from a minute on, closures taken out; an end beyond what is searched is None."""
    limit = (after // DAY + AHEAD) * DAY
    for start, end in _runs(hours, after // DAY, calendar):
        for first, last in ((start, min(end, shut[0])), (max(start, shut[1]), end)):
            if first < last and last > after:
                yield first, None if last >= limit else last


def _runs(hours: Hours, day: int, calendar: Calendar) -> Iterator[Span]:
    """Yield from when until when it is open without a break, beginning with the day before."""
    last: Span | None = None
    for number in range(day - 1, day + AHEAD):
        for start, end in spans_of(hours, number, calendar):
            begins, ends = number * DAY + start, number * DAY + end
            if last is not None and begins <= last[1]:
                last = last[0], max(last[1], ends)
                continue
            if last is not None:
                yield last
            last = begins, ends
    if last is not None:
        yield last
