"""Deeds in processes of their own that are killed at random moments."""

import multiprocessing
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from tests import deeds

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.deeds"])
LATE = 0.85
"""From where on of the time a deed takes half of the kills happen: it is written and put where it belongs there."""


def done(deed: str, database: Path, folder: Path, told: Connection) -> None:
    """Do a deed, telling when it begins and when it is over."""
    with deeds.temporary(folder / "tmp"):
        told.send("begun")
        with deeds.at(database) as desk:
            deeds.DEEDS[deed](desk, folder)
        told.send("over")


def started(deed: str, database: Path, folder: Path) -> tuple[BaseProcess, Connection]:
    """Return a child that is about to do a deed, and what it tells."""
    told, tell = CONTEXT.Pipe(duplex=False)
    child = CONTEXT.Process(target=done, args=(deed, database, folder, tell))
    child.start()
    tell.close()
    assert told.recv() == "begun"
    return child, told


class Killing:
    """One deed at copies of one database, killed again and again."""

    def __init__(self, deed: str, base: Path, random: Random):
        self.deed, self.base, self.folder, self.random = deed, base, base.parent, random
        self.before = deeds.contents(base)
        self.seconds = min(self._whole() for _ in range(2))
        self.after = deeds.contents(self.folder / "work.db")
        assert self.after != self.before

    def _whole(self) -> float:
        """Return how many seconds a deed takes that nobody disturbs."""
        child, told = started(self.deed, deeds.fresh(self.base, self.folder), self.folder)
        begun = time.monotonic()
        assert told.recv() == "over"
        seconds = time.monotonic() - begun
        child.join()
        return seconds

    def once(self) -> str:
        """Kill it once; return whether all of it was there then, or nothing, and bring it to its end."""
        child, told = started(self.deed, deeds.fresh(self.base, self.folder), self.folder)
        time.sleep(self.seconds * self.random.uniform(self.random.choice([0, LATE]), 1.1))
        child.kill()
        child.join()
        told.close()
        assert list((self.folder / "tmp").iterdir()) == []
        database = self.folder / "work.db"
        found = deeds.contents(database)
        assert found in (self.before, self.after)
        with deeds.at(database) as desk:
            deeds.again(desk, self.folder, self.deed)
        assert deeds.contents(database) == self.after
        return "there" if found == self.after else "absent"
