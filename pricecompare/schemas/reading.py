"""How a layout's values are read: its words, its decimal sign and scale, its dates and its time zone."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pricecompare.calc import days, money
from pricecompare.errors import Invalid
from pricecompare.schemas.layout import CHINA, EXCEL, Layout, word
from pricecompare.schemas.values import Read

Reader = Callable[[Any], Any]

TIMES = " × "
"""Stands between two factors; see `Layout.multiply`."""

NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
OFFSET = re.compile(r":.*([+-]\d\d:?\d\d|Z)$")
MONTH = re.compile(r"\d{4}-\d\d")
# Spreadsheets count days from here, as if 1900 had been a leap year.
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - the zone is the layout's
LAST_DAY = 2_958_465
MOST_FEN = 100_000_000_000


def reader(field: Read, layout: Layout, name: str) -> Reader:
    """Return how `layout` reads the field `name`: `field.read` itself where the layout says nothing about it."""
    if name in layout.fixed:
        return field.read
    usual = _usual(field, layout, name)
    return _worded(field.read, layout.values[name], usual) if name in layout.values else usual


def _usual(field: Read, layout: Layout, name: str) -> Reader:
    if name in layout.multiply:
        return _product(layout)
    if field.means == "money" and (layout.decimal != "." or layout.scale != 1):
        return _number(field.read, layout.decimal, layout.scale)
    if field.means == "number" and layout.decimal != ".":
        return _number(field.read, layout.decimal, Decimal(1))
    if field.means in ("moment", "month") and (layout.dates or layout.zone != CHINA):
        return _dated(layout, month=field.means == "month")
    return field.read


def _worded(read: Reader, words: Mapping[str, str], usual: Reader) -> Reader:
    """Return a reader of the sender's words as ours; what is none of them is read as usual."""

    def read_word(cell: Any) -> Any:
        ours = words.get(word(cell))
        return usual(cell) if ours is None else read(ours)

    return read_word


def _number(read: Reader, sign: str, scale: Decimal) -> Reader:
    """Return a reader of numbers with the decimal sign `sign`, times `scale`; what is no number goes on as it is."""

    def read_number(cell: Any) -> Any:
        exact = decimal(cell, sign)
        if exact is not None:
            return read(exact * scale if scale != 1 else str(exact))
        if sign != "." and "." in str(cell):
            # The point could stand between thousands: that must not pass for a price.
            raise Invalid("bad_number", value=str(cell))
        return read(cell)

    return read_number


def decimal(cell: Any, sign: str = ".") -> Decimal | None:
    """Return the exact number in a cell, written with the decimal sign `sign`; None when it is none.

    >>> decimal("12,50", ","), decimal(12.1), decimal("12.50", ",") is None, decimal(True) is None
    (Decimal('12.50'), Decimal('12.1'), True, True)
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        number = Decimal(str(cell))
        return number if number.is_finite() else None
    plain = money.figures(str(cell))
    found = NUMBER.fullmatch(plain)
    if not found or (found[1] and found[1][0] != sign):
        return None
    return Decimal(plain.replace(sign, "."))


def _product(layout: Layout) -> Reader:
    """Return a reader of two factors, the price of one and how many, as whole fen, rounded once and HALF_UP."""

    def read_product(cell: Any) -> int:
        price, _, count = str(cell).partition(TIMES)
        factors = [decimal(factor, layout.decimal) for factor in (price, count)]
        # Only to refuse what is no price and no quantity: both are rounded, the product must not be made of that.
        money.amount_fen(price if factors[0] is None else factors[0])
        money.quantity(count if factors[1] is None else factors[1])
        assert factors[0] is not None and factors[1] is not None
        fen = int((factors[0] * factors[1] * layout.scale * 100).to_integral_value(ROUND_HALF_UP))
        if abs(fen) > MOST_FEN:
            raise Invalid("amount_too_high", value=str(cell), limit=f"{MOST_FEN // 100:,}")
        return fen

    return read_product


def _dated(layout: Layout, *, month: bool) -> Reader:
    """Return a reader of moments, or of months, in the layout's formats or ISO, in its zone where none is written."""
    zone = ZoneInfo(layout.zone)
    formats = [one for one in layout.dates if one != EXCEL]
    counted = EXCEL in layout.dates

    def read_date(cell: Any) -> Any:
        try:
            moment = cell if isinstance(cell, datetime) else _written(str(cell).strip(), formats, counted=counted)
            moment = moment or _iso(cell)
            local = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
            return local.isoformat()[:7] if month else days.second(local)
        except (Invalid, ValueError, OverflowError):
            raise Invalid("bad_month" if month else "bad_date", value=str(cell)) from None

    return read_date


def _written(text: str, formats: list[str], *, counted: bool) -> datetime | None:
    """Return the moment that `text` is in one of the formats, or as a spreadsheet's number; None when in none."""
    for one in formats:
        try:
            return datetime.strptime(text, one)  # noqa: DTZ007 - the zone is the layout's
        except ValueError:
            continue
    number = decimal(text) if counted else None
    return FIRST_DAY + timedelta(days=float(number)) if number is not None and 1 <= number <= LAST_DAY else None


def _iso(cell: Any) -> datetime:
    """Return the moment an ISO month, date or time names, without a zone unless one is written."""
    text = cell.isoformat() if isinstance(cell, date) else str(cell).strip()
    moment = days.moment(days.instant(f"{text}-01" if MONTH.fullmatch(text) else text))
    return moment if OFFSET.search(text) else moment.replace(tzinfo=None)
