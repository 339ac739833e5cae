"""The server itself: whether it is alive and ready, and what a monitoring is told of it."""

import hmac
from typing import Any

from flask import Response, current_app, request

from pricecompare.errors import Forbidden, Reason
from pricecompare.schemas import problems
from pricecompare.services.health import health, ready
from pricecompare.services.measures import measures
from pricecompare.web.answering import as_json, desk
from pricecompare.web.exposition import MEDIA, exposed
from pricecompare.web.keys import bearer
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun
from pricecompare.web.problems import RETRY_SECONDS, problem

PROXIED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
"""Headers that a proxy adds: behind one, everybody comes from its address."""

site = Noun("site", description="The server itself")


@costs(0)
@site.tells("/healthz", problems.Health)
def show_health() -> dict[str, Any]:
    """Whether the program answers, and how old its data are: null while the database cannot be read."""
    return health(desk())


@costs(0)
def show_readiness() -> Response:
    """Whether questions can be answered now: database, its version, room on the disk, age of data; 503 with why not."""
    found = ready(desk(), most_hours=current_app.extensions["watching"].ready_hours)
    if found.reasons:
        errors = [
            {"field": check, "code": one.code, "detail": one.en, "detail_zh": one.zh} for check, one in found.reasons
        ]
        response = problem(503, Reason.of("not_ready"), errors=errors)
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    told = {name: getattr(found, name) for name in ("schema_version", "data_version", "data_age_seconds")}
    return as_json({"status": "ready", **told})


@costs(0)
def show_metrics() -> Response:
    """Measures as Prometheus reads them: for allowed networks that no proxy stands before, or with a token."""
    _admit()
    known = current_app.extensions
    text = exposed(measures(desk(), known["ages"]), known["counters"])
    return Response(text, content_type=MEDIA, headers={"Cache-Control": "no-store"})


site.hands("/readyz", site.response(200, problems.Ready)(show_readiness))
_shown = site.response(200, {"type": "string"}, content_type="text/plain")(show_metrics)
site.hands("/metrics", site.doc(responses={403: "Forbidden"})(_shown))


def _admit() -> None:
    """Raise Forbidden for who may not watch."""
    watching = current_app.extensions["watching"]
    proxied = any(name in request.headers for name in PROXIED)
    if watching.admits(request.remote_addr or "", proxied=proxied):
        return
    given = bearer() if "Authorization" in request.headers else ""
    if not watching.token or not hmac.compare_digest(given.encode(), watching.token.encode()):
        raise Forbidden("no_metrics")
