"""Cursors: where a page ended, signed so that a changed one is known."""

import json
from typing import Any

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from pricecompare.errors import Invalid
from pricecompare.services.desk import Desk


def cursor(desk: Desk, question: str, last: tuple[Any, ...]) -> str:
    """Return the cursor after the row that ranks at `last` among the answers to `question`."""
    rank = base64_encode(json.dumps(last).encode())
    return f"{rank.decode()}.{_signer(desk).get_signature(_said(question, rank)).decode()}"


def after(desk: Desk, question: str, given: str | None) -> tuple[Any, ...] | None:
    """Return the rank a cursor names; Invalid for one that was changed or belongs to another question."""
    if given is None:
        return None
    rank, _, signature = given.encode("utf-8", "replace").partition(b".")
    if not _signer(desk).verify_signature(_said(question, rank), signature):
        raise Invalid("bad_cursor", field="cursor", value=given)
    try:
        return tuple(json.loads(base64_decode(rank)))
    except (BadData, ValueError):
        raise Invalid("bad_cursor", field="cursor", value=given) from None


def _said(question: str, rank: bytes) -> bytes:
    """Return what is signed: the rank belongs to its question."""
    return question.encode() + b"\n" + rank


def _signer(desk: Desk) -> Signer:
    return Signer(desk.cursor_key, key_derivation="none")
