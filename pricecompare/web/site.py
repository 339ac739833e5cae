"""The server itself: whether it is alive and ready, and what a monitoring is told of it."""

import hmac
from typing import Any

from flask import Response, current_app, request

from pricecompare.errors import Forbidden
from pricecompare.schemas import problems
from pricecompare.services.health import health, ready
from pricecompare.services.measures import measures
from pricecompare.web.answering import as_json, desk
from pricecompare.web.exposition import MEDIA, exposed
from pricecompare.web.keys import bearer
from pricecompare.web.nouns import Noun

PROXIED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
"""Headers that a proxy adds: behind one, everybody comes from its address."""

RETRY_SECONDS = "5"

site = Noun("site", description="The server itself")


@site.tells("/healthz", problems.Health)
def show_health() -> dict[str, Any]:
    """Whether the program answers, and how old its data are: null while the database cannot be read."""
    return health(desk())


@site.route("/readyz")
@site.response(200, problems.Ready)
@site.alt_response(503, schema=problems.Ready, description="Nobody should be sent here now.")
@site.doc(operationId="show_readiness")
def show_readiness() -> Response:
    """Whether questions can be answered now: database, its version, room on the disk, age of the data; 503 with why."""
    found = ready(desk(), most_hours=current_app.extensions["watching"].ready_hours)
    told = {name: getattr(found, name) for name in ("schema_version", "data_version", "data_age_seconds")}
    why = [{"check": check, "code": one.code, "detail": one.en, "detail_zh": one.zh} for check, one in found.reasons]
    response = as_json({"status": "not_ready" if why else "ready", **told, "reasons": why})
    response.headers["Cache-Control"] = "no-store"
    if why:
        response.status_code = 503
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


@site.route("/metrics")
@site.response(200, {"type": "string"}, content_type="text/plain")
@site.alt_response(403, "Forbidden")
@site.doc(operationId="show_metrics", security=[{}, {"metricsToken": []}])
def show_metrics() -> Response:
    """Measures as Prometheus reads them: for allowed networks that no proxy stands before, or with a token."""
    _admit()
    known = current_app.extensions
    text = exposed(measures(desk(), known["ages"]), known["counters"])
    return Response(text, content_type=MEDIA, headers={"Cache-Control": "no-store"})


def _admit() -> None:
    """Raise Forbidden for who may not watch."""
    watching = current_app.extensions["watching"]
    proxied = any(name in request.headers for name in PROXIED)
    if watching.admits(request.remote_addr or "", proxied=proxied):
        return
    given = bearer() if "Authorization" in request.headers else ""
    if not watching.token or not hmac.compare_digest(given.encode(), watching.token.encode()):
        raise Forbidden("no_metrics")
