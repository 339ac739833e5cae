"""Answers as JSON and as files, and how a client learns that it has the newest one already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Request, Response, current_app
from flask.globals import request_ctx
from marshmallow import Schema

from pricecompare import __version__
from pricecompare.files.write import content_disposition, csv_lines
from pricecompare.services.desk import Desk
from pricecompare.web.query import Query

CACHE = ("Cache-Control", "public, max-age=60")
"""For how long a client or proxy need not ask again."""

NOT_GUESSED = ("X-Content-Type-Options", "nosniff")
"""No browser may take what is served for something else."""

JSON = ("Content-Type", "application/json")

View = Callable[..., Response]


class Final(Response):
    """An answer that is sent as it was made: werkzeug's own looks its head through and copies it three times over.

    `head` is what it says of itself; whatever comes into `headers` later is sent after that.
    """

    default_mimetype = None

    def __init__(self, status: str, *head: tuple[str, str], body: bytes = b""):
        super().__init__([body], status)
        self.head = [*head, NOT_GUESSED]

    def get_wsgi_response(self, environ: dict[str, Any]) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Return body, status and head; of an answer to HEAD there is no body."""
        body = self.response if environ["REQUEST_METHOD"] != "HEAD" else ()
        return body, self.status, [*self.head, *self.headers]  # type: ignore[return-value]


def desk() -> Desk:
    """Return the desk of this application."""
    return current_app.extensions["pricecompare"]


def as_json(told: Any) -> Response:
    """Return an answer as it is sent: Chinese as text, values in the order they were given."""
    body = orjson.dumps(told)
    return Final("200 OK", JSON, ("Content-Length", str(len(body))), body=body)


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
        # Looked up once: a look through Flask's proxies takes as long as ten through a name.
        request = request_ctx.request
        question, given = _question(request), request.environ.get("HTTP_IF_NONE_MATCH")
        tag = _tag(question, desk().store.versions().data) if given or not dated else None
        if tag and given and _has(request, given, tag):
            return Final("304 NOT MODIFIED", ("ETag", tag), CACHE)
        told = answer(*args, **asked)
        return _tagged(write(told), tag or _tag(question, told["data_version"]))

    return view


def _tagged(response: Response, tag: str) -> Response:
    head = response.head if isinstance(response, Final) else response.headers
    head.extend((("ETag", tag), CACHE))
    return response


def taking(asked: Schema, answer: Callable[..., Any]) -> Callable[..., Any]:
    """Return `answer` with what the query says as keyword arguments."""
    query = Query(asked)

    @wraps(answer)
    def taken(*args: Any, **path: Any) -> Any:
        return answer(*args, **path, **query.read(request_ctx.request.query_string))

    return taken


def edition(desk: Desk) -> bytes:
    """Return what tells the answers of this program, its settings and this database from those of others."""
    return f"{__version__} {desk.settings} {desk.cursor_key} ".encode()


def _question(request: Request) -> bytes:
    """Return what is asked, of which program and on which day; to be asked before the answer is made."""
    known = current_app.extensions
    now = f"{known['pricecompare'].today()} {request.path}?".encode()
    return known["edition"] + now + request.query_string


def _tag(question: bytes, version: int) -> str:
    """Return the tag of the answer to a question: it can only change with the data, the day or the program."""
    return f'"{hashlib.blake2b(b"%d %b" % (version, question), digest_size=16).hexdigest()}"'


def _has(request: Request, given: str, tag: str) -> bool:
    """Say whether the client has the answer with that tag; a star would also fit an answer that does not exist."""
    if given == tag:
        return True
    tags = request.if_none_match
    return not tags.star_tag and tags.contains_weak(tag[1:-1])
