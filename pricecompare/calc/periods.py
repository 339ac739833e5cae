"""Periods of an index: a month, a quarter, a year, or twelve months up to one of them."""

import re
from typing import NamedTuple

from pricecompare.errors import Invalid

KINDS = ("month", "quarter", "year", "rolling")

_FORMS = {
    "month": re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"([1-9][0-9]{3})-Q([1-4])"),
    "year": re.compile(r"([1-9][0-9]{3})"),
    "rolling": re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])/P12M"),
}
PATTERN = "|".join(f"^{form.pattern}$" for form in _FORMS.values())
"""How a period may be written."""

_LENGTHS = {"month": 1, "quarter": 3, "year": 12, "rolling": 12}
_STEPS = _LENGTHS | {"rolling": 1}
_SINCE, _UNTIL = 12 * 1000, 12 * 9999 + 11


class Period(NamedTuple):
    """A period as it is written, which of KINDS it is, and its months in order."""

    name: str
    kind: str
    months: tuple[str, ...]

    @property
    def year(self) -> int:
        """The year in which it ends: that of the settings in force for it."""
        return int(self.months[-1][:4])


def period(text: str) -> Period:
    """Return the period that a text names; Invalid ``bad_period``.

    ``2026-10`` is a month, ``2026-Q3`` a quarter, ``2026`` a year, ``2026-09/P12M`` the twelve months up to and with
    September 2026.

    >>> period("2026-Q3").months, period("2026-09/P12M").months[::11]
    (('2026-07', '2026-08', '2026-09'), ('2025-10', '2026-09'))
    """
    for kind, form in _FORMS.items():
        if match := form.fullmatch(text.strip()):
            year, part = int(match[1]), int(match[2]) if form.groups > 1 else 1
            last = {"quarter": 3 * part, "year": 12}.get(kind, part)
            return _ending(kind, 12 * year + last - 1, text)
    raise Invalid("bad_period", field="period", value=text)


def before(this: Period) -> Period | None:
    """Return the period of the same kind before this one, of a rolling one a month earlier; None before the year 1000.

    >>> before(period("2026-Q1")).name, before(period("2026-01/P12M")).name
    ('2025-Q4', '2025-12/P12M')
    """
    year, month = map(int, this.months[-1].split("-"))
    last = 12 * year + month - 1 - _STEPS[this.kind]
    return _ending(this.kind, last, this.name) if last >= _SINCE + _LENGTHS[this.kind] else None


def _ending(kind: str, last: int, text: str) -> Period:
    """Return the period of a kind whose last month has that number, counted from the year 0."""
    first = last - _LENGTHS[kind] + 1
    if first < _SINCE or last > _UNTIL:
        raise Invalid("bad_period", field="period", value=text)
    months = tuple(f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(first, last + 1))
    year, month = divmod(last, 12)
    names = {"month": months[-1], "quarter": f"{year:04d}-Q{month // 3 + 1}", "year": f"{year:04d}"}
    return Period(names.get(kind, f"{months[-1]}/P12M"), kind, months)
