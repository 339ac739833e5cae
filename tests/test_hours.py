"""Opening hours: what is read, what is refused, and every minute of it against a plain model."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricecompare.calc.days import number_of
from pricecompare.calc.doors import Door, state
from pricecompare.calc.hours import DAY, DAYS, MONTHS, exceptions, hours, spans_of, week, written
from pricecompare.calc.hours_in_chinese import hours_text
from pricecompare.errors import Invalid

SPELT = {
    "Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00; PH off": "Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00; PH off",
    "24/7": "24/7",
    "00:00-24:00": "24/7",
    "Mo-Su 00:00-24:00": "24/7",
    "20:00-02:00": "20:00-02:00",
    "20:00-26:00": "20:00-02:00",
    "08:00-08:00": "08:00-08:00",
    "off": "off",
    "closed": "off",
    "open": "24/7",
    "PH 09:00-18:00": "PH 09:00-18:00",
    "mo-fr 8:30 – 12:00 , 14:00-18:00": "Mo-Fr 08:30-12:00,14:00-18:00",
    "14:00-18:00,08:00-14:00": "08:00-18:00",
    "Fr-Mo 09:00-18:00;": "Mo,Fr-Su 09:00-18:00",
    "08:00-20:00; Dec 31 off": "08:00-20:00; Dec 31 off",
    "2026 Oct 01-07 09:00-17:00": "2026 Oct 01-07 09:00-17:00",
    "2026 Dec 30-2027 Jan 03 off": "2026 Dec 30-2027 Jan 03 off",
    "2026 Dec 30-Jan 03 off": "2026 Dec 30-2027 Jan 03 off",
    "Dec 24-Jan 02: 10:00-16:00": "Dec 24-Jan 02 10:00-16:00",
    "Jan-Feb Mo 09:00-10:00": "Jan 01-Feb 29 Mo 09:00-10:00",
    "Dec 31,Jan 01 off": "Dec 31,Jan 01 off",
    "Sa,PH 10:00-12:00": "Sa,PH 10:00-12:00",
    "周一至周五 8:30-21:00": "Mo-Fr 08:30-21:00",
    "周一至周五8：30—21：00；周六、日9:00-20:00": "Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00",
    "08:00-22:00": "08:00-22:00",
    "24小时": "24/7",
    "全天": "24/7",
    "周一~周日 全天24小时营业": "24/7",
    "星期一到星期日 8:00－21:30": "08:00-21:30",
    "营业时间：8:30-21:00（节假日不休）": "08:30-21:00",
    "早上8点到晚上9点半": "08:00-21:30",
    "上午8:00-12:00，下午2:00-6:00": "08:00-12:00,14:00-18:00",
    "晚上8点至次日凌晨2点": "20:00-02:00",
    "晚8:00-2:00": "20:00-02:00",
    "工作日8:30-18:00 周末休息": "Mo-Fr 08:30-18:00; Sa,Su off",
    "周一三五9:00-17:00，法定节假日休息": "Mo,We,Fr 09:00-17:00; PH off",
    " ": "",
}
REFUSED = [
    "Mo-Fr", "Mo[1] 08:00-09:00", "sunrise-sunset", "08:00+", "PH-Mo off", "SH off", "25:00-26:00", "08:60-09:00",
    "08:00-36:00", "Feb 30 off", "Oct 07-01 off", "Oct 01-2026 Oct 03 off", "Mo 12:00-13:00 off", "随缘",
    "周一至周五", "8:00-20:00, \"预约\"", "a" * 201, "; ;", "Mo-Fr 08:00-12:00 || off", "week 1-5 off",
]  # fmt: skip


@pytest.mark.parametrize(("given", "spelt"), SPELT.items(), ids=SPELT)
def test_hours_are_brought_to_one_spelling(given, spelt):
    assert hours_text(given) == spelt
    assert hours_text(spelt) == spelt


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(Invalid) as refused:
        hours_text(text)
    assert refused.value.code == "bad_hours"


def test_the_weekly_table_says_what_holds_on_usual_days():
    these = hours("Mo-Fr 08:30-12:00,14:00-21:00; Sa 20:00-02:00; PH off; 2026 Oct 01-07 09:00-17:00")
    both = ["08:30-12:00", "14:00-21:00"]
    assert week(these) == dict.fromkeys(DAYS[:5], both) | {"Sa": ["20:00-02:00"], "Su": [], "PH": []}
    assert week(hours("24/7"))["PH"] is None
    assert exceptions(these) == ["2026 Oct 01-07 09:00-17:00"]


DAYS_SHOWN = {
    # 2026-10-01 is a Thursday and a holiday, Saturday the 10th a workday, Sunday the 4th just a Sunday here.
    "2026-09-30": ((510, 1260),),
    "2026-10-01": (),
    "2026-10-04": ((540, 1200),),
    "2026-10-10": ((510, 1260),),
    "2026-10-17": ((540, 1200),),
    "2026-12-31": ((600, 720),),
}


@pytest.mark.parametrize(("day", "spans"), DAYS_SHOWN.items(), ids=DAYS_SHOWN)
def test_holidays_workdays_and_dates_override_the_week(day, spans):
    these = hours("Mo-Fr 08:30-21:00; Sa,Su 09:00-20:00; PH off; Dec 31 10:00-12:00")
    calendar = {number_of(date(2026, 10, 1)): "holiday", number_of(date(2026, 10, 10)): "workday"}
    assert spans_of(these, number_of(date.fromisoformat(day)), calendar) == spans


def test_a_working_saturday_is_a_friday_and_a_working_sunday_a_monday():
    these, saturday = hours("Mo 01:00-02:00; Fr 05:00-06:00"), number_of(date(2026, 10, 10))
    assert spans_of(these, saturday, {saturday: "workday"}) == ((300, 360),)
    assert spans_of(these, saturday + 1, {saturday + 1: "workday"}) == ((60, 120),)
    assert spans_of(these, saturday + 3, {saturday + 3: "workday"}) == ()


FIRST = number_of(date(2026, 12, 28))
_clock = st.integers(0, 23 * 2 + 1).map(lambda half: f"{half // 2:02d}:{half % 2 * 30:02d}")
_span = st.tuples(_clock, _clock).map("-".join)
_times = st.one_of(st.just("off"), st.just("24/7"), st.lists(_span, min_size=1, max_size=2).map(",".join))
_days = st.one_of(
    st.just(""),
    st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(",".join),
    st.tuples(st.sampled_from(DAYS[:7]), st.sampled_from(DAYS[:7])).map("-".join),
)
_date = st.tuples(st.sampled_from(("Dec", "Jan")), st.integers(1, 31)).map(lambda at: f"{at[0]} {at[1]:02d}")
_dates = st.one_of(st.just(""), st.just(""), _date, st.tuples(_date, _date).map("-".join), st.just("2027 Jan"))
_rule = st.tuples(_dates, _days, _times).map(lambda parts: " ".join(filter(None, parts)))
_hours = st.lists(_rule, min_size=1, max_size=4).map("; ".join)
_calendar = st.dictionaries(st.integers(FIRST - 1, FIRST + 9), st.sampled_from(("holiday", "workday")), max_size=4)
_maybe = st.one_of(st.none(), st.integers(FIRST - 2, FIRST + 8))


@settings(max_examples=150, deadline=None)
@given(_hours)
def test_spelling_keeps_the_meaning(text):
    assert hours(written(hours(text))) == hours(text)


@settings(max_examples=150, deadline=None)
@given(_hours, _calendar, st.integers(0, 5 * DAY))
def test_open_at_every_minute_as_the_plain_model_says(text, calendar, at):
    minute = FIRST * DAY + at
    assert state(Door(hours(text)), minute, calendar).open == _is_open(text, minute, calendar)


@settings(max_examples=60, deadline=None)
@given(_hours, _calendar, st.integers(0, 2 * DAY), _maybe, _maybe, _maybe)
def test_the_next_change_is_the_next_minute_at_which_the_plain_model_changes(text, calendar, at, gone, first, last):
    door, minute = Door(hours(text), gone, first, last), FIRST * DAY + at
    opened = [_lets_in(door, text, one, calendar) for one in range(minute, minute + 4 * DAY)]
    found = state(door, minute, calendar)
    assert found.open == opened[0]
    change = next((minute + ahead for ahead, now in enumerate(opened) if now != opened[0]), None)
    told = found.closes if found.open else found.opens
    # Closed for good is written down when it has happened: nothing is foretold of it.
    if gone is None or gone * DAY <= minute:
        assert told == change or (change is None and (told is None or told >= minute + 4 * DAY))
    assert minute < found.until <= (minute // DAY + 1) * DAY


@settings(max_examples=60, deadline=None)
@given(_hours, _calendar, st.integers(0, 2 * DAY), _maybe, _maybe)
def test_a_state_holds_until_it_says(text, calendar, at, first, last):
    door, minute = Door(hours(text), None, first, last), FIRST * DAY + at
    found = state(door, minute, calendar)
    for later in {minute + 1, (minute + found.until) // 2, found.until - 1}:
        if later < found.until:
            assert state(door, later, calendar)[:3] == found[:3]


def _lets_in(door, text, minute, calendar):
    """Say slowly whether a shop is open at a minute, closures counted."""
    day = minute // DAY
    gone = door.gone_on is not None and day >= door.gone_on
    shut = door.shut_from is not None and door.shut_from <= day and (door.shut_until is None or day <= door.shut_until)
    return not gone and not shut and _is_open(text, minute, calendar)


def _is_open(text, minute, calendar):
    """Say slowly whether hours hold at a minute: today's, or what yesterday's leave after midnight."""
    return any(
        start <= minute - day * DAY < end
        for day in (minute // DAY - 1, minute // DAY)
        for start, end in _plain_spans(text, day, calendar)
    )


def _plain_spans(text, day, calendar):
    """Read the last rule that speaks of a day, from its text."""
    found = []
    for rule in text.split("; "):
        *names, times = rule.split(" ")
        if _speaks(names, day, calendar):
            spans = {"off": [], "24/7": ["00:00-24:00"]}.get(times, times.split(","))
            found = [_minutes(span) for span in spans]
    return found


def _minutes(span):
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
    return start, end if end > start else end + DAY


def _speaks(names, day, calendar):
    at = date.fromordinal(date(1970, 1, 1).toordinal() + day)
    weekday = {5: 4, 6: 0}.get(at.weekday(), at.weekday()) if calendar.get(day) == "workday" else at.weekday()
    words = names[-1:] if names and names[-1][:2] in DAYS else []
    dates = " ".join(names[: len(names) - len(words)])
    if words and "-" in words[0]:
        first, last = (DAYS.index(one) for one in words[0].split("-"))
        on = weekday in {one % 7 for one in range(first, last + 1 + (7 if last < first else 0))}
    else:
        on = not words or any(
            one == DAYS[weekday] or (one == "PH" and calendar.get(day) == "holiday") for one in words[0].split(",")
        )
    if dates == "2027 Jan":
        return on and (at.year, at.month) == (2027, 1)
    ends = [(MONTHS.index(one[:3]) + 1, int(one[4:])) for one in dates.split("-")] if dates else [(1, 1), (12, 31)]
    first, last, here = ends[0], ends[-1], (at.month, at.day)
    return on and (first <= here <= last if first <= last else here >= first or here <= last)
