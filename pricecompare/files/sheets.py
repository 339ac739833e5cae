"""Rows of a workbook (.xlsx, .xls, .ods): of its first visible sheet that has any."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, groupby, islice
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from pricecompare.errors import Unreadable
from pricecompare.files import office
from pricecompare.files.tables import Form, Limits, Row, Table, column_names, fitted, is_filled
from pricecompare.files.workbook import refuse_bombs
from pricecompare.files.zips import Directory
from pricecompare.schemas.layout import PLAIN, Layout

# A header stands this near to the top, below at most a few lines of title.
HEADER_WITHIN = 20
# Excel keeps fifteen digits: above, a whole number is no longer the one that was typed.
EXACT = 10**15


def table(file: BinaryIO, found: Directory | None, *, limits: Limits, layout: Layout = PLAIN) -> Table:
    """Return the table in the workbook `file`, whose ZIP directory is `found` (an .xls has none).

    A row's number is its row in the sheet. The header is the first row below the layout's title lines; without those,
    the first one with several filled cells (lines with a single one above it are a title), or the first row if none
    has several. Cells that show an error such as #DIV/0! are "", a time of day or a duration is text.
    """
    for rows in _sheets(file, found, limits):
        above, header, rows = _divided(rows, layout.title_lines)
        first = next(rows, None)
        if first is not None:
            columns = column_names(header, limits, layout)
            return Table(columns, _fitted(chain([first], rows), len(columns)), _form(layout, above))
    raise Unreadable("no_rows")


def _form(layout: Layout, titles: tuple[str, ...]) -> Form:
    """Return how rows of a workbook are written as CSV, so that the same layout reads them."""
    marked = not layout.encoding
    return Form("sheet", layout.encoding or "utf-8", marked, layout.separator or ",", layout.quotes, titles)


def _sheets(file: BinaryIO, found: Directory | None, limits: Limits) -> Iterator[Iterator[Row]]:
    """Return the rows of each visible sheet that are not blank, in workbook order."""
    if found:
        refuse_bombs(file, found, limits)
    file.seek(0)
    return _in_xlsx(file) if found and found.kind == "xlsx" else _in_others(file, limits, ods=found is not None)


def _in_others(file: BinaryIO, limits: Limits, *, ods: bool) -> Iterator[Iterator[Row]]:
    rows = office.rows(file, cells=limits.cells, memory=limits.office_bytes, written=limits.zip_bytes)
    try:
        for _, sheet in groupby(rows, key=lambda row: row[0]):
            yield ((number, tuple(map(_cell, cells))) for _, number, cells in sheet if any(map(is_filled, cells)))
    except OverflowError as error:
        raise Unreadable("sheet_too_large", limit=limits.cells) from error
    except MemoryError as error:
        raise Unreadable("zip_bomb") from error
    except ValueError as error:
        raise Unreadable("damaged_spreadsheet" if ods else "old_excel") from error


def _in_xlsx(file: BinaryIO) -> Iterator[Iterator[Row]]:
    try:
        with CalamineWorkbook.from_object(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                    loaded = workbook.get_sheet_by_name(sheet.name)
                    _refuse_nul(loaded)
                    yield _numbered(loaded)
    except CalamineError as error:
        raise Unreadable("damaged_spreadsheet") from error
    except BaseException as error:
        # What the reader did not foresee ends it in a way of its own, which is no Exception.
        if type(error).__name__ == "PanicException":
            raise Unreadable("damaged_spreadsheet") from error
        raise


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


def _divided(rows: Iterator[Row], titles: int | None) -> tuple[tuple[str, ...], tuple[Any, ...], Iterator[Row]]:
    """Return the title lines that a layout counts, the header and the rows below it."""
    top = list(islice(rows, HEADER_WITHIN if titles is None else max(HEADER_WITHIN, titles + 1)))
    if titles is None:
        at = next((at for at, (_, cells) in enumerate(top) if sum(map(is_filled, cells)) > 1), 0)
    else:
        at = next((at for at, (number, _) in enumerate(top) if number > titles), len(top))
    told = {number: " ".join(str(cell) for cell in cells if is_filled(cell)) for number, cells in top[:at]}
    above = tuple(told.get(number, "") for number in range(1, (titles or 0) + 1))
    return above, (top[at][1] if at < len(top) else ()), chain(top[at + 1 :], rows)


def _fitted(rows: Iterator[Row], width: int) -> Iterator[Row]:
    for number, cells in rows:
        yield number, fitted(cells, width)


def _refuse_nul(sheet: CalamineSheet) -> None:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(isinstance(cell, str) and "\0" in cell for cell in cells):
            raise Unreadable("bad_character", row=number)
