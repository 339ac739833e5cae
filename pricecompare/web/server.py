"""What gunicorn does before it makes workers: what is large and the same for all is loaded once and shared."""

import gc
from typing import Any

from pricecompare.calc.pinyin import spellings
from pricecompare.services.receiving import waiting
from pricecompare.web import create_app
from pricecompare.web.limits import share
from pricecompare.web.slow import prepare

__all__ = ["create_app"]  # importing it is what loads everything else


logger_class = "pricecompare.web.logs.ServerLog"
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Let all workers count together how much somebody asks."""
    share()


def post_worker_init(worker: Any) -> None:
    """Go on with uploads that waited when the server stopped."""
    if waiting(worker.wsgi.extensions["pricecompare"]):
        worker.wsgi.extensions["waiting"].wake()


def when_ready(server: Any) -> None:
    """Load the tables of pinyin, then leave all that is loaded alone: a page that is never written stays shared.

    Slow clients are kept from the workers.
    """
    prepare(server.LISTENERS)
    spellings("药")
    gc.collect()
    gc.freeze()
