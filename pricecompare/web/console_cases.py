"""Cases at the console, for regulators: looked at, stepped, with their files and the notice to the pharmacy."""

import base64
from io import BytesIO
from typing import Any

from flask import Response, redirect, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.services.access import reach
from pricecompare.services.cases import Asked, answering, attaching, explained, notices, step, told
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.cases import WHOLE, sent
from pricecompare.web.console import console
from pricecompare.web.console_files import form_with_file
from pricecompare.web.entered import SESSION, entered, hand, language, rendered, user


@console.get("/cases/<id>")
@entered("regulator")
def show_case(id: str) -> Response:
    """One case: why it is flagged, and all that was done about it."""
    reach.flag(desk(), user().caller, id)
    return _case(id)


def _case(id: str, **more: Any) -> Response:
    case, why = told(desk(), id, secret=True), explained(desk(), id, lang=language(), secret=True)
    more["reminded"] = case["state"] in notices.REMINDED
    return rendered("case", case=case, **about(why), **more)


def about(why: dict[str, Any]) -> dict[str, Any]:
    """Return what a page of one case says of its price: names, sentence, and picture."""
    flag = why["flag"]
    picture = base64.b64encode(why["svg"].encode()).decode()
    return {"explained": why, "names": flag, "sentence": flag[f"text_{language()}"], "picture": picture}


def revision(said: dict[str, str]) -> int:
    """Return which revision of a case a form was made for; -1, which no case has, for what is none."""
    seen = said.get("revision", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1


@console.post("/cases/<id>/steps")
@entered("regulator")
def step_case(id: str) -> BaseResponse:
    """Take a step with a case as it was looked at."""
    said = cookies.form(cookies.given(desk(), SESSION))
    reach.flag(desk(), user().caller, id)
    action = said.get("action", "")
    step(desk(), id, Asked(action, "regulator", hand(user().name, said.get("why", "")), revision(said)))
    if action == "remind":
        return _case(id, answer_code=answering.answer_code_of(desk(), id))
    return redirect(url_for("console.show_case", id=id), 303)


@console.post("/cases/<id>/notice")
@entered("regulator")
def print_notice(id: str) -> Response:
    """Hand out the notice to the pharmacy as PDF."""
    said = cookies.form(cookies.given(desk(), SESSION))
    reach.flag(desk(), user().caller, id)
    called, content = notices.notice(desk(), id, lang=language(), by=hand(user().name, said.get("why", "")))
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name=called)


@console.post("/cases/<id>/attachments")
@entered("regulator")
def attach_to_case(id: str) -> BaseResponse:
    """Put a file to a case."""
    reach.flag(desk(), user().caller, id)
    about, content = form_with_file(desk(), cookies.given(desk(), SESSION))
    by = hand(user().name, about["why"])
    attaching.attach(desk(), id, content, file_name=about["name"], role="regulator", by=by)
    return redirect(url_for("console.show_case", id=id), 303)


@console.get(f"/cases/<id>/attachments/{WHOLE}")
@entered("regulator")
def show_attachment(id: str, number: int) -> Response:
    """A file that was put to a case."""
    reach.flag(desk(), user().caller, id)
    return sent(*attaching.attached(desk(), id, number))
