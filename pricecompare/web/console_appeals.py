"""Appeals against the index at the console, for regulators of whole pooling regions; those against flags are cases."""

from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.models.indexing import APPEAL_EFFECTS, APPEAL_STATES
from pricecompare.schemas.appeals import Appeals, RulingAsked
from pricecompare.services.access import reach
from pricecompare.services.indexing import appeals
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.cases import WHOLE
from pricecompare.web.console import console
from pricecompare.web.entered import SESSION, chosen, entered, hand, rendered, user
from pricecompare.web.narrowing import filled, given


@console.get("/appeals")
@entered("regulator")
def list_appeals() -> Response:
    """Appeals of a pooling region's pharmacies against the index, oldest first."""
    region, regions = chosen()
    reach.pooled(desk(), user().caller, region)
    narrowed = given()
    asked = filled(Appeals, narrowed)
    found = appeals.appeals(desk(), region, **asked | {"cursor_given": request.args.get("cursor")})
    following = _address(narrowed | {"region": region, "cursor": found["next"]}) if found["next"] else None
    around: dict[str, Any] = {"regions": regions, "region": region, "narrowed": narrowed, "states": APPEAL_STATES}
    return rendered("appeals", found=found, following=following, **around)


def _address(query: dict[str, Any]) -> str:
    return url_for("console.list_appeals", **query)


@console.get(f"/appeals/{WHOLE}")
@entered("regulator")
def show_appeal(number: int) -> Response:
    """An appeal with all that was done about it."""
    reach.appeal(desk(), user().caller, number)
    this = appeals.told(desk(), appeals.appeal_of(desk(), number))
    return rendered("appeal", appeal=this, effects=APPEAL_EFFECTS)


@console.post(f"/appeals/{WHOLE}/steps")
@entered("regulator")
def rule_appeal(number: int) -> BaseResponse:
    """Accept or reject an appeal as it was looked at."""
    said = cookies.form(cookies.given(desk(), SESSION))
    reach.appeal(desk(), user().caller, number)
    asked = filled(RulingAsked, said, who=user().name, revision=said.get("revision", "0"))
    by = hand(asked.pop("who"), asked.pop("why"))
    appeals.rule(desk(), number, appeals.Ruling(**asked), role="regulator", by=by)
    return redirect(url_for("console.show_appeal", number=number), 303)
