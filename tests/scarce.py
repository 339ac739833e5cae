"""Deeds where the disk is full, or a file cannot grow any more, from a random byte on.

``python -m tests.scarce full|limit SOURCE PLACE SEED TIMES DEED…`` does each deed TIMES times in PLACE, a small
disk of its own for `full`, and prints how each of them ended.
"""

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pricecompare.errors import Conflict, PriceCompareError, Unusable
from pricecompare.web import create_app
from tests import deeds

MEGABYTES = 64
MOUNTED = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'
CODES = ("database_unusable", "file_unusable")


def command(way: str, source: Path, place: Path, *more: object) -> list[str]:
    """Return what runs this file, on a small disk that nobody else sees when it is to be full."""
    alone = [sys.executable, "-m", "tests.scarce", way, str(source), str(place), *map(str, more)]
    return on_small_disk(place, *alone) if way == "full" else alone


def on_small_disk(place: Path, *alone: str) -> list[str]:
    """Return a command that is run with a small disk at `place`."""
    mounted = ["sh", "-c", MOUNTED, "sh", f"{MEGABYTES}m", str(place)]
    return ["unshare", "--user", "--map-root-user", "--mount", *mounted, *alone]


def has_small_disks(place: Path) -> bool:
    """Say whether this machine lets us have such a disk."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(on_small_disk(place, "true"), capture_output=True, check=False).returncode == 0


@contextmanager
def full(place: Path, free: int) -> Iterator[None]:
    """Leave only so many bytes free on the disk."""
    filler, stat = place / "filler", os.statvfs(place)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, stat.f_bavail * stat.f_frsize - free))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def limit(place: Path, free: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def posted(desk: deeds.Desk, place: Path, *, dry: str) -> object:
    """Send a price list to the API; return the answer."""
    form = {"what": "prices", "mode": "full", "dry_run": dry, "file": (place / "full.csv").open("rb")}
    return client(desk, place).post("/api/v1/uploads", data=form, headers=BEARER)


def decided(desk: deeds.Desk, place: Path, upload: int, decision: str) -> object:
    """Decide about an upload through the API; return the answer."""
    address = f"/api/v1/uploads/{upload}/decision"
    return client(desk, place).put(address, json={"decision": decision}, headers=BEARER)


def client(desk: deeds.Desk, place: Path) -> FlaskClient:
    settings = {"UPLOAD_KEY": KEY, "SPOOL": str(place / "spool"), "NOW": deeds.NOW.isoformat()}
    return create_app(DB=str(desk.store.engine.path), **settings).test_client()


KEY = "a key that senders know"
BEARER = {"Authorization": f"Bearer {KEY}"}
SENT: dict[str, Callable[[deeds.Desk, Path], object]] = {
    "send": partial(posted, dry="false"),
    "try": partial(posted, dry="true"),
    "take back": partial(decided, upload=deeds.SECOND, decision="retract"),
    "let count": partial(decided, upload=deeds.ASIDE, decision="confirm"),
}
"""The same through the API; "try" is a dry run, which never changes anything."""

WAYS: dict[str, Callable[[Path, int], AbstractContextManager[None]]] = {"full": full, "limit": limit}


class Scarcity:
    """One deed in one place, again and again with another amount of room."""

    def __init__(self, way: str, deed: str, place: Path, random: Random):
        self.way, self.place, self.random = WAYS[way], place, random
        self.act = (deeds.DEEDS | SENT)[deed]
        self.before = deeds.contents(place / "base.db")
        with deeds.at(self._work()) as desk:
            self.act(desk, place)
            # Beside the log there are piles, and what is sent.
            self.most = sum(path.stat().st_size for path in place.glob("work.db-*")) * 3 // 2
        self.after = deeds.contents(place / "work.db")

    def _work(self) -> Path:
        return deeds.fresh(self.place / "base.db", self.place)

    def once(self) -> str:
        """Do it once; return how it ended: "done", or the code of the error. All or nothing of it must be there."""
        database = self._work()
        with deeds.at(database) as desk:
            with self.way(self.place, self.random.randrange(0, self.most)):
                ended = self._ended(desk)
            assert [path.name for one in ("tmp", "spool") for path in (self.place / one).glob("[!l]*")] == []
            assert deeds.contents(database) == (self.after if ended == "done" else self.before)
            # The same process goes on as soon as there is room again.
            with suppress(Conflict):
                self.act(desk, self.place)
        assert deeds.contents(database) == self.after
        return ended

    def _ended(self, desk: deeds.Desk) -> str:
        try:
            answer = self.act(desk, self.place)
        except (PriceCompareError, OSError) as error:
            return told(error)
        if not isinstance(answer, TestResponse) or answer.status_code < 300:
            return "done"
        assert (answer.status_code, answer.json["code"]) == (503, "unavailable"), answer.json
        return "503 unavailable"


def told(error: Exception) -> str:
    """Return how an error of a full disk is told: a command tells one of the system as file_unusable."""
    if isinstance(error, OSError):
        assert error.errno in (errno.ENOSPC, errno.EFBIG), error
        return f"file_unusable: {error.strerror}"
    assert isinstance(error, Unusable) and error.code in CODES, error
    return f"{error.code}: {str(error).rpartition(': ')[2]}"


def ends(way: str, source: Path, place: Path, *more: object) -> list[list[str]]:
    """Return (deed, how it ended) of all that is done in a process of its own."""
    ran = subprocess.run(command(way, source, place, *more), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [line.split("\t") for line in ran.stdout.splitlines()]


def main(way: str, source: str, place: str, seed: str, times: str, *names: str) -> None:
    """Do the deeds and print how they ended."""
    shutil.copytree(source, place, dirs_exist_ok=True)
    with deeds.temporary(Path(place, "tmp")):
        for deed in names:
            trial = Scarcity(way, deed, Path(place), Random(f"{seed} {deed}"))
            for _ in range(int(times)):
                print(deed, trial.once(), sep="\t", flush=True)  # noqa: T201 - what its parent reads


if __name__ == "__main__":
    main(*sys.argv[1:])
