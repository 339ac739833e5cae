"""What gunicorn does before it makes workers: what is large and the same for all is loaded once and shared."""

import gc
from typing import Any

from pricecompare.calc.pinyin import spellings
from pricecompare.services.ahead import read_ahead
from pricecompare.services.receiving import waiting
from pricecompare.web import create_app
from pricecompare.web.slow import prepare

__all__ = ["create_app"]  # importing it is what loads everything else

preload_app = True
"""The application is made once, too."""


def when_ready(server: Any) -> None:
    """Read what workers will need, then leave all of it alone: a page that is never written stays shared.

    Slow clients are kept from the workers.
    """
    prepare(server.LISTENERS)
    spellings("药")
    read_ahead(server.app.wsgi().extensions["pricecompare"])
    gc.collect()
    gc.freeze()


logger_class = "pricecompare.web.logs.ServerLog"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Go on with uploads that waited when the server stopped."""
    if waiting(worker.wsgi.extensions["pricecompare"]):
        worker.wsgi.extensions["waiting"].wake()
