"""What every answer tells browsers: what they may do with it, and which other sites' pages may read it."""

from flask import Request, Response

from pricecompare.web.answering import NOT_GUESSED, Final

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
"""No page loads anything from another host, runs a line that stands in the page itself, or sits in another's frame."""

FEATURES = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()"

ON_PAGES = (
    ("Content-Security-Policy", POLICY),
    ("Permissions-Policy", FEATURES),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)

ON_FILES = (("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),)
"""Whatever somebody sent and another one opens: it runs nothing."""

READABLE = (
    "Content-Disposition, ETag, Last-Modified, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Retry-After, X-Request-Id"
)
ASKABLE = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Envelope, X-Request-Id"
REMEMBERED_SECONDS = "600"
RETRY_SECONDS = "30"


def put(request: Request, response: Response, origins: tuple[str, ...]) -> None:
    """Put into the head of an answer what browsers need to know; JSON that is sent as it was made has it already."""
    head = response.headers
    if not isinstance(response, Final):
        told = NOT_GUESSED, *_of(response.mimetype or "")
        head.extend(one for one in told if one[0] not in head)
    if response.status_code == 503 and "Retry-After" not in head:
        head["Retry-After"] = RETRY_SECONDS
    if origins:
        _share(request, response, origins)


def _of(mimetype: str) -> tuple[tuple[str, str], ...]:
    if mimetype == "text/html":
        return ON_PAGES
    return () if mimetype.endswith("json") or mimetype in ("text/javascript", "text/css") else ON_FILES


def _share(request: Request, response: Response, origins: tuple[str, ...]) -> None:
    """Let pages of other sites read an answer, without anybody's cookies."""
    head, given = response.headers, request.environ.get("HTTP_ORIGIN", "")
    if "*" not in origins:
        head.add("Vary", "Origin")
    if not given or not {"*", given} & set(origins):
        return
    head["Access-Control-Allow-Origin"] = "*" if "*" in origins else given
    head["Access-Control-Expose-Headers"] = READABLE
    if request.method == "OPTIONS":
        head["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow)) or "GET"
        head["Access-Control-Allow-Headers"] = ASKABLE
        head["Access-Control-Max-Age"] = REMEMBERED_SECONDS
