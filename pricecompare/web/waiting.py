"""Uploads that wait are taken by a process of its own: the threads that answer questions are not held up."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pricecompare.web.errands import GENTLE

COMMAND = (sys.executable, "-m", "pricecompare.cli", "uploads", "take")
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0

LOG = logging.getLogger(__name__)


class Waiting:
    """Takes what waits, whenever it is woken: at most one process of each server process at a time."""

    def __init__(self, settings: Mapping[str, Any]):
        self._settings = {f"PRICECOMPARE_{name}": str(value) for name, value in settings.items() if value is not None}
        self._lock = threading.Lock()
        self._running = self._wanted = False

    def wake(self) -> None:
        """Let what waits be taken, now or right after what is being taken."""
        with self._lock:
            self._wanted = True
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="waiting uploads", daemon=True).start()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while self._goes_on():
            # The command of a service must not be changed by what its users send: it has no words of theirs.
            done = self._taken()
            if done == 0:
                pause = FIRST_PAUSE
                continue
            LOG.warning("uploads wait: the command that takes them ended with %s", done)
            with self._lock:
                self._wanted = True
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _taken(self) -> int:
        """Run the command, gently; return its exit code."""
        with subprocess.Popen(COMMAND, env=os.environ | self._settings, stdout=subprocess.DEVNULL) as process:
            # It may be over already.
            with suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + GENTLE)
            return process.wait()

    def _goes_on(self) -> bool:
        with self._lock:
            self._running, self._wanted = self._wanted, False
            return self._running
