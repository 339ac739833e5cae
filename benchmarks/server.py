"""gunicorn as it is measured: two sync workers, what they cost in processor and memory."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.city import ROOT

WORKERS = 2
UNREACHED = {f"PRICECOMPARE_{name}": "1000000000" for name in ("PER_MINUTE", "KEY_PER_MINUTE")}
"""Limits that no client reaches: requests are counted as they are for everybody."""

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Server:
    """A gunicorn that runs: its port and its first process."""

    port: int
    process: subprocess.Popen

    @property
    def pids(self) -> list[int]:
        """All its processes."""
        pid = self.process.pid
        return [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]

    @property
    def cpu(self) -> float:
        """Seconds of processor it has taken so far."""
        stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids)
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS

    @property
    def memory(self) -> tuple[float, float]:
        """Megabytes of all its processes, shared pages counted once, and of the largest alone."""
        maps = [kilobytes(pid) for pid in self.pids]
        return sum(one["Pss"] for one in maps) / 1000, max(one["Rss"] for one in maps) / 1000


def kilobytes(pid: int) -> dict[str, int]:
    """Return Rss, Pss and the like of a process, in thousands of bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(size.split()[0]) * 1024 // 1000 for name, size in (line.split(":") for line in lines)}


@contextmanager
def served(app: str, *, config: str = "", log: bool = False, **settings: str) -> Iterator[Server]:
    """Serve an application for as long as the block lasts; `settings` are environment variables, its `log` a file."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    if config:
        command += ["--config", config]
    sizes = ["--worker-class", "sync", "--workers", str(WORKERS), "--backlog", "64"]
    lines = tempfile.TemporaryFile() if log else None
    environment = os.environ | UNREACHED | settings
    process = subprocess.Popen([*command, *sizes, app], cwd=ROOT, env=environment, stderr=lines)
    try:
        _wait(port, process)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait(20)
        if lines:
            lines.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int, process: subprocess.Popen) -> None:
    """Return when somebody listens."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("gunicorn does not start")
