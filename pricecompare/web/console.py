"""The console: a few pages for people who log in, made on the server, without a line of script."""

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.calc.money import nearest, yuan
from pricecompare.errors import PriceCompareError, Reason, TooMany, Unauthorised
from pricecompare.services.access import sessions
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.entered import SESSION, entered, hand, rendered, user
from pricecompare.web.problems import HTTP_CODES, of_http
from pricecompare.web.query import BadQuestion

console = Blueprint("console", __name__, url_prefix="/console")

FORM = "form"

BEGIN = {"regulator": "list_flags", "operator": "list_uploads", "pharmacy": "list_own", "chain": "list_own"}
"""What there is to do first, by role."""


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
    more = error.wrong if isinstance(error, BadQuestion) and len(error.wrong) > 1 else []
    response = rendered("error", wrong=reason, status=error.status, field=error.field, more=more)
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


@console.app_errorhandler(404)
@console.app_errorhandler(405)
def nowhere(error: HTTPException) -> Response:
    """Tell as a page that nothing stands at an address of the console; elsewhere as the API does."""
    if not f"{request.path}/".startswith(f"{console.url_prefix}/"):
        return of_http(error)
    response = unkept(refused_by_server(error))
    if allowed := error.get_response().headers.get("Allow"):
        response.headers["Allow"] = allowed
    return response


@console.get("/")
@entered(*BEGIN)
def front() -> BaseResponse:
    """Lead to what there is to do."""
    return redirect(url_for(f"console.{BEGIN[user().role]}"), 303)


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
@entered(*BEGIN)
def logout() -> BaseResponse:
    """End the session."""
    token = cookies.given(desk(), SESSION)
    cookies.form(token)
    sessions.logout(desk(), token)
    response = redirect(url_for("console.show_login"), 303)
    cookies.drop(desk(), response, SESSION)  # type: ignore[arg-type]
    return response
