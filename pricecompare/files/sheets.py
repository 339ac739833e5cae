"""Rows of an XLSX workbook: of its first visible sheet that has any."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pricecompare.errors import Unreadable
from pricecompare.files.archive import refuse_bombs
from pricecompare.files.tables import Limits, Row, Table, column_names, fitted, is_filled

# A header stands this near to the top, below at most a few lines of title.
HEADER_WITHIN = 20
# Excel keeps fifteen digits: above, a whole number is no longer the one that was typed.
EXACT = 10**15


def table(path: Path, *, limits: Limits) -> Table:
    """Return the table in the XLSX file `path`; a row's number is its row in the sheet.

    The header is the first row with several filled cells (lines with a single one above it are a title), or the first
    row if none has several. Cells that show an error such as #DIV/0! are "", a time of day or a duration is text.
    """
    refuse_bombs(path, limits)
    for sheet in _sheets(path):
        header, rows = _divided(_numbered(sheet))
        first = next(rows, None)
        if first is not None:
            _refuse_nul(sheet)
            columns = column_names(header, limits)
            return Table(columns, _fitted(chain([first], rows), len(columns)))
    raise Unreadable("no_rows")


def _sheets(path: Path) -> Iterator[CalamineSheet]:
    """Return the visible sheets in workbook order, each loaded when it is asked for."""
    try:
        with path.open("rb") as file, CalamineWorkbook.from_object(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                    yield workbook.get_sheet_by_name(sheet.name)
    except CalamineError as error:
        raise Unreadable("damaged_spreadsheet") from error


def _numbered(sheet: CalamineSheet) -> Iterator[Row]:
    """Return the rows that are not blank with their numbers in the sheet."""
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(map(is_filled, cells)):
            yield number, tuple(map(_cell, cells))


def _cell(value: Any) -> Any:
    """Return a cell as a table gives it.

    >>> _cell(12.0), _cell(12.5), _cell(1e20), _cell(True), _cell("12.0")
    (12, 12.5, 1e+20, True, '12.0')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value if isinstance(value, str | float | int | date) else str(value)


def _divided(rows: Iterator[Row]) -> tuple[tuple[Any, ...], Iterator[Row]]:
    """Return the header and the rows below it; what stands above is dropped."""
    top = list(islice(rows, HEADER_WITHIN))
    several = (at for at, (_, cells) in enumerate(top) if sum(map(is_filled, cells)) > 1)
    at = next(several, 0)
    return (top[at][1] if top else ()), chain(top[at + 1 :], rows)


def _fitted(rows: Iterator[Row], width: int) -> Iterator[Row]:
    for number, cells in rows:
        yield number, fitted(cells, width)


def _refuse_nul(sheet: CalamineSheet) -> None:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(isinstance(cell, str) and "\0" in cell for cell in cells):
            raise Unreadable("bad_character", row=number)
