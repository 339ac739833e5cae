"""Answers as JSON and as files, and how a client learns that it has the newest one already."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Response, current_app, request
from marshmallow import Schema
from werkzeug.http import http_date

from pricecompare import __version__
from pricecompare.errors import PriceCompareError
from pricecompare.files.write import content_disposition, csv_lines
from pricecompare.services.basis import Basis
from pricecompare.services.desk import Desk
from pricecompare.services.geojson import MIMETYPE as GEOJSON
from pricecompare.web.query import Query

MOST_SECONDS = 60
"""For how long a client or proxy need not ask again, unless time changes the answer before."""

View = Callable[..., Response]
Write = Callable[[Any], Response]
RestsOn = Callable[..., Basis]
Head = list[tuple[str, str]]


def desk() -> Desk:
    """Return the desk of this application."""
    return current_app.extensions["pricecompare"]


def as_json(told: Any) -> Response:
    """Return an answer as it is sent: Chinese as text, values in the order they were given."""
    return Response(orjson.dumps(told), mimetype="application/json")


def as_places(told: Any) -> Response:
    """Return pharmacies as they are sent: JSON, or GeoJSON when they are a FeatureCollection."""
    return Response(orjson.dumps(told), mimetype=GEOJSON if "features" in told else "application/json")


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
        question = _question(varies=varies)
        given = {**path, **query.read(request.query_string)}
        with desk().store.reading():
            basis = _basis(rests_on, given)
            head = _head(question, basis, varies=varies) if basis else []
            if basis and "HTTP_IF_NONE_MATCH" in request.environ and _has(head[0][1][1:-1]):
                return _with(Response(status=304), head)
            told = answer(**given)
        return _with(write(told), head)

    return view


def _basis(rests_on: RestsOn, given: dict[str, Any]) -> Basis | None:
    """Return what an answer rests on; None where there is no answer, which it says itself, and best."""
    try:
        return rests_on(desk(), **given)
    except PriceCompareError:
        return None


def _head(question: bytes, basis: Basis, *, varies: bool) -> Head:
    """Return the headers that say which edition an answer is and for how long it holds."""
    now = desk().now()
    head = [
        ("ETag", f'"{_tag(question, basis)}"'),
        ("Cache-Control", f"public, max-age={min(MOST_SECONDS, basis.until - now)}"),
    ]
    taken = desk().editions.taken_at(desk().store, basis.version)
    if taken is not None:
        head.append(("Last-Modified", http_date(min(now, max(taken, basis.since or 0)))))
    return [*head, ("Vary", "Accept")] if varies else head


def _with(response: Response, head: Head) -> Response:
    # All at once and as they are: setting them one by one takes four times as long.
    response.headers.extend(head)
    return response


def wanted() -> str:
    """Return which form of an answer the client's Accept header asks for: GeoJSON, or JSON in every doubt."""
    return request.accept_mimetypes.best_match(("application/json", GEOJSON), "application/json")


def edition(desk: Desk) -> bytes:
    """Return what tells the answers of this program, its settings and this database from those of others."""
    return f"{__version__} {desk.settings} {desk.cursor_key} ".encode()


def _question(*, varies: bool) -> bytes:
    """Return what is asked, of which program and on which day; to be asked before the answer is made."""
    form = wanted() if varies else ""
    now = f"{desk().today()} {form} {request.path}?".encode()
    return current_app.extensions["edition"] + now + request.query_string


def _tag(question: bytes, basis: Basis) -> str:
    """Return the tag of the answer to a question: it can only change with what it rests on, the day or the program."""
    return hashlib.blake2b(f"{basis.parts} ".encode() + question, digest_size=16).hexdigest()


def _has(tag: str) -> bool:
    """Say whether the client has the answer with that tag; a star would also fit an answer that does not exist."""
    given = request.if_none_match
    return not given.star_tag and given.contains_weak(tag)
