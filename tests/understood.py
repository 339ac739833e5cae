"""Checks of our own that schemathesis does with every answer, and how it reaches an application of this process."""

import json
from typing import Any

import schemathesis
from schemathesis.transport.wsgi import WSGITransport

from pricecompare.web.codes import OF_FILES
from pricecompare.web.openapi import document

DOCUMENT = json.loads(document())
SHOWN = {
    name: set(refusal["content"]["application/problem+json"]["examples"])
    for name, refusal in DOCUMENT["components"]["responses"].items()
    if "content" in refusal
}
"""Codes by the name of the answer that shows them."""

COMBINED = set(
    """no_place half_a_coordinate radius_needs_point sort_needs_point cost_needs_point not_pooling not_in_region
    bad_cursor bad_query pharmacy_or_region days_turned_round too_many_days date_in_future open_in_the_past bad_since
    unknown_facet_value empty_query query_too_long whole_region_only step_needs_who step_needs_why not_in_batch bad_age
    price_not_positive price_too_high price_too_many_decimals cost_too_high attachment_unknown bad_form not_said_here
    layout_for_other bad_seen_on rule_or_text rule_needs_why rule_use_days rule_not_default period_not_over
    limits_out_of_order too_many_outlets appeal_needs_totals""".split()
)
"""What a question is refused for although each of its values, looked at alone, is what the document says."""

RULE_TEXT = {"bad_rule", "rule_no_toml", "rule_too_long"}
TOTALS = {"bad_quantity", "bad_amount", "amount_too_high"}
ALSO = {
    "POST /api/v1/uploads": set(OF_FILES),
    "POST /api/v1/reports": {"missing_value"},
    "POST /api/v1/rules": RULE_TEXT,
    "POST /api/v1/rules/try": RULE_TEXT,
    "POST /api/v1/regions/{region}/index-limits": {"bad_setting"},
    "POST /api/v1/pharmacies/{code}/index/appeals": TOTALS,
    "POST /api/v1/appeals/{number}/steps": TOTALS,
    "POST /api/v1/regions/{region}/cases/batch": {"missing_value"},
    "GET /api/v1/regions/{region}/lists/jumps": {"out_of_range"},
    "GET /api/v1/exports/jumps.{format}": {"out_of_range"},
}
"""The same of single operations: a file and a rule are looked into, all reports but one sort name a drug, what a limit
may be depends on which it is, the tier of a batch is that of a rule, and a schema cannot say how many decimals a number
has, nor the least of one that is written as text."""

DEPENDS = {("bad_choice", "reference")}
"""Values of a list that depends on another value: each method takes some kinds of reference price."""

OUTSIDE = ("max_redirects", "verify", "cert", "proxies")
"""How a request is sent through a socket."""


@schemathesis.check
def refused_only_as_a_whole(ctx: Any, response: Any, case: Any) -> None:
    """What fits the document value by value is refused only for what values say together, or for what is not there."""
    mode = case.meta.generation.mode if case.meta else None
    if response.status_code != 422 or mode is None or not mode.is_positive:
        return
    told = response.json()
    said = f"{told['code']} {told.get('field')}: {told['detail']}"
    if (told["code"], told.get("field")) in DEPENDS:
        return
    assert told["code"] in COMBINED | ALSO.get(case.operation.label, set()), said


@schemathesis.check
def code_is_shown(ctx: Any, response: Any, case: Any) -> None:
    """Every refusal has a code that the document shows for its status, and the id of its request."""
    if response.status_code < 400:
        return
    told, answers = response.json(), DOCUMENT["paths"][case.operation.path][case.operation.method]["responses"]
    name = answers.get(str(response.status_code), answers["default"])["$ref"].rpartition("/")[2]
    assert told["code"] in SHOWN[name], f"{response.status_code} {told['code']} is not among those of {name}"
    assert told["request_id"] == response.headers["x-request-id"][0]


def _without_sockets(send: Any) -> Any:
    """Return how a case is sent to an application of this process, which has no socket to be set up."""

    def sent(transport: Any, case: Any, **how: Any) -> Any:
        return send(transport, case, **{name: value for name, value in how.items() if name not in OUTSIDE})

    return sent


WSGITransport.send = _without_sockets(WSGITransport.send)  # type: ignore[method-assign]
