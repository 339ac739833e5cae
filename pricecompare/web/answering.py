"""Answers as JSON and as files, and how a client learns that it has the newest one already."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Response, current_app, request
from marshmallow import Schema

from pricecompare import __version__
from pricecompare.errors import PriceCompareError
from pricecompare.files.write import content_disposition, csv_lines
from pricecompare.services.basis import Basis
from pricecompare.services.desk import Desk
from pricecompare.services.geojson import MIMETYPE as GEOJSON
from pricecompare.web.query import Query
from pricecompare.web.remembered import Edition, Remembered

MOST_SECONDS = 60
"""For how long a client or proxy need not ask again, unless time changes the answer before."""

View = Callable[..., Response]
Write = Callable[[Any], Response]
RestsOn = Callable[..., Basis]


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
        question, asks = _question(varies=varies), "HTTP_IF_NONE_MATCH" in request.environ
        known: Remembered = current_app.extensions["remembered"]
        if asks and (edition := known.of(desk(), question)) and _has(edition.tag):
            return _with(Response(status=304), edition, varies=varies)
        given = {**path, **query.read(request.query_string)}
        with desk().store.reading():
            edition = known.of(desk(), question) or _edition(question, rests_on, given)
            if asks and edition and _has(edition.tag):
                return _with(Response(status=304), edition, varies=varies)
            told = answer(**given)
        return _with(write(told), edition, varies=varies)

    return view


def _edition(question: bytes, rests_on: RestsOn, given: dict[str, Any]) -> Edition | None:
    """Return which edition the answer is, and remember it; None where there is no answer, which it says itself."""
    try:
        return current_app.extensions["remembered"].put(desk(), question, rests_on(desk(), **given))
    except PriceCompareError:
        return None


def _with(response: Response, edition: Edition | None, *, varies: bool) -> Response:
    """Return a response that says which edition it is and for how long it holds."""
    if edition is not None:
        age = max(0, min(MOST_SECONDS, edition.until - desk().now()))
        head = [("ETag", f'"{edition.tag}"'), ("Cache-Control", f"public, max-age={age}"), *edition.modified]
        # All at once and as they are: setting them one by one takes four times as long.
        response.headers.extend([*head, ("Vary", "Accept")] if varies else head)
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


def _has(tag: str) -> bool:
    """Say whether the client has the answer with that tag; a star would also fit an answer that does not exist."""
    given = request.if_none_match
    return not given.star_tag and given.contains_weak(tag)
