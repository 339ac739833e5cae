"""Periods: how they are written, which months they have, and which one came before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricecompare.calc.periods import before, period
from pricecompare.errors import Invalid

YEARS, MONTHS = st.integers(1001, 9999), st.integers(1, 12)
WRITTEN = st.one_of(
    st.builds("{:04d}-{:02d}".format, YEARS, MONTHS),
    st.builds("{:04d}-Q{}".format, YEARS, st.integers(1, 4)),
    st.builds("{:04d}".format, YEARS),
    st.builds("{:04d}-{:02d}/P12M".format, YEARS, MONTHS),
)


@pytest.mark.parametrize(
    ("text", "kind", "first", "last", "earlier"),
    [
        ("2026-10", "month", "2026-10", "2026-10", "2026-09"),
        ("2026-01", "month", "2026-01", "2026-01", "2025-12"),
        ("2026-Q1", "quarter", "2026-01", "2026-03", "2025-Q4"),
        ("2026", "year", "2026-01", "2026-12", "2025"),
        ("2026-09/P12M", "rolling", "2025-10", "2026-09", "2026-08/P12M"),
        ("2026-12/P12M", "rolling", "2026-01", "2026-12", "2026-11/P12M"),
    ],
)
def test_a_period_has_its_months(text, kind, first, last, earlier):
    found = period(text)
    assert (found.name, found.kind, found.months[0], found.months[-1]) == (text, kind, first, last)
    assert before(found).name == earlier


@pytest.mark.parametrize("text", ["", "2026-13", "2026-Q0", "2026-Q5", "2026-9", "2026/10", "2026-9/P12M", "０２０２"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Invalid) as refused:
        period(text)
    assert (refused.value.code, refused.value.field) == ("bad_period", "period")


@given(WRITTEN)
def test_months_follow_each_other_and_the_period_before_ends_earlier(text):
    found = period(text)
    numbers = [12 * int(month[:4]) + int(month[5:]) for month in found.months]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert len(numbers) == {"month": 1, "quarter": 3, "year": 12, "rolling": 12}[found.kind]
    assert period(found.name) == found
    earlier = before(found)
    if earlier is not None:
        assert (earlier.kind, len(earlier.months)) == (found.kind, len(found.months))
        step = {"month": 1, "quarter": 3, "year": 12, "rolling": 1}[found.kind]
        assert 12 * int(earlier.months[-1][:4]) + int(earlier.months[-1][5:]) == numbers[-1] - step
