"""Console sessions in documents: read, run for real, and compared or written back.

``python -m tests.sessions README.md`` puts the real outputs into a document.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOW = "2026-11-01T12:00:00+08:00"
ADDRESS = "127.0.0.1:8000"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[tuple[str, str]]:
    """Return (command, output) of a console block; a command is one line that begins with a dollar."""
    found = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (one.partition("\n") for one in found)]


def blocks(document: Path) -> list[list[tuple[str, str]]]:
    """Return every console session of a document."""
    return [commands(block) for block in BLOCK.findall(document.read_text("utf-8"))]


@contextmanager
def workplace() -> Iterator["Workplace"]:
    """A folder with the fixtures, in which sessions run one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(ROOT / "fixtures", Path(folder) / "fixtures")
        place = Workplace(Path(folder))
        try:
            yield place
        finally:
            place.stop()


class Workplace:
    """Runs commands as a reader would, the clock standing at NOW; `pricecompare serve … &` stays running."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.server = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "PRICECOMPARE_NOW": NOW, "PORT": str(self.port)}
        self.environment.pop("PRICECOMPARE_DB", None)

    def output(self, command: str) -> str:
        """Return what a command prints, errors included."""
        if command.rstrip().endswith("&"):
            return self._serve(command.rstrip(" &"))
        line = command.replace(ADDRESS, f"127.0.0.1:{self.port}")
        ran = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120
        )
        return (ran.stdout + ran.stderr).replace(f"127.0.0.1:{self.port}", ADDRESS)

    def _serve(self, command: str) -> str:
        self.server = subprocess.Popen(command.split(), cwd=self.folder, env=self.environment)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1).close()
                return ""
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(command)

    def stop(self) -> None:
        """Stop the server."""
        if self.server is not None:
            self.server.terminate()
            self.server.wait(20)


def written(document: Path) -> str:
    """Return a document with the real output under every command."""
    with workplace() as place:

        def session(match: re.Match) -> str:
            lines = [f"$ {command}\n{place.output(command)}" for command, _ in commands(match[1])]
            return "```console\n" + "".join(lines) + "```"

        return BLOCK.sub(session, document.read_text("utf-8"))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        Path(name).write_text(written(Path(name)), "utf-8")
