"""JSON bodies read by a schema; whatever is unclear is named by its path, such as ``drugs[3].quantity``."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import orjson
from flask import request
from marshmallow import Schema, ValidationError, fields

from pricecompare.errors import Invalid, Reason, TooLarge, WrongType
from pricecompare.web.query import BadQuestion, Wrong

BODY_BYTES = 16 << 10
MOST_WRONG = 20
"""How many things are named at once: nobody mends more in one go."""


def json_body(schema: Schema) -> dict[str, Any]:
    """Return what the body of this request says, as `schema` reads it.

    Raises WrongType for another content type, TooLarge beyond 16 KiB, Invalid for what is no JSON, BadQuestion for what
    the schema refuses.
    """
    if request.mimetype != "application/json":
        raise WrongType("wrong_content_type", value=request.mimetype)
    if (request.content_length or 0) > BODY_BYTES:
        raise TooLarge("body_too_large", limit=BODY_BYTES)
    sent = request.stream.read(BODY_BYTES + 1)
    if len(sent) > BODY_BYTES:
        raise TooLarge("body_too_large", limit=BODY_BYTES)
    try:
        given = orjson.loads(sent)
    except orjson.JSONDecodeError:
        raise Invalid("body_not_json") from None
    if not isinstance(given, dict):
        raise Invalid("no_object_here")
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        raise BadQuestion(list(_wrong(schema, error.messages, ""))[:MOST_WRONG]) from None


def _wrong(schema: Schema, messages: Any, path: str) -> Iterator[Wrong]:
    """Yield each thing that is wrong with an object that `schema` reads, with its path."""
    if not isinstance(messages, dict) or "_schema" in messages:
        yield Wrong(path.rstrip("."), Reason.of("no_object_here"))
        return
    for name, told in messages.items():
        where = f"{path}{str(name)[:80]}"
        field = schema.fields.get(name)
        if isinstance(told, dict) and isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            for at, inner in told.items():
                yield from _wrong(field.inner.schema, inner, f"{where}[{at}].")
        elif isinstance(told[0], Reason):
            yield Wrong(where, told[0])
        else:
            yield _unknown(schema, str(name), where)


def _unknown(schema: Schema, name: str, where: str) -> Wrong:
    """Return that nothing has that name here, and what has one like it."""
    known = list(schema.fields)
    near = tuple(get_close_matches(name[:80], known))
    return Wrong(where, Reason.of("unknown_parameter", value=name, known=", ".join(known)), near)
