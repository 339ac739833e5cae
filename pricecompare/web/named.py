"""The id of each request: in its answer, in what is written about it, and in what people quote when they ask."""

import re
from random import getrandbits
from typing import Any

from flask import request

REQUEST_ID = "pricecompare.request_id"
"""Where the id of a request stands in its WSGI environment, for whoever writes a line about it."""

LETTERS = "[0-9A-Za-z._-]{8,64}"
"""How an id is written: anything else could break a line of a log or of a head."""

_well_formed = re.compile(LETTERS).fullmatch


def named(environ: dict[str, Any]) -> str:
    """Return the id of a request, which stands in `environ` from now on.

    It is that of the header X-Request-Id where it is well-formed, so that one request can be followed through several
    servers; else it is made here.
    """
    given = environ.get("HTTP_X_REQUEST_ID")
    # It is no secret, only not the same twice: a plain random number is a tenth of the work of a UUID.
    this = given if given is not None and _well_formed(given) else f"{getrandbits(128):032x}"
    environ[REQUEST_ID] = this
    return this


def request_id() -> str:
    """Return the id of this request."""
    this: str = request.environ[REQUEST_ID]
    return this
