"""A client that asks at a given pace, whatever the server does.

A question waits for no other one: where every connection is busy another is opened, as by one more visitor. How late
the client itself was is told apart, so that its own queue is no wait of the server's.
"""

import re
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

LINES = 16
"""Connections that ask without a pause while it is found out how much is answered at most."""

TURNS = 20
"""Questions of one visitor; the next one comes on a connection of its own, to whichever worker is free to take it."""

MOST_LINES = 900
PATIENCE = 30.0
"""Seconds after which a question that has no answer is given up."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(slots=True)
class Heard:
    """Seconds from asking to the whole answer, seconds that each was asked too late, and what was no right answer."""

    waits: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def and_also(self, other: "Heard") -> "Heard":
        """Return both together."""
        return Heard(self.waits + other.waits, self.late + other.late, self.errors + other.errors)


class Line:
    """A connection of one visitor, and the answer that is coming in."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setblocking(False)
        self.path, self.asked_at, self.turns, self.last = "", 0.0, 0, False
        self._got = bytearray()

    def ask(self, path: str) -> None:
        """Send a question."""
        self.path, self.asked_at, self.turns = path, time.monotonic(), self.turns + 1
        self._got.clear()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def hear(self) -> str | None:
        """Take in what has come; return "" for a whole and right answer, what is wrong with another, None for a part.

        Raises ConnectionError when the server closed the connection before it said anything, as it may between two
        questions.
        """
        piece = self.socket.recv(1 << 18)
        if not piece and not self._got:
            raise ConnectionResetError
        self._got += piece
        head, found, body = bytes(self._got).partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        self.last = self.turns >= TURNS or b"\r\nConnection: close" in head
        whole = found and length and len(body) == int(length[1])
        if not whole:
            return None if piece else f"{self.path}: the answer ends too early"
        return "" if head.startswith(b"HTTP/1.1 200") and body else f"{self.path}: {head[:20]!r} {body[:200]!r}"


class Asking:
    """One course of questions."""

    def __init__(self, port: int, paths: Sequence[str]):
        self._port, self._paths = port, cycle(paths)
        self._lines, self._free = selectors.DefaultSelector(), list[Line]()
        self.heard = Heard()
        self.busy = 0

    def ask(self, path: str = "") -> None:
        """Ask the next question, on a free connection or a new one."""
        path = path or next(self._paths)
        try:
            line = self._free.pop() if self._free else self._opened()
            line.ask(path)
            self.busy += 1
        except OSError as error:
            self.heard.errors.append(f"{path}: {error!r}")

    def _opened(self) -> Line:
        line = Line(self._port)
        self._lines.register(line.socket, selectors.EVENT_READ, line)
        return line

    def hear(self, seconds: float) -> int:
        """Take in what comes within some seconds; return how many questions were answered."""
        before = self.busy
        for key, _ in self._lines.select(max(0.0, seconds)):
            self._heard(key.data)
        return before - self.busy

    def _heard(self, line: Line) -> None:
        try:
            wrong = line.hear()
        except OSError as error:
            return self._lost(line, error)
        if wrong is None:
            return
        self.busy -= 1
        self.heard.waits.append(time.monotonic() - line.asked_at)
        if wrong:
            self.heard.errors.append(wrong)
        if wrong or line.last:
            self._close(line)
        else:
            self._free.append(line)

    def _lost(self, line: Line, error: OSError) -> None:
        """Close a connection that the server has closed; what was just asked on an old one is asked again."""
        self._close(line)
        if line in self._free:
            self._free.remove(line)
            return
        self.busy -= 1
        if line.turns > 1:
            self.ask(line.path)
        else:
            self.heard.errors.append(f"{line.path}: {error!r}")

    def _close(self, line: Line) -> None:
        self._lines.unregister(line.socket)
        line.socket.close()

    def close(self) -> None:
        """Wait for the last answers, and hang up."""
        end = time.monotonic() + PATIENCE
        while self.busy and time.monotonic() < end:
            self.hear(end - time.monotonic())
        self.heard.errors += ["never answered"] * self.busy
        for key in list(self._lines.get_map().values()):
            self._close(key.data)
        self._lines.close()


def at_most(port: int, paths: Sequence[str], seconds: float) -> Heard:
    """Return what came of asking without a pause on a few connections."""
    this, end = Asking(port, paths), time.monotonic() + seconds
    for _ in range(LINES):
        this.ask()
    while time.monotonic() < end:
        for _ in range(this.hear(0.1)):
            this.ask()
    this.close()
    return this.heard


def asked(port: int, paths: Sequence[str], seconds: float, rate: float) -> Heard:
    """Return what came of asking `rate` questions a second."""
    this, begin = Asking(port, paths), time.monotonic()
    for number in range(int(seconds * rate)):
        due = begin + number / rate
        while (now := time.monotonic()) < due or this.busy >= MOST_LINES:
            this.hear(due - now if now < due else 0.1)
        this.heard.late.append(now - due)
        this.ask()
        if now - due > 1 / rate:
            this.hear(0)
    this.close()
    return this.heard
