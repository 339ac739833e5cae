"""Codes of a second factor that change with time (RFC 6238: SHA-1, 30 seconds, six digits), as telephones show them."""

import base64
import hmac
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
LATE = 1
"""Steps by which the clock of a telephone may be wrong, either way."""


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step of time (RFC 4226, section 5.3).

    >>> [code(b"12345678901234567890", at // 30, 8) for at in (59, 1111111109, 20000000000)]
    ['94287082', '07081804', '65353130']
    """
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: bytes, given: str, now: int, *, after: int) -> int | None:
    """Return the step whose code was given, near `now` and later than `after`; None when it is of no such step.

    A code is good once: keep the step, and give it as `after` the next time.

    >>> step_of(b"12345678901234567890", "287082", 59, after=0), step_of(b"12345678901234567890", "287082", 59, after=1)
    (1, None)
    """
    now_step, found = now // SECONDS, None
    for step in range(now_step - LATE, now_step + LATE + 1):
        if step > after and hmac.compare_digest(code(secret, max(step, 0)).encode(), given.encode()):
            found = step
    return found


def uri(secret: bytes, name: str, issuer: str) -> str:
    """Return the address that a telephone takes a second factor from.

    >>> uri(b"12345678901234567890", "wang", "pricecompare")
    'otpauth://totp/pricecompare:wang?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=pricecompare'
    """
    told = {"secret": base64.b32encode(secret).decode(), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?{urlencode(told)}"
