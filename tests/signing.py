"""Requests signed as docs/security.md tells senders to."""

import hashlib
from typing import Any

from werkzeug.test import EnvironBuilder

from pricecompare.calc.signing import VERSION, message, signature
from tests.conftest import NOW

SECOND = int(NOW.timestamp())
NONCE = "n0nce-of-16-letters"


def head(key: str, method: str, target: str, body: bytes, *, at: int = SECOND, nonce: str = NONCE) -> str:
    """Return the header Authorization of a signed request."""
    path, _, query = target.partition("?")
    hashed = hashlib.sha256(body).hexdigest()
    signed = signature(key, message(method, path, query, at, nonce, hashed))
    return f"{VERSION} key={key.split('-')[1]}, time={at}, nonce={nonce}, body={hashed}, signature={signed}"


def form(content: bytes, **fields: str) -> tuple[bytes, str]:
    """Return a form with a file as it is sent: its bytes and its type."""
    parts = {"what": "prices", **fields}.items()
    lines = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in parts
    ]
    file = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content + b"\r\n--x--\r\n"
    return b"".join(lines) + file, "multipart/form-data; boundary=x"


def request(
    target: str, body: bytes, kind: str, authorization: str, method: str = "POST", **more: Any
) -> EnvironBuilder:
    """Return a request as a client opens it, its address as it is."""
    headers = {"Authorization": authorization}
    return EnvironBuilder(target, method=method, data=body, content_type=kind, headers=headers, **more)
