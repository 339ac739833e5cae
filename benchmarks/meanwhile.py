"""What goes on beside the questions of a load: prices that come in, and a look at memory and processors."""

import os
import time
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Self

import numpy as np

from benchmarks.server import TICKS, kilobytes
from tests.conftest import FIXTURES, NOW
from tests.served import Served, children

KEY = "a-key-of-the-soak"
EDGE = "the-end-of-a-part"
HEADER = "pharmacy_code,drug_code,kind,price,observed_at,stock\n"
UPLOAD_SECONDS = 1.0
TO_MINUTES = 60


def processes(served: Served) -> list[int]:
    """Return the server's processes: the first one, its workers, and what runs beside them."""
    found = [served.master]
    for pid in found:
        found += children(pid)
    return found


def seconds_of(pids: list[int]) -> float:
    """Return the seconds of processor that processes and what they have waited for have taken."""
    found = 0.0
    for pid in pids:
        with suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found += sum(map(int, stat[11:15])) / TICKS
    return found


def busy_seconds() -> float:
    """Return the seconds that all processors of the machine have been at work."""
    user, nice, system, _, _, interrupt, soft, *_ = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + interrupt + soft) / TICKS


class Repeated:
    """Does something again and again in a thread of its own, for as long as a block lasts.

    What takes longer than its time is begun again at once, so that a busy server is not asked for less.
    """

    every = UPLOAD_SECONDS

    def __init__(self) -> None:
        self._stop = Event()

    def __enter__(self) -> Self:
        self._stop.clear()
        self._thread = Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic() + self.every
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            self.once()
            due = max(due + self.every, time.monotonic())

    def once(self) -> None:
        """Do it once."""
        raise NotImplementedError


class Watch(Repeated):
    """Looks how much memory the server's processes take, shared pages counted once, and how busy they are."""

    every = 3.0

    def __init__(self, served: Served):
        super().__init__()
        self._served = served
        self._seen: list[tuple[float, float]] = []
        self._begun = time.monotonic(), seconds_of(processes(served)), busy_seconds()

    def once(self) -> None:
        """Look once."""
        try:
            sizes = [kilobytes(pid)["Pss"] for pid in processes(self._served)]
        except (OSError, IndexError):
            # One of them is just being replaced.
            return
        self._seen.append((time.monotonic() / TO_MINUTES, sum(sizes) / 1000))

    @property
    def growth(self) -> float:
        """Megabytes a minute in the second half: what is kept at all is kept by then."""
        minutes, sizes = zip(*self._seen[len(self._seen) // 2 :], strict=True)
        return float(np.polyfit(minutes, sizes, 1)[0]) if len(minutes) > 2 else 0.0

    @property
    def megabytes(self) -> float:
        """What was taken when it was looked last."""
        return self._seen[-1][1] if self._seen else 0.0

    def shares(self, client: float) -> tuple[float, float, float]:
        """Return which part of all processors server, client (its seconds) and anything else had since the start."""
        at, server, busy = self._begun
        all_of_it = (time.monotonic() - at) * (os.cpu_count() or 1)
        ours = seconds_of(processes(self._served)) - server
        return ours / all_of_it, client / all_of_it, (busy_seconds() - busy - ours - client) / all_of_it


class Sender(Repeated):
    """Sends a pharmacy's whole list of the day, one in fifty of its prices changed a little."""

    def __init__(self, port: int, seed: int):
        super().__init__()
        self._port, self._random = port, Random(seed)
        lines = (FIXTURES / "prices.csv").read_text("utf-8").splitlines()[1:]
        self._lines = [line.split(",") for line in lines]
        self._shops = sorted({line[0] for line in self._lines})
        self.sent = self.refused = self._before = 0

    def forget(self) -> None:
        """Count from nothing again."""
        self._before, self.sent = self._before + self.sent, 0

    def once(self) -> None:
        """Send one list."""
        shop, at = self._random.choice(self._shops), (NOW + timedelta(minutes=self._before + self.sent)).isoformat()
        rows = {(drug, kind): price for code, drug, kind, price, *_ in self._lines if code == shop}
        for key in self._random.sample(sorted(rows), max(1, len(rows) // 50)):
            rows[key] = f"{float(rows[key]) * self._random.choice((0.98, 1.02)) + 0.01:.2f}"
        text = "".join(f"{shop},{drug},{kind},{price},{at},in\n" for (drug, kind), price in rows.items())
        self.refused += self._status(HEADER + text) not in (200, 201)
        self.sent += 1

    def _status(self, text: str) -> int:
        """Send a whole list; return the status of the answer, 0 for none."""
        parts = {'name="what"': "prices", 'name="mode"': "full", 'name="file"; filename="list.csv"': text}
        body = "".join(f"--{EDGE}\r\nContent-Disposition: form-data; {n}\r\n\r\n{v}\r\n" for n, v in parts.items())
        head = {"Authorization": f"Bearer {KEY}", "Content-Type": f"multipart/form-data; boundary={EDGE}"}
        line = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            line.request("POST", "/api/v1/uploads", f"{body}--{EDGE}--\r\n".encode(), head)
            return line.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            line.close()
