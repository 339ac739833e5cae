"""One line of questions for all workers: whoever is free takes the next one.

gunicorn leaves a connection with the worker that accepted it, and a worker accepts all that come. So a question waits
behind others in a busy worker while the next worker has nothing to do; at four fifths of all that a server can answer,
most of a long wait was of that kind. Here a worker that has a question in hand takes no other: new connections are left
to the others, and a kept one on which more is asked is passed on to whoever is free first.
"""

import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any, ClassVar

import orjson
from gunicorn.workers.gthread import TConn

from pricecompare.web.leaving import Parting

LONG_SECONDS = 0.02
"""After which a question counts as a long one, and its worker is free to answer others meanwhile."""

NAME_BYTES = 1000
"""More than the two addresses of a connection ever take."""


class Sharing(Parting):
    """A worker with one question in hand, and others at hand for the rest."""

    line: ClassVar[tuple[socket.socket, socket.socket] | None] = None
    """Where connections on which something is asked go in, and where any worker takes them out."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # Workers are made by gunicorn's first process, and begin when it has forked: all of them find the same line.
        if Sharing.line is None:
            Sharing.line = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            for end in Sharing.line:
                end.setblocking(False)
        self._inlet, self._outlet = Sharing.line
        self._begun: dict[TConn, float] = {}
        self._waiting: deque[TConn] = deque()
        self._taking = False
        accept = super().accept
        doors = (partial(accept, one) for one in self.sockets)
        self._doors: deque[Callable[[], object]] = deque([self._taken, self._resumed, *doors])

    @property
    def busy(self) -> bool:
        """Whether a question is in hand that may soon be answered, or one in each thread."""
        if not self._begun:
            return False
        newest = next(reversed(self._begun.values()))
        return len(self._begun) >= self.cfg.threads or time.monotonic() < newest + LONG_SECONDS

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections and passed ones, or leave them to others; once they are left, for as long as busy."""
        enabled = enabled and (self._taking or not self.busy)
        super().set_accept_enabled(enabled)
        if enabled and not self._taking:
            self.poller.register(self._outlet, EVENT_READ, self._take)
        elif self._taking and not enabled:
            self.poller.unregister(self._outlet)
        self._taking = enabled
        if not self.alive:
            self._admit_all()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for what is to be done; no longer than until a question in hand counts as a long one."""
        super().wait_for_and_dispatch_events(min(timeout, LONG_SECONDS) if self._begun else timeout)
        self._go_on()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection, or leave it to others."""
        if self.busy:
            self.set_accept_enabled(False)
        else:
            super().accept(listener)

    def enqueue_req(self, conn: TConn) -> None:
        """Have what is asked on a connection answered by a thread."""
        self._begun[conn] = time.monotonic()
        super().enqueue_req(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Be free for the next question."""
        self._begun.pop(conn, None)
        super().finish_request(conn, fs)
        self._go_on()

    def _go_on(self) -> None:
        """Take what waits in the line, here or to be accepted, each in turn, before anything else that is asked."""
        self._doors.rotate()
        for door in self._doors:
            if self.alive and not self.busy and (self.nr_conns < self.worker_connections or door == self._resumed):
                door()

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Answer what is asked on a kept connection, or pass it on; where the line is full, it waits here."""
        if not (self.busy and self.alive):
            return super().on_client_socket_readable(conn, client)
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        if self._passed(conn):
            self.nr_conns -= 1
            conn.close()
        else:
            self._waiting.append(conn)

    def _passed(self, conn: TConn) -> bool:
        """Put a connection into the line; return False where that is full, or where its cipher is known only here."""
        if self.cfg.is_ssl:
            return False
        try:
            socket.send_fds(self._inlet, [orjson.dumps((conn.client, conn.server))], [conn.sock.fileno()])
        except OSError:
            return False
        return True

    def _take(self, _: Any) -> None:
        """Answer what is asked on a connection of the line, or leave it to others."""
        if self.busy:
            self.set_accept_enabled(False)
        else:
            self._taken()

    def _admit_all(self) -> None:
        """Answer, before this worker ends, what nobody else may be there to answer."""
        for door in self._doors:
            before = -1
            while len(self._begun) > before:
                before = len(self._begun)
                door()

    def _taken(self) -> None:
        """Answer what is asked on the first connection of the line, if there is one."""
        try:
            names, numbers, _, _ = socket.recv_fds(self._outlet, NAME_BYTES, 1)
        except BlockingIOError:
            return
        if not numbers:
            # This process has as many files open as it may: the system has closed the connection.
            return
        conn = TConn(self.cfg, socket.socket(fileno=numbers[0]), *map(_address, orjson.loads(names)))
        conn.data_ready = True
        self.nr_conns += 1
        self.enqueue_req(conn)

    def _resumed(self) -> None:
        """Answer what is asked on the first connection that waits here, if there is one."""
        if self._waiting:
            self.enqueue_req(self._waiting.popleft())


def _address(name: str | list[Any]) -> str | tuple[Any, ...]:
    """Return an address as the socket module writes it."""
    return name if isinstance(name, str) else tuple(name)
