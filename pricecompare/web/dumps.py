"""The newest dump over HTTP: what it is, and its files, whole or in part."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from flask import Response, request, send_file
from flask_smorest import Blueprint

from pricecompare.files.dumped import MEDIA
from pricecompare.schemas import dumps as shapes
from pricecompare.services.dumps import handing
from pricecompare.web.answering import desk
from pricecompare.web.limits import costs
from pricecompare.web.nouns import API, ETAG, IF_NONE_MATCH

FOR_GOOD = "public, max-age=31536000, immutable"
FILE = {"in": "path", "name": "file", "description": "Name of a file.", "example": "offers-0f343b0931126a20.csv.gz"}
FILE_UNITS = 20
REFUSALS = {304: "NotModified", 404: "NotFound", 422: "Unclear"}

dumps = Blueprint("dumps", __name__, description="All that is public, as files")


def show_dump() -> Response:
    """The newest dump: tables, columns, rows, and where the files are, with their SHA-256.

    All that this API tells anybody, for those who want all of it. A copy is kept up to date with /changes from its
    `data_version` on.
    """
    response = Response(orjson.dumps(handing.newest(desk())), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


def fetch_dump_file(file: str) -> Response:
    """A file of the newest dump, whole or the bytes that the header Range asks for.

    CSV is UTF-8 with the names of columns first, money in yuan; Parquet has the same rows.
    """
    found = handing.file_named(desk(), file)
    response = send_file(found.path, found.media, as_attachment=True, download_name=file, etag=found.sha256[:32])
    response.headers["Cache-Control"] = FOR_GOOD
    return response


FILE_SENT = {
    "description": "The file.",
    "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()},
}


def _put(rule: str, view: Callable[..., Response], units: int, described: Callable, *places: dict[str, Any]) -> None:
    """Put a view at its path; the decorators of flask-smorest only describe it."""
    dumps.route(API + rule, methods=["GET"], parameters=list(places))(costs(units)(wraps(described)(_plain(view))))


def _plain(view: Callable[..., Response]) -> Callable[..., Response]:
    return lambda **path: view(**path)


_told = dumps.response(200, shapes.Dump, headers=ETAG)(show_dump)
_sent = dumps.doc(responses={200: FILE_SENT})(fetch_dump_file)
for _rule, _view, _units, _described, *_places in (
    ("/dumps", show_dump, 1, _told),
    ("/dumps/<file>", fetch_dump_file, FILE_UNITS, _sent, FILE),
):
    _about = {"operationId": _view.__name__, "responses": REFUSALS, "parameters": [dict(IF_NONE_MATCH)]}
    _put(_rule, _view, _units, dumps.doc(**_about)(_described), *_places)
