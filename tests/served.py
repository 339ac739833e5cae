"""A real server, kept by `pricecompare serve`, and readers that ask it all the time and keep count."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PATHS = (
    "/api/v1/regions",
    "/api/v1/drugs/XJ01CAA501A001010190008/offers?lat=28.228&lng=112.939&radius_km=5&sort=price",
)
WAIT_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid: int) -> list[int]:
    """Return the processes that a process has made."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Served:
    """`pricecompare serve` over the database at `url`."""

    def __init__(self, url: str, *options: str, within: Sequence[str] = (), **settings: str):
        self.port = free_port()
        names = {f"PRICECOMPARE_{name}": value for name, value in ({"DB": url, "PER_MINUTE": "0"} | settings).items()}
        command = [*within, sys.executable, "-m", "pricecompare.cli", "serve", "--port", str(self.port), *options]
        self.process = subprocess.Popen(
            command, env=os.environ | names, stdin=subprocess.DEVNULL, start_new_session=True
        )
        until(lambda: self.ask("/healthz")[0] == 200)

    @property
    def master(self) -> int:
        """gunicorn's first process."""
        return children(self.process.pid)[0]

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        return children(self.master)

    def ask(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body and head of an answer; (0, …) where there was no connection."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        except (OSError, http.client.HTTPException):
            return 0, b"", {}
        finally:
            line.close()

    def stop(self) -> int:
        """Stop it politely, or else all that is left of it; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def until(true, seconds: float = WAIT_SECONDS) -> float:
    """Wait until something is true; return how long that took, fail when it takes too long."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if true():
            return time.monotonic() - begun
        time.sleep(0.02)
    raise AssertionError(f"not after {seconds} s")


class Readers:
    """Threads that ask in turn; every body that differs from the first one of its address is wrong."""

    def __init__(self, served: Served, threads: int = 3):
        self.served = served
        self.right = {path: served.ask(path)[1] for path in PATHS}
        self.statuses: list[tuple[float, int]] = []
        self.wrong: list[bytes] = []
        self.unhelpful: list[dict[str, str]] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[number]) for number in range(threads)]

    def __enter__(self):
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for one in self._threads:
            one.join()

    def _read(self, number: int) -> None:
        while not self._stop.is_set():
            path = PATHS[number % len(PATHS)]
            number += 1
            status, body, head = self.served.ask(path)
            self.statuses.append((time.monotonic(), status))
            if status == 200 and body != self.right[path]:
                self.wrong.append(body)
            if status == 503 and "Retry-After" not in head:
                self.unhelpful.append(head)
            if status != 200:
                time.sleep(0.05)

    def count(self, status: int) -> int:
        """Return how many answers had a status; 0 is for no connection."""
        return sum(one == status for _, one in self.statuses)

    def others(self, *statuses: int) -> set[int]:
        """Return the statuses that were met besides."""
        return {one for _, one in self.statuses} - set(statuses)
