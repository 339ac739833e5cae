"""The console for pharmacies and chains: their own flags, answered, with files; nothing of anybody else."""

from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.schemas.cases import AnswerAsked
from pricecompare.services.access import reach
from pricecompare.services.cases import Asked, answering, explained
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.cases import WHOLE, sent
from pricecompare.web.console import console
from pricecompare.web.console_cases import about, revision
from pricecompare.web.console_files import form_with_file
from pricecompare.web.entered import SESSION, entered, hand, language, rendered, user
from pricecompare.web.narrowing import filled

MOST_SHOPS = 1000


@console.get("/own")
@entered("pharmacy", "chain")
def list_own() -> Response:
    """Flags of one's own pharmacy that were taken up; of a chain one pharmacy after the other."""
    codes = sorted(reach.own_codes(desk(), user().caller.owner) or ())[:MOST_SHOPS]
    code = request.args.get("pharmacy") or (codes[0] if codes else "")
    found = answering.cases(desk(), code, user().caller, cursor_given=request.args.get("cursor"))
    following = url_for("console.list_own", pharmacy=code, cursor=found["next"]) if found["next"] else None
    return rendered("own", found=found, codes=codes, following=following)


@console.get("/own/<id>")
@entered("pharmacy", "chain")
def show_own(id: str) -> Response:
    """One flag of one's own: why, what was done about it, and what can be answered."""
    case = answering.case(desk(), id, user().caller)
    return rendered("own_case", case=case, **about(_explained(case, id)))


def _explained(case: dict[str, Any], id: str) -> dict[str, Any]:
    """Return why a price of one's own is flagged, in the language of the page."""
    return case["explained"] if language() == "zh" else explained(desk(), id, lang=language())


@console.post("/own/<id>/answer")
@entered("pharmacy", "chain")
def answer_own(id: str) -> BaseResponse:
    """Explain the price, appeal against the flag, or comment on it, as it was looked at."""
    said = cookies.form(cookies.given(desk(), SESSION))
    asked = filled(AnswerAsked, said, who=user().name)
    by = hand(user().name, asked["why"])
    answering.answer(desk(), id, user().caller, Asked(asked["action"], "pharmacy", by, revision(said)))
    return redirect(url_for("console.show_own", id=id), 303)


@console.post("/own/<id>/attachments")
@entered("pharmacy", "chain")
def attach_to_own(id: str) -> BaseResponse:
    """Put a file to a flag of one's own."""
    about, content = form_with_file(desk(), cookies.given(desk(), SESSION))
    by = hand(user().name, about["why"])
    answering.attach(desk(), id, user().caller, content, file_name=about["name"], by=by)
    return redirect(url_for("console.show_own", id=id), 303)


@console.get(f"/own/<id>/attachments/{WHOLE}")
@entered("pharmacy", "chain")
def show_own_attachment(id: str, number: int) -> Response:
    """A file that was put to a flag of one's own."""
    return sent(*answering.attached(desk(), id, user().caller, number))
