"""Questions asked by `wrk` (https://github.com/wg/wrk, Debian's package of that name), at most or at a given pace."""

import json
import resource
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

SCRIPT = Path(__file__).with_suffix(".lua")

LINES, VISITORS = 16, 64
"""Connections that ask without a pause while it is found out how much is answered at most, and those that are paced."""

PATIENCE = 30
"""Seconds after which wrk counts a question without an answer as lost."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How many answers came in how many seconds, their median and 99th percentile in seconds, and what was not right.

    Waits are counted from asking to the whole answer. `refused`: answers of 400 and more; `lost`: those that never came
    whole; `spent`: seconds of processor that asking took.
    """

    answers: int
    seconds: float
    median: float
    late: float
    refused: int
    lost: int
    spent: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def errors(self) -> int:
        """How many were no right answers."""
        return self.refused + self.lost


def asked(port: int, paths: Sequence[str], seconds: float, rate: float = 0.0) -> Heard:
    """Return what came of asking `rate` questions a second, or as many as are answered.

    Raises SystemExit where there is no wrk.
    """
    if shutil.which("wrk") is None:
        raise SystemExit("load: wrk asks the questions, and it is not here: apt-get install wrk")
    lines = VISITORS if rate else LINES
    sizes = ["-t1", f"-c{lines}", f"-d{round(seconds)}s", "--timeout", f"{PATIENCE}s", "-s", str(SCRIPT)]
    before = _spent()
    with NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("".join(f"{path}\n" for path in paths))
        listed.flush()
        command = ["wrk", *sizes, f"http://127.0.0.1:{port}", listed.name, f"{rate:.3f}"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return Heard(**json.loads(told), spent=_spent() - before)


def _spent() -> float:
    """Return the seconds of processor of all programs that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
