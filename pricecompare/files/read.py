"""Table files of people and programs, told apart by what is in them, never by their names.

Text (CSV, TSV), JSON (a list, or one object after the other) and workbooks (.xlsx, .xls, .ods), plain, in .gz or
in .zip.
"""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pricecompare.errors import Unreadable
from pricecompare.files import csv_rows, json_rows, sheets
from pricecompare.files.archive import of_gzip, of_zip
from pricecompare.files.shaping import shaped
from pricecompare.files.source import Source, file_source, spooled
from pricecompare.files.tables import LIMITS, Cell, Form, Limits, Row, Table
from pricecompare.files.zips import directory
from pricecompare.schemas.layout import PLAIN, Layout

__all__ = ["LIMITS", "Cell", "Form", "Limits", "Row", "Table", "table"]

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
# Also what an encrypted .xlsx starts with.
OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1")
BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"Rar!\x1a", b"7z\xbc\xaf", b"\xfd7zXZ")


def table(
    path: Path | str, *, encoding: str | None = None, limits: Limits = LIMITS, layout: Layout | None = None
) -> Table:
    """Return the columns of a table file and, while iterating, its rows as (row number, cells).

    The row number is what a person sees: the line where a CSV record starts (the header's is usually 1), the row of a
    sheet, the position (from 1) in a JSON list, the line of a JSON object. Cells are text in CSV; str, int, float,
    bool, date, datetime or "" in sheets; what was written, and "" for an absent name, in JSON. See Table for short,
    long and blank rows.

    Text is UTF-8, UTF-16 with a byte order mark, or GB18030, unless `encoding` or the layout says otherwise. Columns
    that the layout drops are neither in `columns` nor in any row. A file that cannot be trusted as a whole is
    Unreadable before any row is given; no file is left behind.
    """
    source = file_source(Path(path), limits)
    return shaped(_table(source, encoding, limits, layout or PLAIN, packed=False), layout or PLAIN)


def _table(source: Source, encoding: str | None, limits: Limits, layout: Layout, *, packed: bool) -> Table:
    start = source.start
    if not start:
        raise Unreadable("empty_file")
    if start.startswith(GZIP):
        if packed:
            raise Unreadable("nested_archive")
        return _table(of_gzip(source, limits), encoding, limits, layout, packed=True)
    if start.startswith((*ZIP, OLD_EXCEL)):
        return _of_office(source, encoding, limits, layout, packed=packed)
    if start.startswith(BINARY):
        raise Unreadable("not_text")
    first = _first_character(start, encoding or layout.encoding)
    if first == "<":
        raise Unreadable("html_file")
    rows = json_rows if first in ("[", "{") else csv_rows
    return rows.table(source, encoding=encoding, limits=limits, layout=layout)


def _of_office(source: Source, encoding: str | None, limits: Limits, layout: Layout, *, packed: bool) -> Table:
    """Return the table in a workbook, or in the one file of a ZIP archive."""
    with _movable(source, limits, packed=packed) as file:
        found = directory(file) if source.start.startswith(ZIP) else None
        if not found or found.kind:
            return sheets.table(file, found, limits=limits, layout=layout)
    if packed:
        raise Unreadable("nested_archive")
    return _table(of_zip(source, found, limits), encoding, limits, layout, packed=True)


@contextmanager
def _movable(source: Source, limits: Limits, *, packed: bool) -> Iterator[BinaryIO]:
    with spooled(source, limits) if packed else source.opened() as file:
        yield file


def _first_character(start: bytes, encoding: str) -> str:
    """Return the first character that is not blank, "" if there is none; it is ASCII if it matters."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "replace").lstrip()[:1]
    if encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return start.decode(encoding, "replace").lstrip("\ufeff \t\r\n")[:1]
    return start.removeprefix(codecs.BOM_UTF8).lstrip()[:1].decode("latin-1")
