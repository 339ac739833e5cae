"""Days and times as files have them: what ISO 8601, spreadsheets and people write is read, a guess is refused."""

import pytest

from pricecompare.calc import days
from pricecompare.errors import Invalid


@pytest.mark.parametrize(
    "written",
    ["2026-10-28 09:05", "2026/10/28 9:05", "2026年10月28日 9:05", "2026.10.28 09:05:00", "2026/10/28 01:05Z"],
)
def test_times_are_read_as_spreadsheets_and_people_write_them(written):
    assert days.instant(written) == days.instant("2026-10-28T09:05:00+08:00")


@pytest.mark.parametrize(
    "written", ["28/10/2026", "2026年10月", "2026-10-28 9", "2026/10/28 24:01", "26/10/28", "46323"]
)
def test_what_could_be_another_day_is_no_date(written):
    with pytest.raises(Invalid) as caught:
        days.instant(written)
    assert caught.value.code == "bad_date"
