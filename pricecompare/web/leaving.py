"""Connections that end: their clients may take their time, and nobody else waits meanwhile.

gunicorn ends a connection by saying so and reading on until the client has hung up too, for else what was sent last may
be lost; it does that for up to two seconds each in the one thread that takes in all requests of a worker.
"""

import socket
import time
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn

from pricecompare.web.slow import Patient

LINGER_SECONDS, LINGER_BYTES = 2.0, 64 << 10
"""For how long, and for how much that is still sent, a client that was answered is listened to."""


class Parting(Patient):
    """A worker that listens to all who are leaving at once, while it goes on answering the others."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._leaving: dict[TConn, tuple[float, int]] = {}

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Go on with a connection whose request is done: wait for the next one, or part."""
        if fs.cancelled() or fs.exception() or fs.result():
            return super().finish_request(conn, fs)
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._heard, conn))
        except (OSError, ValueError):
            return self._gone(conn)
        self._leaving[conn] = time.monotonic() + LINGER_SECONDS, LINGER_BYTES

    def _heard(self, conn: TConn, line: socket.socket) -> None:
        """Throw away what a client still sends, until it has hung up or said too much."""
        until, left = self._leaving[conn]
        try:
            piece = line.recv(4096)
        except OSError:
            piece = b""
        if not piece or len(piece) >= left:
            self._part(conn)
        else:
            self._leaving[conn] = until, left - len(piece)

    def murder_pending(self) -> None:
        """Close what waits for nothing; called every second, and until the worker may stop."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [one for one, (until, _) in self._leaving.items() if until < now]:
            self._part(conn)

    def _part(self, conn: TConn) -> None:
        del self._leaving[conn]
        self.poller.unregister(conn.sock)
        self._gone(conn)

    def _gone(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
