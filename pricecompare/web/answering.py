"""Answers as JSON and as files, and how a client learns that it has the newest one already."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Request, Response, current_app
from flask.ctx import RequestContext
from flask.globals import request_ctx
from marshmallow import Schema
from werkzeug.datastructures import Headers

from pricecompare import __version__
from pricecompare.errors import PriceCompareError
from pricecompare.files.write import content_disposition, csv_lines
from pricecompare.services.answers.basis import Basis
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.geojson import MIMETYPE as GEOJSON
from pricecompare.web.query import Query
from pricecompare.web.remembered import Edition, Remembered

MOST_SECONDS = 60
"""For how long a client or proxy need not ask again, unless time changes the answer before."""

NOT_GUESSED = ("X-Content-Type-Options", "nosniff")
"""No browser may take what is served for something else."""

JSON = ("Content-Type", "application/json")

VARIES = ("Vary", "X-Envelope"), ("Vary", "Accept, X-Envelope")
"""What chooses among the forms of an answer, for proxies that keep it: of one that has a form, and of one with more."""

View = Callable[..., Response]
Write = Callable[[Any], Response]
RestsOn = Callable[..., Basis]


class Final(Response):
    """An answer that is sent as it was made: werkzeug's own looks its head through and copies it three times over.

    `head` is what it says of itself; whatever comes into `headers` later is sent after that.
    """

    default_mimetype = None

    def __init__(self, status: str, *head: tuple[str, str], body: bytes = b""):
        # What werkzeug's own does for bodies and heads of every kind takes longer than all the rest.
        self.headers, self._on_close = Headers(), []
        self._status, self._status_code = status, int(status[:3])
        self.response = [body]
        self.head = [*head, NOT_GUESSED]

    def get_wsgi_response(self, environ: dict[str, Any]) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Return body, status and head; of an answer to HEAD there is no body."""
        body = self.response if environ["REQUEST_METHOD"] != "HEAD" else ()
        return body, self.status, [*self.head, *self.headers]  # type: ignore[return-value]


def desk() -> Desk:
    """Return the desk of this application."""
    return current_app.extensions["pricecompare"]


def as_json(told: Any) -> Final:
    """Return an answer as it is sent: Chinese as text, values in the order they were given."""
    body = orjson.dumps(told)
    return Final("200 OK", JSON, ("Content-Length", str(len(body))), body=body)


def as_places(told: Any) -> Response:
    """Return pharmacies as they are sent: JSON, or GeoJSON when they are a FeatureCollection."""
    response = as_json(told)
    if "features" in told:
        response.head[0] = ("Content-Type", GEOJSON)
    return response


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], *, name: str) -> Response:
    """Return a table as a file that a spreadsheet opens, streamed line by line."""
    lines: Iterator[str] = csv_lines(columns, rows, bom=True)
    response = Response(lines, mimetype="text/csv")
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def fresh(asked: Schema, answer: Callable[..., Any], write: Write, rests_on: RestsOn, *, varies: bool = False) -> View:
    """Return a view of what `answer` says to a query read as `asked`, with a tag of all that it `rests_on`.

    The client gets 304, without `answer` being asked, when it has what is said already. An answer that `varies` has
    other forms, of which the client's Accept header chooses one.
    """
    query = Query(asked)

    @wraps(answer)
    def view(**path: Any) -> Response:
        # Looked up once: a look through Flask's proxies takes as long as ten through a name.
        context: RequestContext = request_ctx._get_current_object()  # type: ignore[attr-defined]
        request, parts = context.request, context.app.extensions
        known, here = parts["remembered"], parts["pricecompare"]
        question, has = _question(request, parts, varies=varies), request.environ.get("HTTP_IF_NONE_MATCH")
        if has and (edition := known.of(here, question)) and _has(request, has, edition.tag):
            return _with(_not_modified(), here, edition, varies=varies)
        given = {**path, **query.read(request.query_string)}
        with here.store.reading():
            edition = known.of(here, question) or _edition(known, here, question, rests_on, given)
            if has and edition and _has(request, has, edition.tag):
                return _with(_not_modified(), here, edition, varies=varies)
            told = answer(**given)
        return _with(write(told), here, edition, varies=varies)

    return view


def _edition(
    known: Remembered, here: Desk, question: bytes, rests_on: RestsOn, given: dict[str, Any]
) -> Edition | None:
    """Return which edition the answer is, and remember it; None where there is no answer, which it says itself."""
    try:
        return known.put(here, question, rests_on(here, **given))
    except PriceCompareError:
        return None


def _not_modified() -> Final:
    return Final("304 NOT MODIFIED")


def _with(response: Response, here: Desk, edition: Edition | None, *, varies: bool) -> Response:
    """Return a response that says which edition it is and for how long it holds."""
    if edition is not None:
        age = max(0, min(MOST_SECONDS, edition.until - here.now()))
        head = response.head if isinstance(response, Final) else response.headers
        kept = ("ETag", edition.tag), ("Cache-Control", f"public, max-age={age}"), VARIES[varies]
        head.extend((*kept, *edition.modified))
    return response


def wanted(request: Request | None = None) -> str:
    """Return which form of an answer the client's Accept header asks for: GeoJSON, or JSON in every doubt."""
    accepted = (request or request_ctx.request).accept_mimetypes
    return accepted.best_match(("application/json", GEOJSON), "application/json")


def edition(desk: Desk) -> bytes:
    """Return what tells the answers of this program, its settings and this database from those of others."""
    return f"{__version__} {desk.settings} {desk.cursor_key} ".encode()


def _question(request: Request, parts: dict[str, Any], *, varies: bool) -> bytes:
    """Return what is asked, of which program and on which day; to be asked before the answer is made."""
    form = wanted(request) if varies else ""
    now = f"{parts['pricecompare'].today()} {form} {request.path}?".encode()
    return parts["edition"] + now + request.query_string


def _has(request: Request, given: str, tag: str) -> bool:
    """Say whether the client has the answer with that tag; a star would also fit an answer that does not exist."""
    if given == tag:
        return True
    tags = request.if_none_match
    return not tags.star_tag and tags.contains_weak(tag[1:-1])
