"""Table files of people and programs (CSV, XLSX, JSON), told apart by what is in them, never by their names."""

import codecs
from pathlib import Path

from pricecompare.errors import Unreadable
from pricecompare.files import csv_rows, json_rows, sheets
from pricecompare.files.tables import LIMITS, Cell, Limits, Row, Table

__all__ = ["LIMITS", "Cell", "Limits", "Row", "Table", "table"]

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Also what an encrypted .xlsx starts with.
OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1")
BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"Rar!\x1a", b"7z\xbc\xaf", b"\x1f\x8b")


def table(path: Path | str, *, encoding: str | None = None, limits: Limits = LIMITS) -> Table:
    """Return the columns of a table file and, while iterating, its rows as (row number, cells).

    The row number is what a person sees: the line where a CSV record starts (the header's is usually 1), the row of an
    XLSX sheet, the position (from 1) in a JSON list. Cells are text in CSV; str, int, float, bool, date, datetime or ""
    in XLSX; what was written, and "" for an absent name, in JSON. See Table for short, long and blank rows.

    CSV and JSON are UTF-8, UTF-16 with a byte order mark, or GB18030, unless `encoding` says otherwise. A file that
    cannot be trusted as a whole is Unreadable before any row is given.
    """
    path = Path(path)
    start = _start(path, limits)
    if start.startswith(ZIP):
        return sheets.table(path, limits=limits)
    if start.startswith(OLD_EXCEL):
        raise Unreadable("old_excel")
    if start.startswith(BINARY):
        raise Unreadable("not_text")
    first = _first_character(start, encoding)
    if first == "<":
        raise Unreadable("html_file")
    rows = json_rows if first in ("[", "{") else csv_rows
    return rows.table(path, encoding=encoding, limits=limits)


def _start(path: Path, limits: Limits) -> bytes:
    if not path.exists():
        raise Unreadable("no_such_file", value=path.name)
    if not path.is_file():
        raise Unreadable("not_a_file", value=path.name)
    size = path.stat().st_size
    if not size:
        raise Unreadable("empty_file")
    if size > limits.file_bytes:
        raise Unreadable("file_too_large", found=size >> 20, limit=limits.file_bytes >> 20)
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError as error:
        raise Unreadable("not_a_file", value=path.name) from error


def _first_character(start: bytes, encoding: str | None) -> str:
    """Return the first character that is not blank, "" if there is none; it is ASCII if it matters."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return start.decode("utf-16", "replace").lstrip()[:1]
    if encoding and encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return start.decode(encoding, "replace").lstrip("\ufeff \t\r\n")[:1]
    return start.removeprefix(codecs.BOM_UTF8).lstrip()[:1].decode("latin-1")
