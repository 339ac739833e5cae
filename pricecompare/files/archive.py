"""Files packed as .gz or .zip: read as a stream, never written anywhere, given up as soon as they grow too large."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pricecompare.errors import Unreadable
from pricecompare.files.source import Source, streamed
from pricecompare.files.tables import Limits
from pricecompare.files.zips import ENCRYPTED, Directory, gunzipped, pieces

# What a Mac adds to every archive.
BESIDE = "__MACOSX/"


def of_gzip(source: Source, limits: Limits) -> Source:
    """Return what the gzip file `source` holds; Unreadable, when it is read, if that is too much or damaged."""

    def unpacked() -> Iterator[bytes]:
        with source.opened() as file:
            yield from bounded(lambda: gunzipped(file), most_unpacked(file, limits))

    return streamed(unpacked)


def of_zip(source: Source, found: Directory, limits: Limits) -> Source:
    """Return the one file that the ZIP file `source` holds; its name is not looked at beyond that."""
    files = [pair for pair in found.entries if not pair[0].is_dir() and not _beside(pair[0].filename)]
    if len(files) != 1:
        raise Unreadable("zip_not_one_file", found=len(files))
    entry, following = files[0]
    if entry.flag_bits & ENCRYPTED:
        raise Unreadable("zip_password")

    def unpacked() -> Iterator[bytes]:
        with source.opened() as file:
            most = most_unpacked(file, limits)
            yield from bounded(lambda: _whole(pieces(file, entry, following), entry), most)

    return streamed(unpacked)


def _beside(name: str) -> bool:
    return name.startswith(BESIDE) or name.rpartition("/")[2].startswith(".")


def _whole(unpacked: Iterator[bytes], entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what an entry unpacks to; at its end it must be what was packed."""
    checksum = 0
    for piece in unpacked:
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if checksum != entry.CRC:
        raise zlib.error("wrong checksum")


def bounded(unpacked: Callable[[], Iterator[bytes]], most: int) -> Iterator[bytes]:
    """Yield pieces of at most `most` bytes together; above, or when they cannot be unpacked, they are Unreadable."""
    total = 0
    try:
        for piece in unpacked():
            total += len(piece)
            if total > most:
                raise Unreadable("zip_bomb")
            if piece:
                yield piece
    except (zlib.error, struct.error, ValueError, OSError) as error:
        raise Unreadable("damaged_archive") from error


def most_unpacked(file: BinaryIO, limits: Limits) -> int:
    """Return how many bytes the packed file `file` may unpack to."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0, io.SEEK_SET)
    return min(limits.file_bytes, max(limits.zip_free_bytes, limits.zip_ratio * size))
