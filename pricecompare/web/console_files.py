"""Files that are put to cases at the console: taken from a form, and handed out again."""

from io import BytesIO
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from pricecompare.errors import Invalid, TooLarge
from pricecompare.schemas.cases import Attached
from pricecompare.services.desk import Desk
from pricecompare.web import cookies
from pricecompare.web.narrowing import filled
from pricecompare.web.receiving import FIELDS_BYTES, hear_out

MOST_PARTS = 10


def form_with_file(desk: Desk, secret: str) -> tuple[dict[str, Any], bytes]:
    """Return what a form says of the file in it (Attached, without who), and the file, of which nothing is written.

    Raises Forbidden unless it came from a page made for who has `secret`, TooLarge for a file beyond the limit, Invalid
    for what is no form with one file, or for a name that cannot be shown.
    """
    fields, files = _parsed(desk)
    said = cookies.own(fields, secret)
    if list(files) != ["file"]:
        raise Invalid("missing_value", field="file")
    name, content = files["file"]
    return filled(Attached, {part: said[part] for part in ("why",) if part in said}, name=name), content


def _parsed(desk: Desk) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    """Return the fields of the form that was sent, and its files with their names, by field."""
    limit = desk.settings.attachment_mb
    limits: dict[str, Any] = {
        "max_content_length": int(limit * (1 << 20)) + FIELDS_BYTES,
        "max_form_memory_size": FIELDS_BYTES,
    }
    parser = FormDataParser(lambda *_, **__: BytesIO(), max_form_parts=MOST_PARTS, silent=False, **limits)
    try:
        _, fields, files = parser.parse_from_environ(request.environ)
    except RequestEntityTooLarge:
        hear_out()
        raise TooLarge("attachment_too_large", field="file", limit=limit) from None
    except (ValueError, AttributeError):
        raise Invalid("bad_form") from None
    return fields.to_dict(), {name: (one.filename or "", one.stream.read()) for name, one in files.items()}
