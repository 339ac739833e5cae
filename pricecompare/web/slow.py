"""Clients that take their time: gunicorn's threads, which none of them keeps for long.

A proxy in front that takes in whole requests (nginx does) spares the threads altogether; this is for when there is
none, or when it is got round.
"""

import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEAD_SECONDS = 10
"""Within which the head of a request has to be there."""

BODY_SECONDS, BODY_BYTES_PER_SECOND = 20, 16 << 10
"""Within which a body has to be there: so long, and a second more for so many bytes that were announced."""

LARGEST_BODY = 4 << 30
"""What a body is taken for whose length nobody said, as far as its time goes."""

PASSED_OVER = 64 << 10
"""How much of a body that nobody read gunicorn reads to its end; a connection with more of it is closed."""

SEND_SECONDS = 30
"""For how long nothing of an answer may be taken off our hands."""


class Patient(ThreadWorker):
    """gunicorn's worker with threads; a request that does not arrive in time is read no further."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._until: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> Any:
        """Read a request and answer it, in a thread."""
        self._until[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._until.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request whose head is there."""
        self._until[conn] = time.monotonic() + BODY_SECONDS + announced(req.headers) / BODY_BYTES_PER_SECOND
        _foretell_end(req)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Close what waits for nothing, and read no further what is late; called every second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self._until.items()):
            if until < now:
                self._until.pop(conn, None)
                # Half of it: an answer that is being sent goes on.
                _closed_for_reading(conn.sock)


def _foretell_end(req: Any) -> None:
    """Let the answer say that its connection ends where gunicorn closes it because of what is left of the body.

    Else it says that more may be asked on it, and a client's next request is lost.
    """
    asked_to, reader = req.should_close, req.body.reader
    req.should_close = lambda: asked_to() or _left(reader) >= PASSED_OVER


def _left(reader: Any) -> int:
    """Return how many bytes of a body nobody has read yet; much where that cannot be known."""
    if hasattr(reader, "length"):
        return int(reader.length)
    return LARGEST_BODY if getattr(reader, "parser", None) else 0


def announced(headers: Iterable[tuple[str, str]]) -> int:
    """Return how many bytes a body is said to have; much where that is not said, for it may come in pieces."""
    said = {name.upper(): value for name, value in headers}
    if "TRANSFER-ENCODING" in said:
        return LARGEST_BODY
    length = said.get("CONTENT-LENGTH", "0")
    return min(int(length), LARGEST_BODY) if length.isdecimal() else 0


def _closed_for_reading(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RD)
    except OSError:
        # Its client has gone meanwhile.
        return


def prepare(listeners: Iterable[Any]) -> None:
    """Let no connection reach a worker before it has said something, nor be written to for ever."""
    for listener in listeners:
        line: socket.socket = listener.sock
        # What is set here holds for every connection that comes in.
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        if line.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_DEFER_ACCEPT"):
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, HEAD_SECONDS)
