"""The console: a few pages for people who log in, made on the server, without a line of script."""

import base64
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.calc.cases import STATES
from pricecompare.calc.money import nearest, yuan
from pricecompare.errors import PriceCompareError, Reason, TooMany, Unauthorised
from pricecompare.services.access import reach, sessions
from pricecompare.services.cases import Asked, answering, explained, listed, notices, step, told
from pricecompare.services.exports.pages import page
from pricecompare.services.statistics.monitor import flags
from pricecompare.services.uploads import ledger, receiving
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.entered import SESSION, entered, hand, language, regions_of, rendered, user
from pricecompare.web.errands import beside
from pricecompare.web.problems import HTTP_CODES

console = Blueprint("console", __name__, url_prefix="/console")

FORM = "form"


@console.app_template_filter("clock")
def clock(at: str) -> str:
    """Return when something was, to the minute, as people read it.

    >>> clock("2026-11-01T12:00:30+08:00")
    '2026-11-01 12:00'
    """
    return at[:16].replace("T", " ")


@console.app_template_filter("hundredths")
def hundredths(ratio: float) -> str:
    """Return a ratio with two decimals, half up.

    >>> hundredths(10.759493670886076), hundredths(2.125)
    ('10.76', '2.13')
    """
    return yuan(nearest(ratio * 100))


@console.after_request
def unkept(response: Response) -> Response:
    """Let nobody keep a page of the console."""
    response.headers["Cache-Control"] = "no-store"
    return response


@console.errorhandler(PriceCompareError)
def refused(error: PriceCompareError) -> Response:
    """Tell what went wrong as a page."""
    reason = error.reason if error.status < 500 else Reason.of("unavailable")
    response = rendered("error", wrong=reason, status=error.status)
    return _when(response, error)


def _when(response: Response, error: PriceCompareError | None) -> Response:
    """Return a response that says when to come again, where an error knows that."""
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


@console.errorhandler(HTTPException)
def refused_by_server(error: HTTPException) -> Response:
    """Tell what the server itself refuses as a page."""
    status = error.code or 500
    reason = Reason.of(HTTP_CODES.get(status, "refused"), value=request.path, method=request.method, status=status)
    return rendered("error", wrong=reason, status=status)


@console.get("/")
@entered("regulator", "operator")
def front() -> BaseResponse:
    """Lead to what there is to do."""
    return redirect(url_for("console.list_flags" if user().role == "regulator" else "console.list_uploads"), 303)


@console.get("/login")
def show_login() -> Response:
    """Ask for name, password and code."""
    return _login_page()


def _login_page(error: PriceCompareError | None = None) -> Response:
    secret = cookies.given(desk(), FORM) or cookies.fresh()
    wrong = error.reason if error else None
    response = rendered("login", wrong=wrong, token=cookies.token_of(secret), status=error.status if error else 200)
    cookies.put(desk(), response, FORM, secret)
    return _when(response, error)


@console.post("/login")
def login() -> BaseResponse:
    """Begin a session."""
    said = cookies.form(cookies.given(desk(), FORM))
    name, words = said.get("name", ""), (said.get("password", ""), said.get("code", ""))
    try:
        token = sessions.login(desk(), name, *words, address=request.remote_addr or "", by=hand(name))
    except (Unauthorised, TooMany) as error:
        return _login_page(error)
    response = redirect(url_for("console.front"), 303)
    cookies.put(desk(), response, SESSION, token, seconds=sessions.SESSION_SECONDS)  # type: ignore[arg-type]
    cookies.drop(desk(), response, FORM)  # type: ignore[arg-type]
    return response


@console.post("/logout")
@entered("regulator", "operator")
def logout() -> BaseResponse:
    """End the session."""
    token = cookies.given(desk(), SESSION)
    cookies.form(token)
    sessions.logout(desk(), token)
    response = redirect(url_for("console.show_login"), 303)
    cookies.drop(desk(), response, SESSION)  # type: ignore[arg-type]
    return response


@console.get("/flags")
@entered("regulator")
def list_flags() -> Response:
    """Prices of a region that are flagged now, highest ratio first, taken up or not."""
    region, regions = _region()
    found = flags(desk(), region, cursor_given=request.args.get("cursor"))
    return rendered("flags", found=found, regions=regions, region=region)


def _region() -> tuple[str, list[dict[str, str]]]:
    """Return the region that is asked about, which somebody reaches, and all they may choose from."""
    regions = regions_of(desk())
    region = request.args.get("region") or (regions[0]["code"] if regions else "")
    reach.region(desk(), user().caller, region)
    return region, regions


@console.get("/cases")
@entered("regulator")
def list_cases() -> Response:
    """Cases of a region, page by page."""
    region, regions = _region()
    state = request.args.get("state") or None
    found = listed(desk(), region, state=state, cursor_given=request.args.get("cursor"))
    return rendered("cases", found=found, regions=regions, region=region, state=state, states=STATES)


@console.get("/cases/<id>")
@entered("regulator")
def show_case(id: str) -> Response:
    """One case: why it is flagged, and all that was done about it."""
    reach.flag(desk(), user().caller, id)
    return _case(id)


def _case(id: str, **more: Any) -> Response:
    case, why = told(desk(), id), explained(desk(), id, lang=language())
    flag = why["flag"]
    picture = base64.b64encode(why["svg"].encode()).decode()
    sentence = flag[f"text_{language()}"]
    more["reminded"] = case["state"] in notices.REMINDED
    return rendered("case", case=case, explained=why, names=flag, sentence=sentence, picture=picture, **more)


@console.post("/cases/<id>/steps")
@entered("regulator")
def step_case(id: str) -> BaseResponse:
    """Take a step with a case as it was looked at."""
    said = cookies.form(cookies.given(desk(), SESSION))
    reach.flag(desk(), user().caller, id)
    seen, action = said.get("revision", ""), said.get("action", "")
    revision = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1
    step(desk(), id, Asked(action, "regulator", hand(user().name, said.get("why", "")), revision))
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
    decision = "confirm" if said.get("decision") == "confirm" else "reject"
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
    region, regions = _region()
    found = page(desk(), "uploads", region, filters={}, cursor_given=request.args.get("cursor"))
    items = [one | {"number": one["upload"], "reasons": one[f"reasons_{language()}"]} for one in found["items"]]
    return rendered("uploads", items=items, regions=regions, region=region, following=_following(found["next"], region))


def _following(cursor: str | None, region: str | None = None) -> str | None:
    return url_for("console.list_uploads", cursor=cursor, region=region) if cursor else None
