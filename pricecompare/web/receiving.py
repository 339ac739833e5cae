"""What senders of files send: forms streamed to the disk, small bodies; anything unclear is refused."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from typing import Any, NamedTuple

import orjson
from flask import request
from marshmallow import Schema, ValidationError
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from pricecompare.errors import Invalid, Reason, TooLarge
from pricecompare.schemas.asked import Text, YesNo
from pricecompare.services.access.reach import refuse_file
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked
from pricecompare.services.uploads.receiving import Sent, refuse_unfitting
from pricecompare.services.uploads.spool import Part, on_disk, spool
from pricecompare.web.keys import caller, hand
from pricecompare.web.query import BadQuestion, Wrong
from pricecompare.web.signatures import refuse_other_body

FIELDS_BYTES = 256 << 10
"""How long all that stands around a file may be, and how long one field; the parser wants twice its own 64 KiB."""

MOST_PARTS = 30
BODY_BYTES = 16 << 10
HEARD_OUT_BYTES = 1 << 30
MOST_EXACT = 1 << 53
"""From here on JSON's numbers leave some out."""

PLAIN = (str, bool, int, float)
"""Values that a small JSON object may have."""

TYPES: dict[type, tuple[type, str]] = {Text: (str, "not_a_text"), YesNo: (bool, "not_yes_or_no")}
"""What a value of a field is in JSON, and the code of anything else."""

KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Received(NamedTuple):
    """A file on the disk with all that was asked, and whether it is only to be tried."""

    sent: Sent
    dry: bool


def request_key() -> str | None:
    """Return the key of this request itself, if it has one; Invalid for one that is no plain word."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Invalid("bad_request_key", field="Idempotency-Key")
    return key


def read(schema: Schema, pairs: Iterable[tuple[str | None, str]]) -> dict[str, Any]:
    """Return what `pairs` of names and texts say, as `schema` reads them; BadQuestion tells all that is wrong."""
    given: dict[str, str] = {}
    for name, value in ((name or "", value) for name, value in pairs):
        if name in given:
            raise BadQuestion([Wrong(name[:80], Reason.of("repeated_parameter", value=name))])
        given[name] = value
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        known = [field.data_key or name for name, field in schema.load_fields.items()]
        messages: Any = error.messages
        raise BadQuestion([_wrong(name, reasons[0], known) for name, reasons in messages.items()]) from None


def _wrong(name: str, reason: Reason | str, known: list[str]) -> Wrong:
    """Return what is wrong with one name; a plain text means that nothing has that name."""
    if isinstance(reason, Reason):
        return Wrong(name, reason)
    near = tuple(get_close_matches(name[:80], known))
    return Wrong(name[:80], Reason.of("unknown_parameter", value=name, known=", ".join(known) or "-"), near)


def body(schema: Schema) -> dict[str, Any]:
    """Return the small JSON object that was sent, as `schema` reads it; none at all is an empty one."""
    if (request.content_length or 0) > BODY_BYTES:
        raise TooLarge("upload_too_large", limit=round(BODY_BYTES / (1 << 20), 3))
    sent = request.stream.read(BODY_BYTES)
    try:
        found = orjson.loads(sent or b"{}")
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, PLAIN) for value in found.values()):
        raise Invalid("bad_body")
    if wrong := [Wrong(name, reason) for name, value in found.items() if (reason := _mistyped(schema, name, value))]:
        raise BadQuestion(wrong)
    return read(schema, ((name, _written(value)) for name, value in found.items()))


def _mistyped(schema: Schema, name: str, value: Any) -> Reason | None:
    """Return why a value is not of the type that the document says; money may be a number or a text."""
    fields = {field.data_key or key: field for key, field in schema.load_fields.items()}
    wanted, code = TYPES.get(type(fields.get(name)), (PLAIN, ""))
    return None if isinstance(value, wanted) else Reason.of(code, value=value)


def _written(value: str | float | bool) -> str:
    """Return a value as a query would have it."""
    # JSON knows one sort of number: 2026.0 is whole there.
    whole = isinstance(value, float) and value.is_integer() and abs(value) < MOST_EXACT
    plain = int(value) if whole else value
    return plain if isinstance(plain, str) else orjson.dumps(plain).decode()


def raw(most: int) -> bytes:
    """Return the body of this request, up to one byte more than `most`: who looks at it says that it is too large."""
    return request.stream.read(most + 1)


@contextmanager
def received(desk: Desk, form: Schema) -> Iterator[Received]:
    """Give the file that comes with this request, on the disk for as long as the block lasts."""
    parts: list[Part] = []
    try:
        fields, files = _streamed(desk, parts)
        refuse_other_body()
        yield _asked(read(form, fields.items(multi=True)), files, parts)
    finally:
        for part in parts:
            part.remove()


def _streamed(desk: Desk, parts: list[Part]) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """Return the fields and files of a form, each file written to the disk piece by piece."""

    def part(*_: Any, **__: Any) -> Part:
        parts.append(spool(desk).part())
        return parts[-1]

    most = desk.settings.max_upload_mb
    limits = {"max_content_length": (most << 20) + FIELDS_BYTES, "max_form_memory_size": FIELDS_BYTES}
    parser = FormDataParser(part, max_form_parts=MOST_PARTS, silent=False, **limits)  # type: ignore[arg-type]
    if request.mimetype != "multipart/form-data":
        raise Invalid("bad_form")
    try:
        with on_disk():
            _, fields, files = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge:
        hear_out()
        raise TooLarge("upload_too_large", limit=most) from None
    except (ValueError, AttributeError):
        # An AttributeError is how the parser meets a part that has no end of line before its content.
        raise Invalid("bad_form") from None
    if any(part.size > most << 20 for part in parts):
        raise TooLarge("upload_too_large", limit=most)
    return fields, files


def hear_out() -> None:
    """Read what is still coming, within reason: a sender who is cut off does not listen to why."""
    body, heard = request.environ["wsgi.input"], 0
    if "wsgi.input_terminated" in request.environ:
        while heard < HEARD_OUT_BYTES and (piece := body.read(1 << 16)):
            heard += len(piece)


def _asked(asked: dict[str, Any], files: MultiDict[str, FileStorage], parts: list[Part]) -> Received:
    """Return the one file of a form and how it is to be taken."""
    names = [name or "" for name, _ in files.items(multi=True)]
    if names != ["file"]:
        wrong = next((name for name in names if name != "file"), "file")
        code = "missing_value" if not names else "repeated_parameter" if wrong == "file" else "unknown_parameter"
        raise BadQuestion([Wrong(wrong[:80], Reason.of(code, value=wrong, known="file"))])
    said = {name: asked[name] for name in ("observed_at", "month", "region", "since")}
    how = Asked(
        declared={"datum": asked["coord_type"], **said},
        encoding=asked["encoding"] or None,
        file_name=_shown(files["file"].filename or ""),
        origin=hand().origin,
        owner=caller().owner,
        sender=asked["sender"] or caller().name,
        **{name: asked[name] for name in ("layout", "mode", "source")},
    )
    refuse_file(caller(), asked["what"])
    refuse_unfitting(asked["what"], how)
    return Received(Sent(parts[0].path, parts[0].sha256, parts[0].size, asked["what"], how), asked["dry_run"])


def _shown(name: str) -> str:
    """Return the last part of a file's name as it can be shown; it never names a file of ours."""
    last = re.split(r"[\\/]", name)[-1][:200]
    return "".join(letter if letter.isprintable() else "_" for letter in last) or "file"


@cache
def instance(schema: type[Schema]) -> Schema:
    """Return the one instance of a schema that reads every request."""
    return schema()
