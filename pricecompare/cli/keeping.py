"""A server that is kept running: started again when it dies, renewed and stopped as signals say."""

import os
import signal
import subprocess
import time
from collections.abc import Callable

import click

STOPPED = (0, -signal.SIGTERM, -signal.SIGINT)
"""Exit codes of a server that was asked to stop, which is no failure."""

LONG_ENOUGH = 60.0
"""Seconds after which a start counts as a good one."""

MOST_STARTS, LONGEST_PAUSE = 8, 15.0
"""Starts in a row that fail, the pause before each being twice the one before, until it is left to the system."""


class Kept:
    """Runs what `start` starts until this process is asked to stop."""

    def __init__(self, start: Callable[[], subprocess.Popen], *, pause: float = 0.2):
        self._start, self._pause = start, pause
        self._stopping = False
        self._server: subprocess.Popen | None = None

    def until_stopped(self) -> int:
        """Return the exit code, 0 when the server was asked to stop."""
        # A terminal that closes hangs up; without one, that is how a service is told to renew its processes.
        renew = signal.SIGTERM if os.isatty(0) else signal.SIGHUP
        passed_on = {signal.SIGTERM: signal.SIGTERM, signal.SIGINT: signal.SIGTERM, signal.SIGHUP: renew}
        for asked in passed_on:
            signal.signal(asked, lambda number, _: self._pass_on(passed_on[signal.Signals(number)]))
        failed = 0
        while not self._stopping:
            self._server, begun = self._start(), time.monotonic()
            code = self._server.wait()
            if self._stopping or code in STOPPED:
                return 0 if code in STOPPED else code
            failed = 1 if time.monotonic() - begun > LONG_ENOUGH else failed + 1
            if failed > MOST_STARTS:
                return code
            click.echo(f"gunicorn ended with {code} and is started again", err=True)
            time.sleep(min(self._pause * 2 ** (failed - 1), LONGEST_PAUSE))
        return 0

    def _pass_on(self, asked: signal.Signals) -> None:
        self._stopping |= asked == signal.SIGTERM
        if self._server:
            self._server.send_signal(asked)
