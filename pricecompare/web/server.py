"""What gunicorn does before it makes workers: what is large and the same for all is loaded once and shared."""

import gc
import os
from contextlib import suppress
from typing import Any

from pricecompare.calc.pinyin import spellings
from pricecompare.errors import PriceCompareError
from pricecompare.services.ahead import read_ahead
from pricecompare.services.uploads.receiving import waiting
from pricecompare.web import create_app
from pricecompare.web.slow import prepare

__all__ = ["create_app"]  # importing it is what loads everything else

preload_app = True
"""The application is made once, too: what its workers share is made with it."""

graceful_timeout = 30
"""Seconds for answers under way when a worker is to stop."""

max_requests_jitter = 2000
"""Workers are not replaced all at once."""

keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where workers show that they live: in memory, so that a slow or read-only disk stops none of them."""

control_socket_disable = True
"""Nobody commands the server but by signals."""

logger_class = "pricecompare.web.logs.ServerLog"


def when_ready(server: Any) -> None:
    """Read what workers will need, then leave all of it alone: a page that is never written stays shared.

    Slow clients are kept from the workers.
    """
    prepare(server.LISTENERS)
    spellings("药")
    try:
        read_ahead(server.app.wsgi().extensions["pricecompare"])
    except PriceCompareError as error:
        # The database went away since the application was made: workers will find it when it is back.
        server.log.warning("Nothing is read ahead: %s", error)
    gc.collect()
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """Give a worker its part of the memory in which all of them count."""
    worker.part = server.app.wsgi().extensions["counters"].memory.take()


def worker_exit(_: Any, worker: Any) -> None:
    """Leave no process behind."""
    worker.wsgi.extensions["errands"].end()


def child_exit(server: Any, worker: Any) -> None:
    """Let the next worker go on counting where this one, however it ended, stopped."""
    server.app.wsgi().extensions["counters"].memory.give_back(worker.part)


def post_worker_init(worker: Any) -> None:
    """Have a process beside it, be counted among the workers, and go on with uploads that waited."""
    settle(worker.cfg)
    known = worker.wsgi.extensions
    known["errands"].begin(worker.sockets)
    known["counters"].begin(os.getpid(), worker.part)
    # While the database is away each question is told so; a worker that did not start would end the server.
    with suppress(PriceCompareError):
        if waiting(known["pricecompare"]):
            known["waiting"].wake()


def settle(settings: Any) -> None:
    """Let a worker, in which they never change, find gunicorn's settings as attributes.

    It looks some twenty of them up for every request, each by a method that is called when all else has failed.
    """
    vars(settings).update({name: setting.get() for name, setting in settings.settings.items()})
