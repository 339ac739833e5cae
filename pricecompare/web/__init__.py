"""The API over HTTP."""

from typing import Any

from flask import Flask

from pricecompare.services.measures import Ages
from pricecompare.services.often import Often
from pricecompare.services.opening import opened
from pricecompare.services.upkeep.watching import watching
from pricecompare.web.answering import edition
from pricecompare.web.application import Application
from pricecompare.web.metrics import counted
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
    app.config.from_prefixed_env("PRICECOMPARE")
    app.config.from_mapping(config)
    # One address for one thing: /api/v1//regions is no page. Slashes in front are dropped by werkzeug: //docs is /docs.
    app.url_map.merge_slashes = False
    desk = opened(app.config)
    app.extensions |= {"pricecompare": desk, "edition": edition(desk), "openapi": as_text(described(app))}
    app.extensions["remembered"] = Remembered()
    app.extensions["often"] = Often(desk.settings.reports_per_hour)
    app.extensions["waiting"] = Waiting({name: app.config.get(name) for name in OF_OURS})
    app.register_blueprint(pages)
    app.extensions |= {"watching": watching(app.config), "ages": Ages(), "counters": counted(app)}
    return app
