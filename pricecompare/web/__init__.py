"""The API over HTTP."""

from typing import Any

from flask import Flask
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest

from pricecompare.services.access.guesses import Guesses
from pricecompare.services.access.often import Often
from pricecompare.services.bounds import Bounds
from pricecompare.services.measures import Ages
from pricecompare.services.opening import opened
from pricecompare.services.upkeep.watching import watching
from pricecompare.web import logs
from pricecompare.web.answering import edition
from pricecompare.web.application import Application
from pricecompare.web.consoles import console
from pricecompare.web.contract import contracted
from pricecompare.web.errands import Errands
from pricecompare.web.keys import GUESSES_PER_HOUR
from pricecompare.web.limits import Limits
from pricecompare.web.metrics import counted
from pricecompare.web.openapi import put_into
from pricecompare.web.pages import pages
from pricecompare.web.problems import of_http
from pricecompare.web.proxies import behind
from pricecompare.web.remembered import Remembered
from pricecompare.web.waiting import Waiting

OF_OURS = ("DB", "NOW", "SPOOL")
"""Settings that a process which takes uploads shares with the server."""


def create_app(**config: Any) -> Flask:
    """Return the application; `config` wins over ``PRICECOMPARE_*`` variables: DB, NOW and the names of Settings.

    Raises Unusable when there is no database, Invalid for a setting that makes no sense.
    """
    app = Application(__name__)
    app.wsgi_app = contracted(app.wsgi_app)  # type: ignore[method-assign]
    app.config.from_prefixed_env("PRICECOMPARE")
    app.config.from_mapping(config)
    # One address for one thing: /api/v1//regions is no page. Slashes in front are dropped by werkzeug: //docs is /docs.
    app.url_map.merge_slashes = False
    desk = opened(app.config)
    put_into(app)
    app.extensions |= {"pricecompare": desk, "edition": edition(desk)}
    app.extensions["remembered"] = Remembered()
    app.extensions["often"] = Often()
    app.extensions["guesses"] = Guesses(GUESSES_PER_HOUR)
    app.extensions["errands"] = Errands(desk)
    app.extensions["waiting"] = Waiting({name: app.config.get(name) for name in OF_OURS})
    app.register_blueprint(pages)
    app.register_blueprint(console)
    app.extensions |= {"watching": watching(app.config), "ages": Ages(), "counters": counted(app)}
    _guard(app, desk.settings.bounds)
    return app


def _guard(app: Application, bounds: Bounds) -> None:
    """Let an application count, bound and log what is asked of it."""
    app.bounds = bounds
    app.logs = bool(app.config.get("LOG"))
    logs.install()
    for sort in (ParseException, NoMoreData, ConnectionError):
        # A body that is no body, or that ends too early, shows only when it is read.
        app.register_error_handler(sort, lambda _: of_http(BadRequest()))
    if bounds.per_minute or bounds.key_per_minute:
        app.limits = Limits(app, bounds, app.extensions["often"])
    if bounds.trusted_proxies:
        app.wsgi_app = behind(app.wsgi_app, bounds.trusted_proxies)  # type: ignore[method-assign]
