"""Answers in an envelope, always with status 200, for clients that are given no body with any other status."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
from werkzeug.http import parse_options_header
from werkzeug.wsgi import ClosingIterator

from pricecompare.web.problems import PROBLEM

ENVELOPE = "application/vnd.pricecompare.envelope+json"
"""A media type of its own, so that the document can tell what is in an envelope from what is not."""

OK = "ok"
"""The code of every answer that is no refusal."""

CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")
"""No two envelopes are the same, so nobody has one already; nor is there a part of one."""

OF_THE_CONTENT = {"content-type", "content-length", "etag", "last-modified", "cache-control"}

Head = list[tuple[str, str]]


def enveloped(
    application: Callable[..., Iterable[bytes]], environ: dict[str, Any], start: Callable[..., Any], name: str
) -> Iterable[bytes]:
    """Return what `application` answers as ``{code, message, data, request_id}``; a file is sent as it is.

    JSON goes through piece by piece without being read, however much it is; a refusal is read for its code.
    """
    for condition in CONDITIONS:
        environ.pop(condition, None)
    began: list[tuple[str, Head]] = []
    body = application(environ, lambda status, head, exc_info=None: began.append((status, head)))
    status, head = began[-1]
    said = {key.lower(): value for key, value in head}
    kind = parse_options_header(said.get("content-type"))[0]
    if not kind.endswith("json"):
        start(status, head)
        return body
    close, code, message = getattr(body, "close", None), OK, ""
    if kind == PROBLEM:
        body = [b"".join(body)]
        code, message = _told(body[0])
    before = b'{"code":%s,"message":%s,"data":' % (orjson.dumps(code), orjson.dumps(message))
    after = b',"request_id":%s}' % orjson.dumps(name)
    whole = len(before) + int(said["content-length"]) + len(after) if "content-length" in said else None
    start("200 OK", _outside(head, whole))
    return ClosingIterator(_around(before, body, after) if environ["REQUEST_METHOD"] != "HEAD" else (), close)


def _told(problem: bytes) -> tuple[str, str]:
    """Return code and sentence of a refusal; of an answer to HEAD, which nobody reads, there is none."""
    told = orjson.loads(problem) if problem else {"code": "", "detail": ""}
    return told["code"], told["detail"]


def _outside(head: Head, length: int | None) -> Head:
    """Return what the head of an envelope says: no proxy keeps it, and no tag is right for it."""
    rest = [(key, value) for key, value in head if key.lower() not in OF_THE_CONTENT]
    told = [("Content-Type", ENVELOPE), ("Cache-Control", "no-store")]
    return [*told, *([] if length is None else [("Content-Length", str(length))]), *rest]


def _around(before: bytes, body: Iterable[bytes], after: bytes) -> Iterator[bytes]:
    yield before
    yield from body
    yield after
