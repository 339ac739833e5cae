"""The API described: OpenAPI 3.1 from the endpoints themselves, needing no database."""

from functools import cache

import orjson
from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from pricecompare import __version__
from pricecompare.errors import PriceCompareError
from pricecompare.schemas.problems import Envelope, Problem
from pricecompare.web import problems
from pricecompare.web.appeals import appealing, hearing, limiting
from pricecompare.web.audit import trail
from pricecompare.web.baskets import baskets
from pricecompare.web.cases import cases, flags, own
from pricecompare.web.citizens import sent
from pricecompare.web.completing import completed
from pricecompare.web.drugs import drugs
from pricecompare.web.dumps import dumps
from pricecompare.web.history import histories
from pricecompare.web.indexing import all_indices, indices, own_indices, region_indices
from pricecompare.web.keys import ROLES
from pricecompare.web.lists import lists
from pricecompare.web.pharmacies import pharmacies
from pricecompare.web.regions import regions
from pricecompare.web.rules import ruled, rules, ruling
from pricecompare.web.runs import published, publishing
from pricecompare.web.site import site
from pricecompare.web.uploads import uploads

NOUNS = (drugs, pharmacies, regions, indices, region_indices, published, histories, flags, rules, ruled, site)
LOCKED = (
    uploads, lists, trail, cases, own, sent, own_indices, all_indices, publishing, limiting, hearing, appealing, ruling,
)  # fmt: skip
"""Endpoints that want a key, or that change something."""

ALL = (*NOUNS, baskets, dumps, *LOCKED)

ABOUT = """Compare what insured drugs cost at designated pharmacies (定点药店比价): nearest, cheapest, best value, \
abnormal prices, price-volume index.

**Money** is text in yuan with two decimals, and beside it a number in fen. **Times** are ISO 8601 with China's \
offset. **Coordinates** are given and returned in `coord_type`, GCJ-02 unless asked otherwise.

**Pages**: give `next` of one answer as `cursor` with the same question, until it is null.

**Caching**: every answer under /api/v1 has an ETag that changes with the data, the day and the program. Sent back as \
If-None-Match it brings 304 without a body.

**Errors** are application/problem+json (RFC 9457) with a stable `code`; `title` and `detail` are in the language \
that Accept-Language asks for, `detail_zh` in Chinese. A parameter that is not known, or given twice, is refused.

**Envelope**: with the header `X-Envelope: 1` every answer is `{code, message, data, request_id}` with status 200, for \
clients that are given no body with another status.

**Ids**: the header X-Request-Id of every answer, and `request_id` of every refusal, name the request.

docs/api.md lists every code, and says what never changes."""

REFUSALS = {
    "Problem": "Any other refusal.",
    "NotFound": "No such drug, pharmacy, region or page.",
    "Unauthorised": "The key is missing or wrong.",
    "Forbidden": "The operator has not turned this on.",
    "Conflict": "It does not fit what is there.",
    "Moved": "It has moved since it was looked at.",
    "Unseen": "The header If-Match must say what was looked at.",
    "TooMany": "More often than is taken; the header Retry-After says when to come again.",
    "TooLarge": "More than is taken at once.",
    "WrongType": "The body is sent as something else than JSON.",
    "Unavailable": "The database cannot be read.",
    "Unclear": "The question makes no sense: `field` names the parameter, `errors` all of them when there are several.",
}

OPTIONS = {
    "title": "pricecompare",
    "version": __version__,
    "openapi_version": "3.1.0",
    "info": {"description": ABOUT, "license": {"name": "MIT", "identifier": "MIT"}},
}


class DescribedApi(Api):
    """flask-smorest, with RFC 9457 problems instead of its own error bodies."""

    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def _register_responses(self) -> None:
        """Register every answer that is not 200."""
        for name, description in REFUSALS.items():
            content = {problems.PROBLEM: {"schema": Problem}}
            self.spec.components.response(name, {"description": description, "content": content}, lazy=True)
        unchanged = {"description": "The client has the newest answer already."}
        self.spec.components.response("NotModified", unchanged, lazy=True)

    def _register_pagination_header(self) -> None:
        """Register no header: pages are told of in the body."""

    def _register_error_handlers(self) -> None:
        """Let errors be told as problems."""
        self._app.register_error_handler(PriceCompareError, problems.of_ours)
        self._app.register_error_handler(HTTPException, problems.of_http)


def put_into(app: Flask) -> None:
    """Put every endpoint into `app`, and how what it refuses is told; `document` describes them."""
    DescribedApi(app, spec_kwargs=OPTIONS)
    for blueprint in ALL:
        app.register_blueprint(blueprint)


@cache
def document() -> str:
    """Return the OpenAPI document of the API, as ``/openapi.json`` and docs/openapi.json have it.

    It is the same text every time, and made when it is first asked for.
    """
    api = DescribedApi(Flask(__name__), spec_kwargs=OPTIONS)
    for blueprint in ALL:
        api.register_blueprint(blueprint)
    for role in ROLES:
        api.spec.components.security_scheme(role.scheme, {"type": "http", "scheme": "bearer"})
    api.spec.components.schema("Envelope", schema=Envelope)
    spec = completed(api.spec.to_dict())
    ordered = {part: spec[part] for part in ("openapi", "info", "tags", "paths", "components")}
    return orjson.dumps(ordered, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
