"""The API over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from pricecompare.errors import Invalid
from pricecompare.services.often import Often
from pricecompare.services.opening import opened
from pricecompare.web.answering import edition
from pricecompare.web.openapi import as_text, described
from pricecompare.web.pages import pages
from pricecompare.web.waiting import Waiting

NOT_GUESSED = {"X-Content-Type-Options": "nosniff"}
"""No browser may take what is served for something else."""

ON_PAGES = NOT_GUESSED | {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""No page loads anything from another host or tells one where its reader came from."""


class Application(Flask):
    """Flask without looking at every request for coroutines, sessions and the hooks of other blueprints."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: none of ours is a coroutine."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Refuse an address that is no text, and one with NUL in it, which no database can look for; run hooks."""
        query = request.query_string
        try:
            query.decode()
        except UnicodeDecodeError:
            raise Invalid("not_utf8") from None
        if b"%00" in query or "\0" in request.path:
            raise Invalid("nul_in_question")
        return super().preprocess_request() if _hooked(self.before_request_funcs) else None

    def process_response(self, response: Response) -> Response:
        """Return an answer with what browsers need to know, hooks run."""
        response.headers.extend(ON_PAGES if response.mimetype == "text/html" else NOT_GUESSED)
        return super().process_response(response) if _hooked(self.after_request_funcs) else response


def _hooked(hooks: Mapping[str | None, Any]) -> bool:
    """Say whether the application, or the blueprint of this request, has hooks; none of our blueprints is nested."""
    return None in hooks or request.blueprint in hooks


OF_OURS = ("DB", "NOW", "SPOOL")
"""Settings that a process which takes uploads shares with the server."""


def create_app(**config: Any) -> Flask:
    """Return the application; `config` wins over ``PRICECOMPARE_*`` variables: DB, NOW and the names of Settings.

    Raises Unusable when there is no database, Invalid for a setting that makes no sense.
    """
    app = Application(__name__)
    app.config.from_prefixed_env("PRICECOMPARE")
    app.config.from_mapping(config)
    # One address for one thing: /api/v1//regions is no page. Slashes in front are dropped by werkzeug: //docs is /docs.
    app.url_map.merge_slashes = False
    desk = opened(app.config)
    app.extensions |= {"pricecompare": desk, "edition": edition(desk), "openapi": as_text(described(app))}
    app.extensions["often"] = Often(desk.settings.reports_per_hour)
    app.extensions["waiting"] = Waiting({name: app.config.get(name) for name in OF_OURS})
    app.register_blueprint(pages)
    return app
