"""Answers as JSON and as files, and how a client learns that it has the newest one already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Response, current_app, request
from marshmallow import Schema

from pricecompare import __version__
from pricecompare.files.write import content_disposition, csv_lines
from pricecompare.services.desk import Desk
from pricecompare.web.query import Query

CACHE = "public, max-age=60"
"""For how long a client or proxy need not ask again."""

View = Callable[..., Response]


def desk() -> Desk:
    """Return the desk of this application."""
    return current_app.extensions["pricecompare"]


def as_json(told: Any) -> Response:
    """Return an answer as it is sent: Chinese as text, values in the order they were given."""
    return Response(orjson.dumps(told), mimetype="application/json")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], *, name: str) -> Response:
    """Return a table as a file that a spreadsheet opens, streamed line by line."""
    lines: Iterator[str] = csv_lines(columns, rows, bom=True)
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def fresh(answer: Callable[..., Any], write: Callable[[Any], Response], *, dated: bool = False) -> View:
    """Return a view with an ETag, and 304 without asking `answer` when the client has what it says already.

    A `dated` answer says of which version of the data it is: the store need not be asked for that before.
    """

    @wraps(answer)
    def view(*args: Any, **asked: Any) -> Response:
        question, given = _question(), "HTTP_IF_NONE_MATCH" in request.environ
        tag = _tag(question, desk().store.versions().data) if given or not dated else None
        if tag and given and _has(tag):
            return _tagged(Response(status=304), tag)
        told = answer(*args, **asked)
        return _tagged(write(told), tag or _tag(question, told["data_version"]))

    return view


def _tagged(response: Response, tag: str) -> Response:
    # All at once and as they are: setting them one by one takes four times as long.
    response.headers.extend([("ETag", f'"{tag}"'), ("Cache-Control", CACHE)])
    return response


def taking(asked: Schema, answer: Callable[..., Any]) -> Callable[..., Any]:
    """Return `answer` with what the query says as keyword arguments."""
    query = Query(asked)

    @wraps(answer)
    def taken(*args: Any, **path: Any) -> Any:
        return answer(*args, **path, **query.read(request.query_string))

    return taken


def edition(desk: Desk) -> bytes:
    """Return what tells the answers of this program, its settings and this database from those of others."""
    return f"{__version__} {desk.settings} {desk.cursor_key} ".encode()


def _question() -> bytes:
    """Return what is asked, of which program and on which day; to be asked before the answer is made."""
    now = f"{desk().today()} {request.path}?".encode()
    return current_app.extensions["edition"] + now + request.query_string


def _tag(question: bytes, version: int) -> str:
    """Return the tag of the answer to a question: it can only change with the data, the day or the program."""
    return hashlib.blake2b(b"%d %b" % (version, question), digest_size=16).hexdigest()


def _has(tag: str) -> bool:
    """Say whether the client has the answer with that tag; a star would also fit an answer that does not exist."""
    given = request.if_none_match
    return not given.star_tag and given.contains_weak(tag)
