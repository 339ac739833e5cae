"""What every answer has besides its own: the id of its request and, for those who ask for one, an envelope."""

from collections.abc import Callable, Iterable
from typing import Any

from pricecompare.web.envelope import enveloped
from pricecompare.web.named import named

Application = Callable[..., Iterable[bytes]]


def contracted(application: Application) -> Application:
    """Return a WSGI application that names each request, and puts its answer into an envelope where X-Envelope is 1.

    Nothing else is done with a request that asks for no envelope: most ask for none.
    """

    def answered(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        this = named(environ)

        def started(status: str, head: list[tuple[str, str]], exc_info: Any = None) -> Any:
            head.append(("X-Request-Id", this))
            return start(status, head, exc_info)

        if environ.get("HTTP_X_ENVELOPE") == "1":
            return enveloped(application, environ, started, this)
        return application(environ, started)

    return answered
