"""Cursors: where a page ended, signed so that a changed one is known."""

import json
from base64 import b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from pricecompare.errors import Invalid
from pricecompare.services.desk import Desk


def cursor(desk: Desk, question: str, last: tuple[Any, ...]) -> str:
    """Return the cursor after the row that ranks at `last` among the answers to `question`."""
    rank = urlsafe_b64encode(json.dumps(last).encode()).rstrip(b"=")
    return f"{rank.decode()}.{_signature(desk, question, rank).decode()}"


def after(desk: Desk, question: str, given: str | None) -> tuple[Any, ...] | None:
    """Return the rank a cursor names; Invalid for one that was changed or belongs to another question."""
    if given is None:
        return None
    rank, _, signature = given.encode("utf-8", "replace").partition(b".")
    if not compare_digest(signature, _signature(desk, question, rank)):
        raise Invalid("bad_cursor", field="cursor", value=given)
    try:
        # Strict: a line break in a question could move its end, but cannot be part of a rank.
        return tuple(json.loads(b64decode(rank + b"=" * (-len(rank) % 4), b"-_", validate=True)))
    except ValueError:
        raise Invalid("bad_cursor", field="cursor", value=given) from None


def _signature(desk: Desk, question: str, rank: bytes) -> bytes:
    """Return the signature of a rank, which belongs to its question."""
    said = question.encode() + b"\n" + rank
    # BLAKE2 takes a key by itself (RFC 7693) and costs a third of an HMAC.
    return urlsafe_b64encode(blake2b(said, key=desk.cursor_key.encode(), digest_size=24).digest())
