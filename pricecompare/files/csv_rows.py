"""Rows of CSV text: separator from the header, quotation marks checked over the whole file, then streamed."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pricecompare.errors import Unreadable
from pricecompare.files.tables import Limits, Row, Table, column_names, fitted, is_filled
from pricecompare.files.text import Text, text

SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Header:
    """The first record that is not blank, how its cells are separated, and the line it ends in."""

    cells: tuple[str, ...]
    separator: str
    last_line: int


def table(path: Path, *, encoding: str | None, limits: Limits) -> Table:
    """Return the table in the CSV file `path`; a row's number is the line its record starts in, 1 being the first.

    Everything that makes the whole file Unreadable is found before a row is given. A stray quotation mark inside one
    line only spoils its row (Excel reads it the same way); one that would join lines is `unclosed_quote`.
    """
    longest = min(limits.record, csv.field_size_limit())
    source = text(path, encoding=encoding, longest_line=longest)
    header = _header(source, longest)
    if source.quoted:
        _refuse_unclosed_quotes(source, header.separator, longest)
    columns = column_names(header.cells, limits)
    rows = _rows(source, header)
    first = next(rows, None)
    if first is None:
        raise Unreadable("no_rows")
    return Table(columns, chain([first], rows))


def _header(source: Text, longest: int) -> Header:
    with source.opened() as file:
        start = file.read(longest)
    headers = [header for separator in SEPARATORS if (header := _first_record(start, separator))]
    if not headers:
        raise Unreadable("no_rows")
    return max(headers, key=lambda header: len(header.cells))


def _first_record(start: str, separator: str) -> Header | None:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
    for cells in reader:
        if any(map(is_filled, cells)):
            return Header(tuple(cells), separator, reader.line_num)
    return None


def _refuse_unclosed_quotes(source: Text, separator: str, longest: int) -> None:
    """Raise Unreadable when a quotation mark is not closed in its own record.

    The csv module itself would join every line up to the next quotation mark into one cell, and lose those rows.
    """
    record: list[str] = []
    with source.opened() as file:
        reader = csv.reader(_kept(file, record, longest), delimiter=separator)
        for _ in reader:
            if len(record) > 1:
                _refuse_ill_quoted(record, separator, line=reader.line_num - len(record) + 1)
            record.clear()


def _kept(lines: Iterable[str], record: list[str], longest: int) -> Iterator[str]:
    """Give `lines` and keep them in `record`, which the reader of records empties; then give one closing line.

    An open quotation mark at the end of the file swallows the closing line, which is how it is noticed.
    """
    size = 0
    for number, line in enumerate(chain(lines, ["end"]), 1):
        size = size + len(line) if record else len(line)
        if size > longest:
            raise Unreadable("unclosed_quote", line=number - len(record))
        record.append(line)
        yield line


def _refuse_ill_quoted(record: list[str], separator: str, *, line: int) -> None:
    try:
        deque(csv.reader(record, delimiter=separator, strict=True), maxlen=0)
    except csv.Error as error:
        raise Unreadable("unclosed_quote", line=line) from error


def _rows(source: Text, header: Header) -> Iterator[Row]:
    width = len(header.cells)
    with source.opened() as file:
        deque(islice(file, header.last_line), maxlen=0)
        reader = csv.reader(file, delimiter=header.separator)
        for row in _numbered(reader, header.last_line + 1, quoted=source.quoted):
            cells = row[1]
            # Nearly every row is full and starts with text: this path is all it costs.
            if len(cells) == width and cells[0].strip():
                yield row
            elif any(map(is_filled, cells)):
                yield row[0], fitted(cells, width)


def _numbered(reader: Any, first: int, *, quoted: bool) -> Iterator[Row]:
    """Return records with the line each starts in: without quotation marks a record is a line."""
    return _starting_lines(reader, first) if quoted else enumerate(map(tuple, reader), first)


def _starting_lines(reader: Any, first: int) -> Iterator[Row]:
    start = first
    for cells in reader:
        yield start, tuple(cells)
        start = first + reader.line_num
