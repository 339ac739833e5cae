"""Table files for people: CSV that a spreadsheet opens as text and numbers, never as formulas."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

# OWASP, CSV injection: the ASCII starters, and the full-width ones that East Asian versions of Excel take for them.
FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
NEGATIVE_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")
# What may stand bare in an extended parameter (RFC 8187, attr-char).
ATTR_CHARS = "!#$&+-.^_`|~"


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


def content_disposition(filename: str) -> str:
    """Return the header value that makes a browser save an answer as `filename` (RFC 6266, RFC 8187).

    >>> content_disposition("价格.csv")
    'attachment; filename="__.csv"; filename*=UTF-8\\'\\'%E4%BB%B7%E6%A0%BC.csv'
    """
    name = re.sub(r'[\x00-\x1f\x7f"\\/]', "_", filename)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=ATTR_CHARS, errors='replace')}"
