"""Uploads that were put aside, at the console: of a region for its regulator, all for an operator, who decides."""

from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.errors import Invalid
from pricecompare.services.exports.pages import page
from pricecompare.services.uploads import ledger, receiving
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.console import console
from pricecompare.web.console_lists import around
from pricecompare.web.entered import SESSION, chosen, entered, hand, language, rendered, user
from pricecompare.web.errands import beside
from pricecompare.web.narrowing import asked, given

DECISIONS = "confirm", "reject"


@console.get("/uploads")
@entered("regulator", "operator")
def list_uploads() -> Response:
    """Uploads that were put aside: of a region, or for an operator all."""
    return _everybodys() if user().role == "operator" else _of_region()


@console.post("/uploads/<int(max=9007199254740991):id>/decision")
@entered("operator")
def decide_upload(id: int) -> BaseResponse:
    """Let an upload that was put aside count, or never."""
    said = cookies.form(cookies.given(desk(), SESSION))
    decision = said.get("decision", "")
    if decision not in DECISIONS:
        raise Invalid("bad_choice", field="decision", value=decision, choices=", ".join(DECISIONS))
    beside(receiving.decide, id, decision=decision, by=hand(user().name, said.get("why", "")))
    return redirect(url_for("console.list_uploads"), 303)


def _everybodys() -> Response:
    found = ledger.uploads(desk(), state="quarantined", cursor_given=request.args.get("cursor"))
    names = ("came_at", "sender", "file_name", "rows")
    items = [
        {"number": one["id"], "reasons": _reasons(one), **{name: one[name] for name in names}} for one in found["items"]
    ]
    return rendered("uploads", items=items, following=_following(found["next"]))


def _reasons(one: dict[str, Any]) -> str:
    return "; ".join(reason[language()] for reason in one["reasons"])


def _of_region() -> Response:
    region, regions = chosen()
    found = page(desk(), "uploads", region, filters=asked("uploads", given()), cursor_given=request.args.get("cursor"))
    items = [one | {"number": one["upload"], "reasons": one[f"reasons_{language()}"]} for one in found["items"]]
    around_it = around("uploads", region, regions)
    return rendered("uploads", items=items, **around_it, following=_following(found["next"], region))


def _following(cursor: str | None, region: str | None = None) -> str | None:
    return url_for("console.list_uploads", cursor=cursor, region=region) if cursor else None
