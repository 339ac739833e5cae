"""Refusals as application/problem+json (RFC 9457): the one place where errors meet HTTP."""

from typing import Any

import orjson
from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from pricecompare.errors import PriceCompareError, Reason, TooMany, TooSlow
from pricecompare.texts import TEXTS
from pricecompare.web.named import request_id
from pricecompare.web.query import BadQuestion, Wrong

PROBLEM = "application/problem+json"

RETRY_SECONDS = "5"
"""When to come again after the database could not be read."""

HTTP_CODES = {400: "bad_request", 404: "no_such_page", 405: "wrong_method", 500: "internal_error"}
"""What the server itself refuses; any other status is `refused`."""

TITLES = {
    400: "title_bad_request", 401: "title_unauthorised", 403: "title_forbidden", 404: "title_not_found",
    405: "title_wrong_method", 409: "title_conflict", 412: "title_moved", 413: "title_too_large",
    415: "title_wrong_type", 422: "title_unclear", 428: "title_unseen", 429: "title_too_many",
    500: "title_internal_error", 503: "title_unavailable",
}  # fmt: skip
LANGUAGES = ("en", "zh")


def of_ours(error: PriceCompareError) -> Response:
    """Return the refusal that an error of ours asks for; what an operator has to mend is logged, not told."""
    if error.status >= 500 and not isinstance(error, TooSlow):
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
        more["errors"] = [{"field": one.field, **_said(one.reason, spoken()), **_meant(one)} for one in error.wrong]
    response = problem(error.status, error.reason, **more)
    if isinstance(error, TooMany | TooSlow):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def of_http(error: HTTPException) -> Response:
    """Return the refusal of the server itself; its headers, such as Allow, are kept, and so are redirections."""
    response = error.get_response()
    status = error.code or 500
    if status < 400:
        return response  # type: ignore[return-value]
    reason = Reason.of(HTTP_CODES.get(status, "refused"), value=request.path, method=request.method, status=status)
    told = problem(status, reason)
    response.data, response.content_type = told.data, PROBLEM
    for name in ("Content-Language", "Cache-Control"):
        response.headers[name] = told.headers[name]
    return response  # type: ignore[return-value]


def problem(status: int, reason: Reason, **more: Any) -> Response:
    """Return a refusal with that status and reason, its `title` and `detail` in the language that is asked for."""
    language = spoken()
    head = {"type": "about:blank", "title": titled(status, language), "status": status}
    told = {**head, **_said(reason, language), **more, "request_id": request_id()}
    response = Response(orjson.dumps(told), status, content_type=PROBLEM)
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store"
    return response


def spoken() -> str:
    """Return the language that this request asks for: zh, or en in every doubt."""
    return request.accept_languages.best_match(LANGUAGES, "en")


def titled(status: int, language: str) -> str:
    """Return what a status is called.

    >>> titled(404, "en"), titled(404, "zh"), titled(418, "zh")
    ('Not Found', '未找到', "I'm a teapot")
    """
    if status not in TITLES:
        return HTTP_STATUS_CODES.get(status, "Error")
    return TEXTS[TITLES[status]][LANGUAGES.index(language)]


def _said(reason: Reason, language: str) -> dict[str, str]:
    detail = reason.zh if language == "zh" else reason.en
    return {"code": reason.code, "detail": detail, "detail_zh": reason.zh}


def _meant(wrong: Wrong) -> dict[str, list[str]]:
    return {"suggestions": list(wrong.suggestions)} if wrong.suggestions else {}
