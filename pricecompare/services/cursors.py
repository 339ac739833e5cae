"""Cursors: where a page ended, signed so that a changed one is known."""

import json
from typing import Any

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from pricecompare.errors import Invalid
from pricecompare.services.desk import Desk


def cursor(desk: Desk, question: str, last: tuple[Any, ...]) -> str:
    """Return the cursor after the row that ranks at `last` among the answers to `question`."""
    # Not orjson: it writes null for a rank of infinity, which a pharmacy without coordinates has.
    return _signer(desk, question).sign(base64_encode(json.dumps(last))).decode()


def after(desk: Desk, question: str, given: str | None) -> tuple[Any, ...] | None:
    """Return the rank a cursor names; Invalid for one that was changed or belongs to another question."""
    if given is None:
        return None
    try:
        return tuple(json.loads(base64_decode(_signer(desk, question).unsign(given))))
    except (BadData, UnicodeError):
        raise Invalid("bad_cursor", field="cursor", value=given) from None


def _signer(desk: Desk, question: str) -> Signer:
    return Signer(desk.cursor_key, salt=question)
