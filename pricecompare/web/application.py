"""Flask without what none of our answers needs: sessions, coroutines, web sockets, hooks of other blueprints."""

from collections.abc import Callable, Mapping
from math import inf
from time import perf_counter
from typing import Any

from flask import Flask, Request, Response, request_tearing_down
from flask.globals import request_ctx
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.routing import MapAdapter

from pricecompare.errors import Invalid
from pricecompare.services.bounds import Bounds
from pricecompare.store import deadline
from pricecompare.web import headers, logs
from pricecompare.web.answering import Final
from pricecompare.web.limits import LIMIT, Limits

READING = {"GET", "HEAD"}

AS_FLASK_ASKS = {"return_rule": True}

HOSTS = 100
"""How many names of this server are remembered: anybody may make up another one."""


ROUTES, LONGEST = 4096, 100
"""How many addresses are remembered with their routes, and how many characters each of them may have."""


class Adapter(MapAdapter):
    """Finds the view of a request, or finds it again among those `known` by method and address: routes never change."""

    known: dict[tuple[str, str], Any]

    def match(self, *asked: Any, **options: Any) -> Any:
        """Return what werkzeug does; of a request as Flask asks for it, what it returned before."""
        if asked or options != AS_FLASK_ASKS:
            return super().match(*asked, **options)
        address = self.default_method, self.path_info
        if (found := self.known.get(address)) is None:
            found = super().match(**options)
            if len(self.path_info) <= LONGEST:
                if len(self.known) >= ROUTES:
                    self.known.clear()
                self.known[address] = found
        rule, values = found
        return rule, dict(values)


class NoSession(SessionInterface):
    """One session for everybody, in which nothing can be kept."""

    nobody = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:
        """Return the session of nobody."""
        return self.nobody


class Application(Flask):
    """Flask that does for a request what ours need."""

    session_interface = NoSession()

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._hosts: dict[tuple[str, str | None], tuple[str, str]] = {}
        self._routes: dict[tuple[str, str], Any] = {}
        self.bounds = Bounds()
        self.limits: Limits | None = None
        self.logs = False

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the view of a request.

        Most of werkzeug's work on that is checking the name of the host, which is nearly always the same.
        """
        if request is None or "HTTP_UPGRADE" in request.environ or not request.environ.get("PATH_INFO"):
            return super().create_url_adapter(request)
        asked = request.scheme, request.environ.get("HTTP_HOST")
        if asked not in self._hosts:
            return self._remembered(asked, request)
        server_name, request.host = self._hosts[asked]
        query = request.query_string.decode(errors="replace")
        place = request.root_path, "", request.scheme, request.path, request.method, query
        adapter = Adapter(self.url_map, server_name, *place)
        adapter.known = self._routes
        return adapter

    def _remembered(self, asked: tuple[str, str | None], request: Request) -> MapAdapter | None:
        """Return what werkzeug gives; the name of the host is remembered, with at most a hundred others."""
        adapter = super().create_url_adapter(request)
        if adapter and len(self._hosts) < HOSTS:
            self._hosts[asked] = adapter.server_name, request.host
        return adapter

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: none of ours is a coroutine."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Refuse who asks too much, an address that is no text or has NUL in it, which no database knows; run hooks."""
        request = request_ctx.request
        self._begin(request)
        query = request.query_string
        try:
            query.decode()
        except UnicodeDecodeError:
            raise Invalid("not_utf8") from None
        if b"%00" in query or "\0" in request.path:
            raise Invalid("nul_in_question")
        return super().preprocess_request() if _hooked(self.before_request_funcs, request) else None

    def _begin(self, request: Request) -> None:
        """Take the time, count the request, and bound how long the database is asked for an answer."""
        request.environ[logs.BEGAN] = perf_counter()
        deadline.begin(self.bounds.answer_seconds if reads(request) else inf)
        if self.limits:
            self.limits.admit(request)

    def process_response(self, response: Response) -> Response:
        """Return an answer with what browsers and askers need to know, hooks run, and write its line of the log."""
        request, origins = request_ctx.request, self.bounds.cors_origins
        head = response.head if isinstance(response, Final) else None
        if origins or head is None:
            headers.put(request, response, origins)
        if told := request.environ.get(LIMIT):
            (response.headers if head is None else head).extend(told.headers)
        if _hooked(self.after_request_funcs, request):
            response = super().process_response(response)
        # A file is sent for as long as its reader takes.
        deadline.end()
        if self.logs and logs.BEGAN in request.environ:
            logs.write(logs.told(request, response.status_code))
        return response

    def log_exception(self, exc_info: Any) -> None:
        """Log what nobody foresaw: of which kind it is and where it came up, nothing of what was asked."""
        self.logger.error("internal error", exc_info=exc_info)

    def do_teardown_request(self, *error: Any) -> None:
        """Run what is to be run after a request, if there is anything."""
        if self.teardown_request_funcs or request_tearing_down.receivers:
            super().do_teardown_request(*error)


def reads(request: Request) -> bool:
    """Say whether a request changes nothing, so that it can be given up half way; a basket is asked for by POST."""
    return request.method in READING or request.blueprint == "baskets"


def _hooked(hooks: Mapping[str | None, Any], request: Request) -> bool:
    """Say whether the application, or the blueprint of this request, has hooks; none of our blueprints is nested."""
    return bool(hooks) and (None in hooks or request.blueprint in hooks)
