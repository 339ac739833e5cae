"""Files that come over HTTP, on the server's disk until they are taken; none bears a name that somebody sent."""

import fcntl
import hashlib
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile, mkstemp
from typing import BinaryIO

from pricecompare.errors import Unusable
from pricecompare.services.desk import Desk

PART = "part-"
DAY = 86_400


class Part:
    """A file that is coming in: written piece by piece, its hash known as soon as all of it is there."""

    def __init__(self, folder: Path):
        handle, name = mkstemp(prefix=PART, dir=folder)
        self.path = Path(name)
        self.size = 0
        self._file = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()

    def write(self, piece: bytes) -> int:
        """Add a piece."""
        self._hash.update(piece)
        self.size += len(piece)
        return self._file.write(piece)

    def seek(self, place: int) -> int:
        """Let readers of the path see all that was written; `place` is 0, which is where they begin."""
        self._file.flush()
        return place

    @property
    def sha256(self) -> str:
        """The hash of what was written so far."""
        return self._hash.hexdigest()

    def remove(self) -> None:
        """Leave nothing behind, unless the file has got a place of its own."""
        # What could not be written for want of space cannot be written now either.
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder of files that wait, each under the id of its upload, and of files that are still coming in."""

    folder: Path

    def part(self) -> Part:
        """Return a new file for what is coming in."""
        with self._usable():
            return Part(self.folder)

    def scratch(self) -> BinaryIO:
        """Return a file without a name, gone as soon as it is closed."""
        with self._usable():
            return TemporaryFile(dir=self.folder)

    def room(self) -> Path:
        """Return the folder, for parts of what is being made; whoever puts them there takes them away."""
        with self._usable():
            return self.folder

    def place(self, upload_id: int) -> Path:
        """Return where the file of an upload waits."""
        return self.folder / str(upload_id)

    def keep(self, path: Path, upload_id: int) -> None:
        """Let a file wait under the id of its upload, safely on the disk; call inside `writing`."""
        with self._usable():
            _synced(path)
            path.replace(self.place(upload_id))
            _synced(self.folder)

    @contextmanager
    def alone(self) -> Iterator[float]:
        """Give the second it is by the clock of the disk, as soon as no other process of this machine is in here."""
        with self._usable():
            handle = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.utime(handle)
            yield os.fstat(handle).st_mtime
        finally:
            os.close(handle)

    def clean(self, waiting: Collection[int], now: float) -> None:
        """Remove files whose upload does not wait, and those whose sender is gone; call inside `writing`."""
        for path in self.folder.iterdir():
            lost = path.name.startswith(PART) and path.stat().st_mtime < now - DAY
            if lost or (path.name.isdecimal() and int(path.name) not in waiting):
                path.unlink(missing_ok=True)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Make the folder when it is not there; raise Unusable when it cannot be used."""
        with on_disk():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            yield


@contextmanager
def on_disk() -> Iterator[None]:
    """Tell as Unusable that the disk is full or cannot be written."""
    try:
        yield
    except OSError as error:
        raise Unusable("file_unusable", value=str(error.filename or ""), reason=error.strerror or "") from error


def spool(desk: Desk) -> Spool:
    """Return the spool of a desk."""
    return Spool(Path(desk.settings.spool))


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
