"""Refusals as application/problem+json (RFC 9457): the one place where errors meet HTTP."""

from typing import Any

import orjson
from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from pricecompare.errors import PriceCompareError, Reason, TooMany
from pricecompare.web.query import BadQuestion, Wrong

PROBLEM = "application/problem+json"

RETRY_SECONDS = "5"
"""When to come again after the database could not be read."""

HTTP_CODES = {400: "bad_request", 404: "no_such_page", 405: "wrong_method", 500: "internal_error"}
"""What the server itself refuses; any other status is `refused`."""


def of_ours(error: PriceCompareError) -> Response:
    """Return the refusal that an error of ours asks for; what an operator has to mend is logged, not told."""
    if error.status >= 500:
        current_app.logger.error("%s: %s", error.code, error)
        response = problem(error.status, Reason.of("unavailable"))
        response.headers["Retry-After"] = RETRY_SECONDS
        return response
    more: dict[str, Any] = {}
    if error.field:
        more["field"] = error.field
    if error.suggestions:
        more["suggestions"] = list(error.suggestions)
    if isinstance(error, BadQuestion) and len(error.wrong) > 1:
        more["errors"] = [{"field": one.field, **_spoken(one.reason), **_meant(one)} for one in error.wrong]
    response = problem(error.status, error.reason, **more)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def of_http(error: HTTPException) -> Response:
    """Return the refusal of the server itself; its headers, such as Allow, are kept, and so are redirections."""
    response = error.get_response()
    status = error.code or 500
    if status < 400:
        return response  # type: ignore[return-value]
    reason = Reason.of(HTTP_CODES.get(status, "refused"), value=request.path, method=request.method, status=status)
    response.data, response.content_type = problem(status, reason).data, PROBLEM
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def problem(status: int, reason: Reason, **more: Any) -> Response:
    """Return a refusal with that status and reason."""
    head = {"type": "about:blank", "title": HTTP_STATUS_CODES.get(status, "Error"), "status": status}
    response = Response(orjson.dumps({**head, **_spoken(reason), **more}), status, content_type=PROBLEM)
    response.headers["Cache-Control"] = "no-store"
    return response


def _spoken(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "detail": reason.en, "detail_zh": reason.zh}


def _meant(wrong: Wrong) -> dict[str, list[str]]:
    return {"suggestions": list(wrong.suggestions)} if wrong.suggestions else {}
