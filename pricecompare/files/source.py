"""Bytes that can be read from their start as often as a reader of tables needs: of a file, or packed in one."""

import io
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from pricecompare.errors import Unreadable
from pricecompare.files.tables import Limits

START = 4096


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds: `opened` gives it from the first byte, `start` is its first 4096 bytes."""

    opened: Callable[[], BinaryIO]
    start: bytes

    @classmethod
    def of(cls, opened: Callable[[], BinaryIO]) -> "Source":
        """Return what `opened` gives."""
        with opened() as file:
            return cls(opened, file.read(START))


def file_source(path: Path, limits: Limits) -> Source:
    """Return the file `path` as it lies there; Unreadable when there is none, when it is empty or too large."""
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
        return Source.of(lambda: path.open("rb"))
    except OSError as error:
        raise Unreadable("not_a_file", value=path.name) from error


def streamed(pieces: Callable[[], Iterator[bytes]]) -> Source:
    """Return the source of what `pieces` gives, each time it is asked, from the beginning."""
    return Source.of(lambda: io.BufferedReader(_Pieces(pieces()), 1 << 16))


def spooled(source: Source, limits: Limits) -> BinaryIO:
    """Return a copy of `source` in which one can move about: a nameless file that is gone as soon as it is closed."""
    file = _Nameless(TemporaryFile(buffering=0))
    try:
        size = 0
        with source.opened() as whole:
            while piece := whole.read(1 << 20):
                size += file.write(piece)
                if size > limits.zip_bytes:
                    raise Unreadable("zip_bomb")
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class _Nameless(io.BufferedRandom):
    """A temporary file that closes itself: whoever stops reading rows half way knows nothing of it."""

    def __init__(self, raw: io.FileIO):
        super().__init__(raw)
        # Of things that only hold each other Python may end the raw file first, which would complain that it is open;
        # what stands here is called before any of them ends.
        weakref.finalize(self, raw.close)

    def __del__(self) -> None:
        self.close()


class _Pieces(io.RawIOBase):
    """A file to read, of bytes that come in pieces."""

    def __init__(self, pieces: Iterator[bytes]):
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]  # a buffer has no type before Python 3.12
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
