"""Cursors: where a page ended, signed so that a changed one is known."""

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from pricecompare.errors import Invalid
from pricecompare.services.desk import Desk


def cursor(desk: Desk, question: str, last: tuple[Any, ...]) -> str:
    """Return the cursor after the row that ranks at `last` among the answers to `question`."""
    return str(_signer(desk, question).dumps(list(last)))


def after(desk: Desk, question: str, given: str | None) -> tuple[Any, ...] | None:
    """Return the rank a cursor names; Invalid for one that was changed or belongs to another question."""
    if given is None:
        return None
    try:
        return tuple(_signer(desk, question).loads(given))
    except BadSignature:
        raise Invalid("bad_cursor", field="cursor", value=given) from None


def _signer(desk: Desk, question: str) -> URLSafeSerializer:
    return URLSafeSerializer(desk.cursor_key, salt=question)
