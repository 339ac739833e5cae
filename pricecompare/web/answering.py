"""Answers as JSON and as files, and how a client learns that it has the newest one already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Response, current_app, request

from pricecompare import __version__
from pricecompare.files.write import content_disposition, csv_lines
from pricecompare.services.desk import Desk

CACHE = "public, max-age=60"
"""For how long a client or proxy need not ask again."""

View = Callable[..., Response]


def desk() -> Desk:
    """Return the desk of this application."""
    return current_app.extensions["pricecompare"]


def as_json(answer: Callable[..., Any]) -> View:
    """Return a view that writes what `answer` returns: Chinese as text, values in the order they were given."""

    @wraps(answer)
    def view(*args: Any, **asked: Any) -> Response:
        return Response(orjson.dumps(answer(*args, **asked)), mimetype="application/json")

    return view


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], *, name: str) -> Response:
    """Return a table as a file that a spreadsheet opens, streamed line by line."""
    lines: Iterator[str] = csv_lines(columns, rows, bom=True)
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def fresh(view: View) -> View:
    """Return `view` with an ETag, and 304 without asking it when the client has the answer already."""

    @wraps(view)
    def answer(*args: Any, **asked: Any) -> Response:
        tag = _tag()
        given = request.if_none_match
        # A star would also fit an answer that does not exist.
        had = not given.star_tag and given.contains_weak(tag)
        response = Response(status=304) if had else view(*args, **asked)
        response.set_etag(tag)
        response.headers["Cache-Control"] = CACHE
        response.headers["Vary"] = "Accept-Encoding"
        return response

    return answer


def edition(desk: Desk) -> bytes:
    """Return what tells the answers of this program, its settings and this database from those of others."""
    return f"{__version__} {desk.settings} {desk.cursor_key} ".encode()


def _tag() -> str:
    """Return the tag of the answer to this request: it can only change with the data, the day or the program."""
    asked = desk()
    now = f"{asked.store.versions().data} {asked.today()} {request.path}?".encode()
    edition = current_app.extensions["edition"]
    return hashlib.blake2b(edition + now + request.query_string, digest_size=16).hexdigest()
