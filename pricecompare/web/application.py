"""Flask without what none of our answers needs: sessions, coroutines, web sockets, hooks of other blueprints."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Request, Response, request_tearing_down
from flask.globals import request_ctx
from flask.sessions import NullSession, SessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.routing import MapAdapter

from pricecompare.errors import Invalid
from pricecompare.web.answering import NOT_GUESSED, Final

ON_PAGES = (
    (
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
)
"""No page loads anything from another host or tells one where its reader came from."""


HOSTS = 100
"""How many names of this server are remembered: anybody may make up another one."""


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
        return MapAdapter(self.url_map, server_name, *place)

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
        """Refuse an address that is no text, and one with NUL in it, which no database can look for; run hooks."""
        request = request_ctx.request
        query = request.query_string
        try:
            query.decode()
        except UnicodeDecodeError:
            raise Invalid("not_utf8") from None
        if b"%00" in query or "\0" in request.path:
            raise Invalid("nul_in_question")
        return super().preprocess_request() if _hooked(self.before_request_funcs, request) else None

    def process_response(self, response: Response) -> Response:
        """Return an answer with what browsers need to know, hooks run."""
        if not isinstance(response, Final):
            response.headers.extend((NOT_GUESSED, *(ON_PAGES if response.mimetype == "text/html" else ())))
        return (
            super().process_response(response) if _hooked(self.after_request_funcs, request_ctx.request) else response
        )

    def do_teardown_request(self, *error: Any) -> None:
        """Run what is to be run after a request, if there is anything."""
        if self.teardown_request_funcs or request_tearing_down.receivers:
            super().do_teardown_request(*error)


def _hooked(hooks: Mapping[str | None, Any], request: Request) -> bool:
    """Say whether the application, or the blueprint of this request, has hooks; none of our blueprints is nested."""
    return bool(hooks) and (None in hooks or request.blueprint in hooks)
