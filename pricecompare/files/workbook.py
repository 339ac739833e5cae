"""Workbooks that stay within bounds when they are unpacked, and sheets that do when they are spread out."""

import os
import re
import struct
import zlib
from functools import cache
from typing import BinaryIO

from pricecompare.errors import Unreadable
from pricecompare.files.tables import Limits
from pricecompare.files.zips import Directory, pieces

# A row or a cell, its reference if it has one, and whether it is written as empty (<c r="A1" s="3"/>).
TAG = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])(?:[^<>]*?\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["'])?[^<>]*?(/?)>""")
# The reader of sheets sets memory aside for as many shared texts as are announced, and ends the process if it cannot.
MANY_TEXTS = re.compile(rb"""<(?:\w+:)?sst\s[^<>]*?\buniqueCount\s*=\s*["'][^"'<>]{9}""")


def refuse_bombs(file: BinaryIO, found: Directory, limits: Limits) -> None:
    """Raise Unreadable unless the workbook `file` stays within `limits` when it is unpacked.

    Every entry is really unpacked, piece by piece, since sizes and checksums in a ZIP directory can be forged; and
    every sheet's extent is measured, since the reader of sheets keeps width times height cells however few are filled.
    """
    size = file.seek(0, os.SEEK_END)
    most = min(limits.zip_bytes, max(limits.zip_free_bytes, limits.zip_ratio * size))
    if sum(entry.file_size for entry, _ in found.entries) > most:
        raise Unreadable("zip_bomb")
    try:
        _unpack(file, found, most, limits)
    except (struct.error, zlib.error, ValueError, OSError) as error:
        raise Unreadable("damaged_spreadsheet") from error


def _unpack(file: BinaryIO, found: Directory, most: int, limits: Limits) -> None:
    total = 0
    for entry, following in found.entries:
        extent = _Extent(limits.cells) if entry.filename.endswith(".xml") else None
        for piece in pieces(file, entry, following):
            total += len(piece)
            if total > most:
                raise Unreadable("zip_bomb")
            if extent:
                extent.add(piece)


class _Extent:
    """The rectangle from A1 that holds every filled cell of a sheet given in pieces; above `most` it is Unreadable."""

    def __init__(self, most: int):
        self._most = most
        self._rest = b""
        self._row = self._column = 0
        self._height = self._width = 0

    def add(self, piece: bytes) -> None:
        held = self._rest + piece
        cut = held.rfind(b"<")
        if len(held) - cut > 1 << 20:
            raise Unreadable("damaged_spreadsheet")
        self._rest = held[cut:] if cut >= 0 else b""
        if MANY_TEXTS.search(held):
            raise Unreadable("damaged_spreadsheet")
        for tag, letters, digits, empty in TAG.findall(held, 0, max(cut, 0)):
            self._move(tag, letters, digits)
            if tag == b"c" and not empty:
                self._height = max(self._height, self._row)
                self._width = max(self._width, self._column)
        if self._height * self._width > self._most:
            raise Unreadable("sheet_too_large", limit=self._most)

    def _move(self, tag: bytes, letters: bytes, digits: bytes) -> None:
        # No sheet has more than seven digits of rows or three letters of columns; longer ones only must stay too large.
        row = int(digits[:8] or 0)
        if tag == b"row":
            self._row, self._column = row or self._row + 1, 0
        else:
            self._row, self._column = row or self._row, _column(letters[:8]) or self._column + 1


@cache
def _column(letters: bytes) -> int:
    """Return the number of a column.

    >>> _column(b"A"), _column(b"AA"), _column(b"xfd")
    (1, 27, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
