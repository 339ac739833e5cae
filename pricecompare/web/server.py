"""What gunicorn does before it makes workers: what is large and the same for all is loaded once and shared."""

import gc
import os
from typing import Any

from pricecompare.calc.pinyin import spellings
from pricecompare.services.receiving import waiting
from pricecompare.web import create_app
from pricecompare.web.metrics import OURS

__all__ = ["create_app"]  # importing it is what loads everything else

graceful_timeout = 30
"""Seconds for answers under way when a worker is to stop."""

max_requests_jitter = 2000
"""Workers are not replaced all at once."""

keepalive = 5
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where workers show that they live: in memory, so that a slow or read-only disk stops none of them."""

control_socket_disable = True
"""Nobody commands the server but by signals."""


def pre_fork(server: Any, worker: Any) -> None:
    """Give a worker its part of the memory in which all of them count."""
    worker.part = OURS.part = OURS.share().take()


def child_exit(server: Any, worker: Any) -> None:
    """Let the next worker go on counting where this one, however it ended, stopped."""
    OURS.share().give_back(worker.part)


def post_worker_init(worker: Any) -> None:
    """Be counted among the workers, and go on with uploads that waited when the server stopped."""
    worker.wsgi.extensions["counters"].begin(os.getpid())
    if waiting(worker.wsgi.extensions["pricecompare"]):
        worker.wsgi.extensions["waiting"].wake()


def when_ready(server: Any) -> None:
    """Load the tables of pinyin, then leave all that is loaded alone: a page that is never written stays shared."""
    spellings("药")
    gc.collect()
    gc.freeze()
