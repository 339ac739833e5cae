"""Requests that are signed instead of bringing a key: who signed them, and that the body is the one that was signed."""

import hashlib
import hmac
from io import BytesIO
from typing import IO, Any

from flask import g, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from pricecompare.calc.signing import VERSION
from pricecompare.errors import TooLarge, Unauthorised
from pricecompare.models.access import Caller
from pricecompare.services.access import signed
from pricecompare.services.desk import Desk

STREAMED = ("uploads.create_upload",)
"""Endpoints whose body goes to the disk, and is compared there with what was signed (`refuse_other_body`)."""

SMALL = 64 << 10


class Hashed:
    """The body of a request, hashed as it is read."""

    def __init__(self, stream: IO[bytes]):
        self._stream, self._hash = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes more."""
        return self._seen(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        """Return the rest of a line."""
        return self._seen(self._stream.readline(size))

    def _seen(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        """The hash of what was read so far."""
        return self._hash.hexdigest()


def is_signed() -> bool:
    """Say whether this request says that it is signed."""
    return request.headers.get("Authorization", "").partition(" ")[0].lower() == VERSION


def signer(desk: Desk) -> Caller:
    """Return who signed this request.

    A small body is compared with what was signed at once, a file when it lies on the disk. Raises Unauthorised for a
    signature that does not fit, TooLarge for a body beyond what an attachment may have.
    """
    this = signed.read(request.headers["Authorization"].partition(" ")[2])
    path, _, query = _target(request.environ).partition("?")
    who = signed.of_signed(desk, this, method=request.method, path=path, query=query)
    if request.endpoint in STREAMED:
        request.environ["wsgi.input"] = g.signed_body = Hashed(request.environ["wsgi.input"])
        g.signed_hash = this.body
    else:
        _small(desk, this.body)
    return who


def _target(environ: dict[str, Any]) -> str:
    """Return path and query as they came; a whole address, which proxies may send, without its host."""
    target = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")
    scheme, separator, rest = target.partition("://")
    return f"/{rest.partition('/')[2]}" if separator and scheme in ("http", "https") else target


def _small(desk: Desk, wanted: str) -> None:
    """Read a body whole, and let it be read once more when it is the one that was signed."""
    most = max(SMALL, int(desk.settings.attachment_mb * (1 << 20)) + 1)
    try:
        body = get_input_stream(request.environ, max_content_length=most).read()
    except RequestEntityTooLarge:
        raise TooLarge("body_too_large", limit=most) from None
    _refuse(hashlib.sha256(body).hexdigest(), wanted)
    request.environ["wsgi.input"] = BytesIO(body)


def refuse_other_body() -> None:
    """Raise Unauthorised when this request was signed, and its body, read by now, is not what was signed.

    The parser of forms reads to the end of the body, so that what follows the form is compared, too.
    """
    body: Hashed | None = g.get("signed_body")
    if body is not None:
        _refuse(body.sha256, g.signed_hash)


def _refuse(found: str, wanted: str) -> None:
    if not hmac.compare_digest(found, wanted):
        raise Unauthorised("body_tampered")
