"""Rows of CSV text: separator from the header, quotation marks checked over the whole file, then streamed."""

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any

from pricecompare.errors import Unreadable
from pricecompare.files.source import Source
from pricecompare.files.tables import Block, Form, Limits, Row, Table, block, column_names, fitted, is_filled
from pricecompare.files.text import Text, text
from pricecompare.schemas.layout import PLAIN, Layout

SEPARATORS = (",", ";", "\t", "|")

PIECE = 50_000
"""Characters of a file that are read together."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first record that is not blank, how its cells are separated, and the line it ends in."""

    cells: tuple[str, ...]
    separator: str
    last_line: int


def table(source: Source, *, encoding: str | None, limits: Limits, layout: Layout = PLAIN) -> Table:
    """Return the table in the CSV file `source`; a row's number is the line its record starts in, 1 being the first.

    Everything that makes the whole file Unreadable is found before a row is given. A stray quotation mark inside one
    line only spoils its row (Excel reads it the same way); one that would join lines is `unclosed_quote`. Where the
    layout drops columns, a row with too few or too many cells is given as (): nobody can say which are which.
    """
    longest = min(limits.record, csv.field_size_limit())
    found = text(source, encoding=encoding or layout.encoding or None, longest_line=longest)
    titles, header = _header(found, longest, layout)
    quoted = found.quoted and layout.quotes
    if quoted:
        _refuse_unclosed_quotes(found, header.separator, longest, len(titles))
    columns = column_names(header.cells, limits, layout)
    rows = _rows(found, header, quoted=quoted, whole=any(map(layout.drops, columns)))
    first = next(rows, None)
    if first is None:
        raise Unreadable("no_rows")
    form = Form("csv", found.encoding, found.marked, header.separator, layout.quotes, titles)
    return Table(columns, chain([first], rows), form, None if quoted else partial(_blocks, found, header))


def _header(source: Text, longest: int, layout: Layout) -> tuple[tuple[str, ...], Header]:
    with source.opened() as file:
        titles = tuple(file.readline().rstrip("\r\n") for _ in range(layout.title_lines or 0))
        start = file.read(longest)
    separators = (layout.separator,) if layout.separator else SEPARATORS
    headers = [found for separator in separators if (found := _first_record(start, separator, quoted=layout.quotes))]
    if not headers:
        raise Unreadable("no_rows")
    header = max(headers, key=lambda header: len(header.cells))
    return titles, Header(header.cells, header.separator, header.last_line + len(titles))


def _first_record(start: str, separator: str, *, quoted: bool) -> Header | None:
    reader = _reader(io.StringIO(start, newline=""), separator, quoted=quoted)
    for cells in reader:
        if any(map(is_filled, cells)):
            return Header(tuple(cells), separator, reader.line_num)
    return None


def _reader(lines: Iterable[str], separator: str, *, quoted: bool) -> Any:
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)


def _refuse_unclosed_quotes(source: Text, separator: str, longest: int, above: int) -> None:
    """Raise Unreadable when a quotation mark below the first `above` lines is not closed in its own record.

    The csv module itself would join every line up to the next quotation mark into one cell, and lose those rows.
    """
    record: list[str] = []
    with source.opened() as file:
        deque(islice(file, above), maxlen=0)
        reader = csv.reader(_kept(file, record, longest, above), delimiter=separator)
        for _ in reader:
            if len(record) > 1:
                _refuse_ill_quoted(record, separator, line=above + reader.line_num - len(record) + 1)
            record.clear()


def _kept(lines: Iterable[str], record: list[str], longest: int, above: int) -> Iterator[str]:
    """Give `lines` and keep them in `record`, which the reader of records empties; then give one closing line.

    An open quotation mark at the end of the file swallows the closing line, which is how it is noticed.
    """
    size = 0
    for number, line in enumerate(chain(lines, ["end"]), above + 1):
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


def _rows(source: Text, header: Header, *, quoted: bool, whole: bool) -> Iterator[Row]:
    with source.opened() as file:
        deque(islice(file, header.last_line), maxlen=0)
        # Without any quotation mark in the file both ways of reading agree.
        reader = _reader(file, header.separator, quoted=quoted or not source.quoted)
        yield from _filled(_numbered(reader, header.last_line + 1, quoted=quoted), len(header.cells), whole=whole)


def _filled(rows: Iterable[Row], width: int, *, whole: bool) -> Iterator[Row]:
    """Yield the rows that are not blank, as long as the header."""
    for row in rows:
        cells = row[1]
        # Nearly every row is full and starts with text: this path is all it costs.
        if len(cells) == width and cells[0].strip():
            yield row
        elif any(map(is_filled, cells)):
            yield row[0], _whole(cells, width) if whole else fitted(cells, width)


def _blocks(source: Text, header: Header) -> Iterator[Block]:
    """Yield the rows of a file without quotation marks, where a record is a line, some thousand lines at a time."""
    line, width = header.last_line + 1, len(header.cells)
    with source.opened() as file:
        deque(islice(file, header.last_line), maxlen=0)
        while piece := file.read(PIECE) + file.readline():
            columns = _columns(piece, header.separator, width)
            if columns is not None:
                yield Block(range(line, line + len(columns[0])), columns)
                line += len(columns[0])
                continue
            reader = _reader(io.StringIO(piece, newline=""), header.separator, quoted=False)
            if rows := list(_filled(_numbered(reader, line, quoted=False), width, whole=False)):
                yield block(rows, width)
            line += reader.line_num


def _columns(lines: str, separator: str, width: int) -> list[list[str]] | None:
    """Return the cells of whole lines column by column; None unless each has `width` of them, the first one filled.

    >>> _columns("a,b\\nc,d\\n", ",", 2), _columns("a,b\\nc\\n", ",", 2)
    ([['a', 'c'], ['b', 'd']], None)
    """
    plain = lines.replace("\r\n", "\n")
    plain += "" if plain.endswith("\n") else "\n"
    # Every line break becomes a cell of its own: lines are of one length where all of these stand in one column.
    cells = plain.replace("\n", f"{separator}\n{separator}").split(separator)
    ends = cells[width :: width + 1]
    if "\r" in plain or len(ends) != plain.count("\n") or set(ends) != {"\n"}:
        return None
    columns = [cells[at :: width + 1] for at in range(width)]
    # Behind the last line break comes one cell more.
    del columns[0][-1]
    return columns if all(map(str.strip, columns[0])) else None


def _whole(cells: tuple[Any, ...], width: int) -> tuple[Any, ...]:
    """Return `cells` if they are as many as the header's, or more only by empty ones; else nothing of them."""
    return () if len(cells) < width or any(map(is_filled, cells[width:])) else cells[:width]


def _numbered(reader: Any, first: int, *, quoted: bool) -> Iterator[Row]:
    """Return records with the line each starts in: without quotation marks a record is a line."""
    return _starting_lines(reader, first) if quoted else enumerate(map(tuple, reader), first)


def _starting_lines(reader: Any, first: int) -> Iterator[Row]:
    start = first
    for cells in reader:
        yield start, tuple(cells)
        start = first + reader.line_num
