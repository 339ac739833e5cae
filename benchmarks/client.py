"""A small load generator: processes that ask over plain sockets, one request a connection.

A sync worker of gunicorn closes every connection anyway. The client shares the processors with the server, so what it
costs itself is told with every figure.
"""

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool

PROCESSES = 4
"""Twice the server's workers, so that each worker finds a connection waiting."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one process asks: `requests` in turn, between two moments of the monotonic clock."""

    port: int
    requests: tuple[bytes, ...]
    status: bytes
    begin: float
    end: float


def request(path: str, **headers: str) -> bytes:
    """Return a request as it is sent."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""]).encode()


def answer(port: int, asked: bytes) -> bytes:
    """Return the whole answer to a request, head and body."""
    with socket.socket() as line:
        line.connect(("127.0.0.1", port))
        line.sendall(asked)
        pieces = []
        while piece := line.recv(65_536):
            pieces.append(piece)
    return b"".join(pieces)


def wait(port: int, asked: bytes) -> float:
    """Return the seconds until an answer is there; ValueError for any whose status is not 200."""
    start = time.perf_counter()
    got = answer(port, asked)
    seconds = time.perf_counter() - start
    if not got.startswith(b"HTTP/1.1 200"):
        raise ValueError(got[:500].decode(errors="replace"))
    return seconds


def answered(clients: Pool, port: int, requests: Sequence[bytes], seconds: float, *, status: int) -> tuple[int, float]:
    """Return how many requests are answered in `seconds`, and how many seconds of processor the client takes for it.

    Raises ValueError for an answer with any other status.
    """
    begin = time.monotonic() + 0.1
    start = f"HTTP/1.1 {status}".encode()
    shares = [tuple(requests[number::PROCESSES]) for number in range(PROCESSES)]
    loads = [Load(port, share or tuple(requests), start, begin, begin + seconds) for share in shares]
    counts, costs = zip(*clients.map(_answered, loads, chunksize=1), strict=True)
    return sum(counts), sum(costs)


def _answered(this: Load) -> tuple[int, float]:
    """Ask until the time is over; return how many were answered and the processor's seconds."""
    time.sleep(max(this.begin - time.monotonic(), 0))
    cost, count = time.process_time(), 0
    while time.monotonic() < this.end:
        got = answer(this.port, this.requests[count % len(this.requests)])
        if not got.startswith(this.status):
            raise ValueError(got[:500].decode(errors="replace"))
        count += 1
    return count, time.process_time() - cost
