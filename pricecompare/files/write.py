"""Table files for people: CSV that a spreadsheet opens as text and numbers, never as formulas."""

import codecs
import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from pricecompare.files.tables import Form
from pricecompare.models import Finding
from pricecompare.schemas.headers import REASONS
from pricecompare.schemas.layout import PLAIN, Layout
from pricecompare.schemas.templates import written

# OWASP, CSV injection: the ASCII starters, and the full-width ones that East Asian versions of Excel take for them.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
# An apostrophe that keeps a spreadsheet from running a text; one that was there before gets a second one.
SHIELDED = re.compile(f"'+[{re.escape(''.join(FORMULA_STARTS))}]")
NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
# What may stand bare in an extended parameter (RFC 8187, attr-char).
ATTR_CHARS = "!#$&+-.^_`|~"
BREAKS = re.compile(r"[\r\n]+")

Refusal = tuple[int, Sequence[Any], Sequence[Finding]]
"""A row's number, its cells, and why it was refused."""


class _Line:
    """A file that hands each line back to the writer of CSV."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool) -> Iterator[str]:
    """Return CSV text line by line (CRLF, RFC 4180): the column names, then `rows` as they come.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers are left alone, None is empty.
    `bom` puts the byte order mark in front by which Excel knows UTF-8.
    """
    writer = csv.writer(_Line())
    yield ("\ufeff" if bom else "") + writer.writerow(map(guarded, columns))
    for row in rows:
        yield writer.writerow(map(guarded, row))


def guarded(cell: object) -> object:
    """Return `cell`, with an apostrophe in front when it is text that a spreadsheet would run.

    >>> guarded("=1+1"), guarded("-5.0"), guarded(-5.0), guarded("感冒灵")
    ("'=1+1", '-5.0', -5.0, '感冒灵')
    """
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) and not NEGATIVE_NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def table_lines(
    columns: Sequence[str], refused: Iterable[Refusal], form: Form, *, layout: Layout = PLAIN
) -> Iterator[bytes]:
    """Return a file of refused rows, piece by piece: `columns` as they were sent, then why each row was refused.

    Separator, encoding, title lines and decimal sign are the sender's. JSON comes back as one object on each line, a
    workbook as CSV. Corrected and sent again with the same layout, the two last columns are passed over.
    """
    lines = _objects(columns, refused) if form.format == "json" else _lines(columns, refused, form, layout)
    return _encoded(lines, form)


def _objects(columns: Sequence[str], refused: Iterable[Refusal]) -> Iterator[str]:
    for row, cells, findings in refused:
        record = dict(zip(columns, cells, strict=False)) | dict(zip(REASONS, _reasons(row, findings), strict=True))
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _reasons(row: int, findings: Sequence[Finding]) -> tuple[str, str]:
    """Return all codes, and which row it was with all sentences in Chinese and English and their columns."""
    told = [f"{one.column}: {one.zh} {one.en}" if one.column else f"{one.zh} {one.en}" for one in findings]
    sentences = [f"第 {row} 行 / row {row}:", *dict.fromkeys(told)]
    return "; ".join(dict.fromkeys(one.code for one in findings)), " ".join(sentences)


def _lines(columns: Sequence[str], refused: Iterable[Refusal], form: Form, layout: Layout) -> Iterator[str]:
    yield from (f"{title}\r\n" for title in form.titles)
    record = csv.writer(_Line(), delimiter=form.separator).writerow if form.quoted else _unquoted(form.separator)
    yield record([*columns, *REASONS])
    for row, cells, findings in refused:
        shown = [_written(cell, layout.decimal) for cell in cells] + [""] * (len(columns) - len(cells))
        yield record([*map(shielded, shown), *map(shielded, _reasons(row, findings))])


def _unquoted(separator: str) -> Any:
    """Return a writer of records without quotation marks: only a reason can have what would end its cell."""

    def record(cells: Sequence[Any]) -> str:
        reasons = [BREAKS.sub(" ", str(cell)).replace(separator, "/") for cell in cells[-2:]]
        return separator.join([*map(str, cells[:-2]), *reasons]) + "\r\n"

    return record


def _written(cell: Any, decimal: str) -> Any:
    """Return a cell of any table as the text a sender would have written."""
    if isinstance(cell, float):
        return written(cell).replace(".", decimal)
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else cell


def shielded(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs; one apostrophe is taken away when it comes back.

    >>> shielded("=1"), shielded("'=1"), shielded("'a"), shielded("-5.0")
    ("'=1", "''=1", "'a", '-5.0')
    """
    return "'" + cell if isinstance(cell, str) and SHIELDED.match(cell) else guarded(cell)


def _encoded(lines: Iterator[str], form: Form) -> Iterator[bytes]:
    """Yield `lines` in the sender's encoding, in which a reason may lack its Chinese, but a cell lacks nothing."""
    encoder = codecs.getincrementalencoder(form.encoding)("replace")
    if form.marked:
        yield encoder.encode("\ufeff")
    for line in lines:
        yield encoder.encode(line)


def content_disposition(filename: str) -> str:
    """Return the header value that makes a browser save an answer as `filename` (RFC 6266, RFC 8187).

    >>> content_disposition("价格.csv")
    'attachment; filename="__.csv"; filename*=UTF-8\\'\\'%E4%BB%B7%E6%A0%BC.csv'
    """
    name = re.sub(r'[\x00-\x1f\x7f"\\/]', "_", filename)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=ATTR_CHARS, errors='replace')}"
