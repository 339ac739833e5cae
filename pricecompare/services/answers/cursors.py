"""Cursors: where a page ended and which page that was, signed so that a changed one is known."""

import json
from base64 import b64decode, urlsafe_b64encode
from contextvars import ContextVar
from hashlib import blake2b
from hmac import compare_digest
from typing import Any

from pricecompare.errors import Invalid
from pricecompare.services.access.secret import accepted
from pricecompare.services.desk import Desk

DUMPS = "/api/v1/dumps"

_turned: ContextVar[tuple[str, int]] = ContextVar("turned", default=("", 0))
"""Which question this thread last read a cursor of, and how many pages of it there were before."""


def cursor(desk: Desk, question: str, last: tuple[Any, ...]) -> str:
    """Return the cursor after the row that ranks at `last` among the answers to `question`."""
    asked, pages = _turned.get()
    rank = urlsafe_b64encode(json.dumps([pages + 1 if asked == question else 1, *last]).encode()).rstrip(b"=")
    return (rank + b"." + _signature(desk.cursor_key, question, rank)).decode()


def after(desk: Desk, question: str, given: str | None, *, endless: bool = False) -> tuple[Any, ...] | None:
    """Return the rank a cursor names; Invalid for one that was changed or belongs to another question.

    Nobody turns more pages than the settings say, unless a list is `endless`: what is paged through for good, or by
    those who have a key.
    """
    _turned.set((question, 0))
    if given is None:
        return None
    rank, _, signature = given.encode("utf-8", "replace").partition(b".")
    if not _is_ours(desk, question, rank, signature):
        raise Invalid("bad_cursor", field="cursor", value=given)
    try:
        # Strict: a line break in a question could move its end, but cannot be part of a rank.
        pages, *last = json.loads(b64decode(rank + b"=" * (-len(rank) % 4), b"-_", validate=True))
    except ValueError:
        raise Invalid("bad_cursor", field="cursor", value=given) from None
    most = desk.settings.bounds.max_pages
    if pages >= most and not endless:
        raise Invalid("too_deep", field="cursor", most=most, dumps=DUMPS)
    _turned.set((question, pages))
    return tuple(last)


def _is_ours(desk: Desk, question: str, rank: bytes, signature: bytes) -> bool:
    """Say whether a signature is right; only one that is not by the secret at hand asks which others count now."""
    if compare_digest(signature, _signature(desk.cursor_key, question, rank)):
        return True
    return any(compare_digest(signature, _signature(secret, question, rank)) for secret in accepted(desk))


def _signature(secret: str, question: str, rank: bytes) -> bytes:
    """Return the signature of a rank, which belongs to its question."""
    said = question.encode() + b"\npages " + rank
    # BLAKE2 takes a key by itself (RFC 7693) and costs a third of an HMAC.
    return urlsafe_b64encode(blake2b(said, key=secret.encode(), digest_size=24).digest())
