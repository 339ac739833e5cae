"""Work that would hold answers up, done by a process beside each worker: files, decisions, rules, many cases at once.

Reading a list and writing what follows from it takes Python for itself, thousands of times as long as an answer does.
In a thread of a worker all that it answers meanwhile would wait for that; here it only takes what is left of the
processors.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from flask import current_app

from pricecompare.errors import PriceCompareError, Unusable
from pricecompare.services.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")

GENTLE = 10
"""How far it stands back for those that answer, as `nice` counts; a tenth of a busy processor is left to it."""

OF_WORKERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
"""Signals that mean a worker: when that has gone, the process beside it ends after what it is doing."""

LOG = logging.getLogger(__name__)


class Errands:
    """What runs beside one worker, one errand at a time; without such a process errands are run where they come up."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._lock = threading.Lock()
        self._line: Connection | None = None
        self._child = 0

    def begin(self, listening: Iterable[Any] = ()) -> None:
        """Make the process, which leaves the `listening` sockets to its worker.

        To be done before the worker has threads or a connection to the database: neither may be in two processes.
        """
        self._desk.store.close()
        self._line, theirs = Pipe()
        self._child = os.fork()
        if self._child:
            theirs.close()
            return
        self._line.close()
        for one in listening:
            one.close()
        _serve(self._desk, theirs)

    def end(self) -> None:
        """Let the process end, and see it go."""
        if self._line is not None:
            self._line.close()
            self._line = None
            os.waitpid(self._child, 0)

    def run(self, errand: Callable[Concatenate[Desk, P], T], *given: P.args, **named: P.kwargs) -> T:
        """Return what a function of a module returns of the desk and what is given, or raise what it raises.

        Raises Unusable when the process ends half way: nothing was done then, or all of it.
        """
        with self._lock:
            if self._line is not None:
                return self._sent(self._line, errand, given, named)
        return errand(self._desk, *given, **named)

    def _sent(self, line: Connection, *errand: Any) -> Any:
        try:
            line.send(errand)
            done, found = line.recv()
        except (OSError, EOFError):
            LOG.warning("the process beside this worker ended: it does everything itself from now on")
            self.end()
            raise Unusable("unavailable") from None
        if done:
            return found
        raise found


def beside(errand: Callable[Concatenate[Desk, P], T], *given: P.args, **named: P.kwargs) -> T:
    """Return what an errand returns that is run beside the worker of this application; see `Errands.run`."""
    errands: Errands = current_app.extensions["errands"]
    return errands.run(errand, *given, **named)


def _serve(desk: Desk, line: Connection) -> NoReturn:
    """Run errands until nobody is there to send them."""
    signal.set_wakeup_fd(-1)
    for one in OF_WORKERS:
        signal.signal(one, signal.SIG_IGN)
    signal.signal(signal.SIGABRT, signal.SIG_DFL)
    os.nice(GENTLE)
    try:
        while True:
            line.send(_told(desk, *line.recv()))
    except (OSError, EOFError):
        desk.store.close()
    finally:
        # Nothing of what its worker would do at its end.
        os._exit(0)


def _told(desk: Desk, errand: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any]) -> tuple[bool, Any]:
    """Return whether an errand was done, and what came of it or the error that was raised."""
    try:
        return True, errand(desk, *given, **named)
    except PriceCompareError as error:
        return False, error
    except Exception:
        LOG.exception("an errand failed")
        return False, RuntimeError("an errand failed")
