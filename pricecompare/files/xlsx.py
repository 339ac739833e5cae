"""Lists written as workbooks: numbers as numbers, days as days, never a formula; the same rows are the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import orjson
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from pricecompare.calc.days import moment
from pricecompare.files.typed import Row, Sheet

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet has room for; what is beyond goes on in the next sheet."""

NAME = 25
"""Characters of a sheet's name, of at most 31, that leave room for a number."""

LONGEST = 32_767
"""Characters that a cell has room for (Excel specifications and limits)."""

FIRST_YEAR = 1900
"""Of the calendar that spreadsheets have."""

FORMS = {"money": "0.00", "ratio": "0.0000", "integer": "0", "moment": "yyyy-mm-dd hh:mm:ss", "day": "yyyy-mm-dd"}
WIDTHS = {"code": 26, "text": 22, "moment": 19}
ABOUT = {"zh": "说明", "en": "What this is"}

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zones, and this is no time at all


def write_xlsx(target: BinaryIO, sheet: Sheet, *, folder: Path, most_rows: int = MOST_ROWS) -> None:
    """Write a list as a workbook: the list under a header that stays and filters, and a second sheet of what it is.

    A list of over `most_rows` goes on in further sheets, each with its header; a text that is too long for a cell ends
    in "…". `folder` is where parts lie while it is made; memory does not grow with the rows.
    """
    with _book(target, folder) as book:
        forms = {kind: book.add_format({"num_format": form}) for kind, form in FORMS.items()}
        bold = book.add_format({"bold": True})
        first, about = book.add_worksheet(sheet.title[:NAME]), book.add_worksheet(ABOUT[sheet.lang])
        rows, number, page = iter(sheet.rows), 1, first
        while True:
            _write(page, sheet, islice(rows, most_rows), forms, bold)
            following = next(rows, None)
            if following is None:
                break
            rows, number = chain([following], rows), number + 1
            page = book.add_worksheet(f"{sheet.title[:NAME]} {number}")
        _describe(about, sheet, bold)


@contextmanager
def _book(target: BinaryIO, folder: Path) -> Iterator[xlsxwriter.Workbook]:
    """Give a workbook that bears no time, and of which nothing is left in `folder`."""
    with TemporaryDirectory(dir=folder) as parts:
        book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": parts})
        book.set_properties({"created": CREATED})
        book.use_zip64()
        try:
            yield book
            book.close()
        except FileCreateError as error:
            # The library wraps what the disk says.
            raise error.args[0] from error
        finally:
            for page in book.worksheets():
                page.row_data_fh.close()


def _write(page: Worksheet, sheet: Sheet, rows: Iterator[Row], forms: dict[str, Any], bold: Any) -> None:
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, WIDTHS.get(column.type, 12))
        page.write_string(0, place, column.header(sheet.lang), bold)
    number = 0
    kinds = [column.type for column in sheet.columns]
    for number, row in enumerate(rows, 1):
        for place, (kind, value) in enumerate(zip(kinds, row, strict=True)):
            if value is not None:
                _put(page, number, place, kind, value, forms)
    page.autofilter(0, 0, number, len(sheet.columns) - 1)


def _put(page: Worksheet, row: int, place: int, kind: str, value: Any, forms: dict[str, Any]) -> None:
    """Write one value as what it is; a text is always written as a text, whatever it begins with."""
    if kind in ("text", "code"):
        page.write_string(row, place, _fitting(value))
    elif kind == "truth":
        page.write_boolean(row, place, value)
    elif kind == "moment":
        _put_date(page, row, place, moment(value).replace(tzinfo=None), forms[kind])
    elif kind == "day":
        _put_date(page, row, place, date.fromisoformat(value), forms[kind])
    else:
        page.write_number(row, place, value / 100 if kind == "money" else value, forms[kind])


def _put_date(page: Worksheet, row: int, place: int, value: date, form: Any) -> None:
    """Write a day or moment as a date, or as a text where spreadsheets have none: before 1900."""
    if value.year < FIRST_YEAR:
        page.write_string(row, place, value.isoformat())
    else:
        page.write_datetime(row, place, value, form)


def _fitting(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _describe(page: Worksheet, sheet: Sheet, bold: Any) -> None:
    """Write what the list is: a name and a value on each line."""
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 90)
    for row, (name, value) in enumerate(sheet.about().items()):
        page.write_string(row, 0, name, bold)
        if isinstance(value, int) and not isinstance(value, bool):
            page.write_number(row, 1, value)
        else:
            page.write_string(row, 1, _fitting(value if isinstance(value, str) else orjson.dumps(value).decode()))
