"""What the server counts of its own work: requests by route and status, and how long answers took to begin.

All workers count in one piece of memory that the first process made, each in a part of its own, so that whichever is
asked tells of all. No file is needed, and a part is taken over with its counts by the worker that comes after.
"""

import mmap
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
from flask import Flask

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Upper ends of the classes of the histogram, seconds; the last class has none."""

STATUSES = (
    *(
        200,
        201,
        202,
        204,
        206,
        301,
        302,
        303,
        304,
        308,
        400,
        401,
        403,
        404,
        405,
        406,
        409,
        410,
        411,
        412,
        413,
        414,
        415,
    ),
    *(416, 422, 428, 429, 431, 500, 501, 502, 503, 504),
)
"""Statuses that are counted by themselves; any other is counted as 0."""

PARTS = 64
"""Workers that can count at the same time: those that stop and those that take over included."""

PART_BYTES = 1 << 17
NOWHERE = "-"
"""The route of an address that none fits: it is never told, since it may be anything."""

PID, STARTS, REQUESTS = 0, 1, 2
"""Cells of a part: whose it is, how many workers it had, and where the cells of routes begin."""

_OF_ROUTE = len(STATUSES) + 1 + len(BOUNDS) + 1 + 1
_PLACE_OF = {status: at for at, status in enumerate(STATUSES)}
_TIMES = len(STATUSES) + 1
_MICROSECONDS = _OF_ROUTE - 1


class Memory:
    """Cells of 64 bits for `PARTS` workers, shared by all processes that come of the one that made them."""

    def __init__(self, parts: int = PARTS):
        self._bytes = mmap.mmap(-1, parts * PART_BYTES)
        self.cells = memoryview(self._bytes).cast("Q")
        self._free = list(range(parts))

    def take(self) -> int:
        """Return a part that no worker has; the last one, which they share then, when there is none."""
        return self._free.pop(0) if self._free else PARTS - 1

    def give_back(self, part: int) -> None:
        """Let another worker have a part; what it counted stays."""
        self.cells[part * PART_BYTES // 8 + PID] = 0
        self._free.insert(0, part)

    def table(self) -> np.ndarray:
        """Return the cells by part."""
        return np.frombuffer(self._bytes, np.uint64).reshape(-1, PART_BYTES // 8)


class Counters:
    """Counts what the worker of `part` answers to the routes of an application."""

    def __init__(self, routes: Iterable[str], memory: Memory, part: int = 0):
        self.routes = [NOWHERE, *sorted(set(routes))]
        self._memory, self._cells, self._lock = memory, memory.cells, Lock()
        self._stand(part)
        if REQUESTS + len(self.routes) * _OF_ROUTE > PART_BYTES // 8:
            raise ValueError(f"{len(self.routes)} routes do not fit into {PART_BYTES} bytes")

    def _stand(self, part: int) -> None:
        """Count in that part from now on."""
        self._start = part * PART_BYTES // 8
        begin = self._start + REQUESTS
        self._of = {route: begin + at * _OF_ROUTE for at, route in enumerate(self.routes)}

    def begin(self, pid: int, part: int) -> None:
        """Note that a worker has this part now: an application is made before its workers are."""
        self._stand(part)
        self._cells[self._start + PID] = pid
        self._cells[self._start + STARTS] += 1

    @property
    def memory(self) -> Memory:
        """The parts that workers are given."""
        return self._memory

    def count(self, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        begin = self._of.get(route) or self._of[NOWHERE]
        at = begin + _PLACE_OF.get(status, len(STATUSES))
        time = begin + _TIMES + bisect_left(BOUNDS, seconds)
        cells = self._cells
        with self._lock:
            cells[at] += 1
            cells[time] += 1
            cells[begin + _MICROSECONDS] += int(seconds * 1e6)

    @property
    def pids(self) -> list[int]:
        """The processes of all workers."""
        return [pid for pid in self._memory.table()[:, PID].tolist() if pid]

    @property
    def starts(self) -> int:
        """How many workers there were."""
        return int(self._memory.table()[:, STARTS].sum())

    def answered(self) -> Iterator[tuple[str, dict[int, int], list[int], float]]:
        """Yield (route, answers by status, answers by class of time, seconds) of every route that was asked for."""
        cells = self._memory.table()[:, REQUESTS:].sum(axis=0, dtype=np.uint64)
        for number, route in enumerate(self.routes):
            these = cells[number * _OF_ROUTE : (number + 1) * _OF_ROUTE].tolist()
            by_status = {status: count for status, count in zip((*STATUSES, 0), these, strict=False) if count}
            if by_status:
                yield route, by_status, these[_TIMES:_MICROSECONDS], these[_MICROSECONDS] / 1e6


def counted(app: Flask) -> Counters:
    """Return the counters of an application, and let it count from now on."""
    counters = Counters((rule.rule for rule in app.url_map.iter_rules()), Memory())
    app.wsgi_app = _counting(app.wsgi_app, counters)  # type: ignore[method-assign]
    return counters


def _counting(application: Callable[..., Iterable[bytes]], counters: Counters) -> Callable[..., Iterable[bytes]]:
    """Return a WSGI application whose answers are counted as they begin."""

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        begun = perf_counter()

        def noted(status: str, *rest: Any) -> Any:
            asked = environ.get("werkzeug.request")
            rule = asked and asked.url_rule
            counters.count(rule.rule if rule else NOWHERE, int(status[:3]), perf_counter() - begun)
            return start(status, *rest)

        return application(environ, noted)

    return answered
