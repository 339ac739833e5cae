"""What a ZIP file really holds, found without trusting what it says about itself."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from pricecompare.errors import Unreadable
from pricecompare.files.tables import Limits

CHUNK = 1 << 16
LOCAL_HEADER = struct.Struct("<4s22xHH")
# A row or a cell, its reference if it has one, and whether it is written as empty (<c r="A1" s="3"/>).
TAG = re.compile(rb"""<(?:\w+:)?(row|c)(?=[\s/>])(?:[^<>]*?\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["'])?[^<>]*?(/?)>""")
# The reader of sheets sets memory aside for as many shared texts as are announced, and ends the process if it cannot.
MANY_TEXTS = re.compile(rb"""<(?:\w+:)?sst\s[^<>]*?\buniqueCount\s*=\s*["'][^"'<>]{9}""")


def refuse_bombs(path: Path, limits: Limits) -> None:
    """Raise Unreadable unless the ZIP file `path` is a workbook that stays within `limits` when it is unpacked.

    Every entry is really unpacked, piece by piece, since sizes and checksums in a ZIP directory can be forged; and
    every sheet's extent is measured, since the reader of sheets keeps width times height cells however few are filled.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
            end = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Unreadable("damaged_spreadsheet") from error
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {entry.filename for entry in entries}:
        raise Unreadable("not_a_spreadsheet")
    most = _most(path.stat().st_size, limits)
    if sum(entry.file_size for entry in entries) > most:
        raise Unreadable("zip_bomb")
    try:
        with path.open("rb") as file:
            _unpack(file, entries, end, most, limits)
    except (struct.error, zlib.error, ValueError, OSError) as error:
        raise Unreadable("damaged_spreadsheet") from error


def _most(size: int, limits: Limits) -> int:
    """Return how many bytes a workbook file of `size` bytes may unpack to."""
    return min(limits.zip_bytes, max(limits.zip_free_bytes, limits.zip_ratio * size))


def _unpack(file: BinaryIO, entries: list[zipfile.ZipInfo], end: int, most: int, limits: Limits) -> None:
    ends = [entry.header_offset for entry in entries[1:]] + [end]
    total = 0
    for entry, following in zip(entries, ends, strict=True):
        extent = _Extent(limits.cells) if entry.filename.endswith(".xml") else None
        for piece in _pieces(file, entry, following):
            total += len(piece)
            if total > most:
                raise Unreadable("zip_bomb")
            if extent:
                extent.add(piece)


def _pieces(file: BinaryIO, entry: zipfile.ZipInfo, following: int) -> Iterator[bytes]:
    """Return what `entry` unpacks to; `following` is where the next entry starts."""
    file.seek(entry.header_offset)
    signature, name_size, extra_size = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    start = entry.header_offset + LOCAL_HEADER.size + name_size + extra_size
    if start + entry.compress_size > following:
        raise Unreadable("zip_bomb")
    if signature != b"PK\x03\x04" or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("damaged_spreadsheet")
    file.seek(start)
    packed = _packed(file, entry.compress_size)
    return packed if entry.compress_type == zipfile.ZIP_STORED else _inflated(packed)


def _packed(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(CHUNK, size))):
        size -= len(piece)
        yield piece


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        while piece and not inflater.eof:
            yield inflater.decompress(piece, CHUNK)
            piece = inflater.unconsumed_tail


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
