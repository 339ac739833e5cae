"""Lines of the log, each a JSON object: what was asked and how it ended, never what stood in a question.

A line names the route and not the path, the kind of an error and where in the program it came up, not what it says: a
path, a query or a value that cannot be read may hold a place, a name or a key.
"""

import logging
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from time import perf_counter
from traceback import extract_tb
from types import TracebackType
from typing import Any

import orjson
from flask import Request, has_request_context
from flask import request as this_request
from gunicorn.glogging import Logger

from pricecompare.web.keys import origin

BEGAN = "pricecompare.began"
REQUEST_ID = "pricecompare.request_id"
"""Where it stands in the WSGI environment when a request began, and what it is called."""

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REFUSED = {401, 403, 429}
"""Of what is refused to somebody the line tells from which network it was asked."""

STDERR = 2
HANDLED_BY = "pricecompare"

Exc = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def write(line: dict[str, Any]) -> None:
    """Write one line to standard error, where whoever runs the server collects it; a full disk stops no answer."""
    _put(orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE))


def _put(line: bytes) -> None:
    with suppress(OSError):
        os.write(STDERR, line)


def now() -> str:
    """Return the time it is, UTC, as a line tells it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def route(request: Request) -> str:
    """Return the route of a request, `-` for an address that none fits."""
    return request.url_rule.rule if request.url_rule else "-"


def told(request: Request, status: int) -> dict[str, Any]:
    """Return what the log tells of a request that has been answered."""
    environ = request.environ
    line = {
        "at": now(),
        "level": "info",
        "what": "request",
        "request_id": environ.get(REQUEST_ID),
        "method": request.method if request.method in METHODS else "other",
        "route": route(request),
        "status": status,
        "ms": round((perf_counter() - environ[BEGAN]) * 1000, 1),
    }
    return line | {"network": origin(environ.get("REMOTE_ADDR", ""))} if status in REFUSED else line


class Lines(logging.Formatter):
    """Records of the log as JSON; of an exception its kind and where it came up."""

    def __init__(self, cleaned: Callable[[str], str] = str):
        super().__init__()
        self._cleaned = cleaned

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, Any] = {"at": now(), "level": record.levelname.lower(), "what": record.name}
        # Half a letter, of a name that is no text, would not be written at all.
        line["message"] = self._cleaned(record.getMessage()).encode("utf-8", "replace").decode()
        if has_request_context():
            line |= {"request_id": this_request.environ.get(REQUEST_ID), "route": route(this_request)}
        if record.exc_info:
            line |= failure(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def failure(found: Exc | Any) -> dict[str, Any]:
    """Return of what kind an exception is, what it came of, and where in the program."""
    kind, error, trace = found
    before = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
    frames = [f"{os.path.basename(one.filename)}:{one.lineno} {one.name}" for one in extract_tb(trace)]
    return {"error": kind.__name__ if kind else None, "of": type(before).__name__ if before else None, "where": frames}


class Stderr(logging.Handler):
    """Writes lines where those of requests go."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        _put(self.format(record).encode() + b"\n")


def install() -> None:
    """Let everything of this program be logged in lines of JSON, once for each process."""
    log = logging.getLogger(HANDLED_BY)
    if not log.handlers:
        handler = Stderr()
        handler.setFormatter(Lines())
        log.addHandler(handler)


MALFORMED = re.compile(r"^Invalid request from ip=(\S*?): .*", re.DOTALL)


def cleaned(message: str) -> str:
    """Return what gunicorn says, without what somebody sent.

    >>> cleaned("Invalid request from ip=203.0.113.7: Invalid Request Line '13900000000'")
    'malformed request from api:203.0.113.0/24'
    """
    return MALFORMED.sub(lambda found: f"malformed request from {origin(found[1])}", message)


class ServerLog(Logger):
    """gunicorn's own log in the same lines; it repeats no line, header or address that somebody sent."""

    def setup(self, cfg: Any) -> None:
        """Take the settings of gunicorn, and write lines all the same."""
        super().setup(cfg)
        if cfg.errorlog == "-":
            # By its own handler gunicorn knows that it is to be replaced when settings are read again.
            handler = Stderr()
            handler._gunicorn = True  # type: ignore[attr-defined]
            self.error_log.handlers = [handler]
        for each in self.error_log.handlers:
            each.setFormatter(Lines(cleaned))

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Log an error without the address that was asked for."""
        super().exception("Error handling request" if args else msg, **kwargs)

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Log nothing: what gunicorn tells at this level it tells of what was sent."""

    def access(self, *_: Any) -> None:
        """Log nothing: each request has its line already, which names no address."""
