"""A client that asks at a given pace, whatever the server does: waits count from when a question was due."""

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from threading import Thread

PROCESSES, LINES = 2, 4
"""Processes of the client, and connections that each keeps open."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What one process asks, from a moment of the monotonic clock on; `rate` 0 is as fast as it is answered."""

    port: int
    paths: tuple[str, ...]
    begin: float
    seconds: float
    rate: float


@dataclass(slots=True)
class Heard:
    """Seconds each answer took, and what was no right answer."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def asked(clients: Pool, port: int, paths: Sequence[str], seconds: float, rate: float = 0) -> Heard:
    """Return what came of asking `paths` in turn for some seconds, `rate` questions a second."""
    begin = time.monotonic() + 0.5
    shares = [
        Pace(port, tuple(paths[n:]) + tuple(paths[:n]), begin, seconds, rate / PROCESSES) for n in range(PROCESSES)
    ]
    heard = Heard()
    for one in clients.map(_process, shares, chunksize=1):
        heard.waits += one.waits
        heard.errors += one.errors
    return heard


def _process(pace: Pace) -> Heard:
    """Ask on several connections."""
    heard = Heard()
    lines = [Thread(target=_line, args=(pace, number, heard)) for number in range(LINES)]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    return heard


def _line(pace: Pace, number: int, heard: Heard) -> None:
    """Ask on one connection until the time is over."""
    line, between = Line(pace.port), LINES / pace.rate if pace.rate else 0.0
    due, at = pace.begin + between * number / LINES, number
    while due < pace.begin + pace.seconds:
        time.sleep(max(0, due - time.monotonic()))
        wrong = line.ask(pace.paths[at % len(pace.paths)])
        now = time.monotonic()
        heard.waits.append(now - due)
        if wrong:
            heard.errors.append(wrong)
        due, at = due + between if between else now, at + LINES


class Line:
    """A connection that is kept open, and opened again when the server had closed it, as browsers do."""

    def __init__(self, port: int):
        self._port = port
        self._open: http.client.HTTPConnection | None = None

    def ask(self, path: str) -> str:
        """Return what is wrong with an answer, "" when it is whole and 200."""
        if self._open is not None:
            try:
                return self._answer(self._open, path)
            except (OSError, http.client.HTTPException):
                self._open.close()
        self._open = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            return self._answer(self._open, path)
        except (OSError, http.client.HTTPException) as error:
            self._open = None
            return f"{path}: {error!r}"

    def _answer(self, line: http.client.HTTPConnection, path: str) -> str:
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read()
        return "" if answer.status == 200 and body else f"{path}: {answer.status} {body[:200]!r}"
