"""The API over HTTP."""

from typing import Any

from flask import Flask

from pricecompare.services.guesses import Guesses
from pricecompare.services.often import Often
from pricecompare.services.opening import opened
from pricecompare.web.answering import edition
from pricecompare.web.application import Application
from pricecompare.web.console import console
from pricecompare.web.contract import contracted
from pricecompare.web.keys import GUESSES_PER_HOUR
from pricecompare.web.openapi import as_text, described
from pricecompare.web.pages import pages
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
    app.extensions |= {"pricecompare": desk, "edition": edition(desk), "openapi": as_text(described(app))}
    app.extensions["remembered"] = Remembered()
    app.extensions["often"] = Often(desk.settings.reports_per_hour)
    app.extensions["guesses"] = Guesses(GUESSES_PER_HOUR)
    app.extensions["waiting"] = Waiting({name: app.config.get(name) for name in OF_OURS})
    app.register_blueprint(pages)
    app.register_blueprint(console)
    return app
