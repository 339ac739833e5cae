"""Cookies of the console, and the words in its forms that show that they came from its own pages."""

import hmac
import re
import secrets
from ipaddress import ip_address

from flask import Response, request

from pricecompare.errors import Forbidden
from pricecompare.services.desk import Desk

PORT = re.compile(r":\d+$")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
FORM_BYTES = 16 << 10
URLENCODED = "application/x-www-form-urlencoded"


def is_plain(desk: Desk) -> bool:
    """Say whether this request may go without TLS: only where that is set, and from this computer to itself."""
    if not desk.settings.console_plain_http:
        return False
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return near and PORT.sub("", request.host) in LOOPBACK


def given(desk: Desk, name: str) -> str:
    """Return a cookie of ours, "" when there is none."""
    return request.cookies.get(_name(desk, name), "")


def put(desk: Desk, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Let the browser keep something that no script, no other site and, but for `is_plain`, no eavesdropper gets."""
    secure = not is_plain(desk)
    response.set_cookie(
        _name(desk, name), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Strict"
    )


def drop(desk: Desk, response: Response, name: str) -> None:
    """Let the browser forget it."""
    put(desk, response, name, "", seconds=0)


def _name(desk: Desk, name: str) -> str:
    # A browser takes a __Host- cookie from this very host alone, and only over TLS.
    return f"pricecompare-{name}" if is_plain(desk) else f"__Host-pricecompare-{name}"


def fresh() -> str:
    """Return a random value for a browser that has none."""
    return secrets.token_urlsafe(32)


def token_of(secret: str) -> str:
    """Return the word for forms of the browser that has a secret; nobody else can make it."""
    return hmac.digest(secret.encode("utf-8", "replace"), b"form of the console", "sha256").hex()


def form(secret: str) -> dict[str, str]:
    """Return the fields of the form that was sent; Forbidden unless it came from a page made for who has `secret`."""
    request.max_content_length = FORM_BYTES
    # Of a form that has files nothing is read here, and no file is begun: web/console_files.py reads those that may.
    return own(request.form.to_dict() if request.mimetype == URLENCODED else {}, secret)


def own(found: dict[str, str], secret: str) -> dict[str, str]:
    """Return the fields of a form; Forbidden unless it came from a page made for who has `secret`."""
    if not secret or not hmac.compare_digest(found.get("token", "").encode(), token_of(secret).encode()):
        raise Forbidden("form_too_old")
    return found
