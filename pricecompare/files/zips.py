"""What a ZIP file really holds, found without trusting what it says about itself."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from pricecompare.errors import Unreadable

CHUNK = 1 << 16
LOCAL_HEADER = struct.Struct("<4s22xHH")
ENCRYPTED = 1
GZIP_WINDOW = 16 + zlib.MAX_WBITS
# Twenty thousand entries; each costs memory before one of them is looked at.
LONGEST_DIRECTORY = 1 << 20


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries of a ZIP file in the order they lie there, each with the place where the next thing starts."""

    entries: tuple[tuple[zipfile.ZipInfo, int], ...]

    @property
    def names(self) -> set[str]:
        """The names of all entries."""
        return {entry.filename for entry, _ in self.entries}

    @property
    def kind(self) -> str:
        """Return xlsx or ods for a workbook, "" for an archive; other documents of an office are Unreadable."""
        names = self.names
        if "content.xml" in names or "[Content_Types].xml" not in names:
            return "ods" if {"content.xml", "mimetype"} <= names else ""
        # A workbook that is also another kind would be read as whatever suits it.
        if "xl/workbook.xml" not in names or "xl/workbook.bin" in names:
            raise Unreadable("not_a_spreadsheet")
        return "xlsx"


def directory(file: BinaryIO) -> Directory:
    """Return what the ZIP file `file` says it holds; Unreadable when it cannot be told, or is beyond measure."""
    try:
        with zipfile.ZipFile(_Frugal(file)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
            end = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
        raise Unreadable("damaged_spreadsheet") from error
    starts = [entry.header_offset for entry in entries] + [end]
    return Directory(tuple(zip(entries, starts[1:], strict=True)))


class _Frugal(io.RawIOBase):
    """A file that is read in small parts only: the directory of a ZIP file is otherwise loaded whatever its size."""

    def __init__(self, file: BinaryIO):
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size > LONGEST_DIRECTORY:
            raise Unreadable("zip_bomb")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def pieces(file: BinaryIO, entry: zipfile.ZipInfo, following: int) -> Iterator[bytes]:
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
    return packed if entry.compress_type == zipfile.ZIP_STORED else _inflated(packed, -zlib.MAX_WBITS)


def gunzipped(file: BinaryIO) -> Iterator[bytes]:
    """Return what a gzip file unpacks to; several of them may stand one behind the other, as gzip itself allows."""
    held = iter(lambda: file.read(CHUNK), b"")
    rest = next(held, b"")
    while rest:
        left: list[bytes] = []
        yield from _inflated(chain([rest], held), GZIP_WINDOW, left)
        rest = next(filter(None, (piece.lstrip(b"\0") for piece in chain(left, held))), b"")


def _packed(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := file.read(min(CHUNK, size))):
        size -= len(piece)
        yield piece


def _inflated(packed: Iterator[bytes], window: int, left: list[bytes] | None = None) -> Iterator[bytes]:
    """Yield what `packed` unpacks to, in small pieces; what follows its end goes into `left`."""
    inflater = zlib.decompressobj(window)
    for piece in packed:
        yield inflater.decompress(piece, CHUNK)
        while inflater.unconsumed_tail and not inflater.eof:
            yield inflater.decompress(inflater.unconsumed_tail, CHUNK)
        if inflater.eof:
            break
    # The last bytes read may stand for more than fitted in one piece.
    while not inflater.eof and (piece := inflater.decompress(b"", CHUNK)):
        yield piece
    if not inflater.eof:
        raise zlib.error("cut off")
    if left is not None:
        left.append(inflater.unused_data)
