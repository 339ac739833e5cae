"""The API over HTTP."""

from typing import Any

from flask import Flask, Response, request

from pricecompare.errors import Invalid
from pricecompare.services.opening import opened
from pricecompare.web.answering import edition
from pricecompare.web.openapi import as_text, described
from pricecompare.web.pages import pages

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing that is served loads anything from another host, and no browser may take it for something else."""


def create_app(**config: Any) -> Flask:
    """Return the application; `config` wins over ``PRICECOMPARE_*`` variables: DB, NOW and the names of Settings.

    Raises Unusable when there is no database, Invalid for a setting that makes no sense.
    """
    app = Flask(__name__)
    app.config.from_prefixed_env("PRICECOMPARE")
    app.config.from_mapping(config)
    # One address for one thing: /api/v1//regions is no page. Slashes in front are dropped by werkzeug: //docs is /docs.
    app.url_map.merge_slashes = False
    desk = opened(app.config)
    app.extensions |= {"pricecompare": desk, "edition": edition(desk), "openapi": as_text(described(app))}
    app.register_blueprint(pages)
    app.before_request(_refuse_no_text)
    app.after_request(_guarded)
    return app


def _refuse_no_text() -> None:
    """Refuse an address that is no text, and one with NUL in it, which no database can look for."""
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        raise Invalid("not_utf8") from None
    if "\0" in request.path or b"%00" in request.query_string:
        raise Invalid("nul_in_question")


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
