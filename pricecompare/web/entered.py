"""Who is at the console, in which language, and pages made for them."""

import tomllib
from collections.abc import Callable
from functools import wraps
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from pricecompare.errors import Forbidden, Reason
from pricecompare.models.access import User
from pricecompare.models.audit import Hand
from pricecompare.services.access import reach, sessions
from pricecompare.services.desk import Desk
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.keys import origin

WORDS: dict[str, dict[str, str]] = tomllib.loads(files("pricecompare.web").joinpath("console.toml").read_text("utf-8"))
"""Every word on the pages, by name, in each language."""

LANGUAGES = ("zh", "en")
SESSION = "session"
MOST_REGIONS = 1000

View = Callable[..., BaseResponse]


def entered(*roles: str) -> Callable[[View], View]:
    """Publish a page to people of some roles: whoever is not logged in is led to the login."""

    def published(view: View) -> View:
        @wraps(view)
        def shown(**path: Any) -> BaseResponse:
            g.user = sessions.whose(desk(), cookies.given(desk(), SESSION))
            if g.user is None:
                return redirect(url_for("console.show_login"), 303)
            if g.user.role not in roles:
                raise Forbidden("not_your_role")
            return view(**path)

        return shown

    return published


def user() -> User:
    """Return who is logged in; only for a page that is `entered`."""
    return g.user


def hand(who: str, why: str = "") -> Hand:
    """Return who does something at the console, from which network."""
    where = origin(request.remote_addr or "").replace("api", "console", 1)
    known = g.get("user")
    return Hand(who, f"{where} {known.caller.by}" if known else where, why)


def language() -> str:
    """Return the language that was chosen, else the one that the browser asks for, else Chinese."""
    chosen = request.args.get("lang") or cookies.given(desk(), "lang")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "zh")


def rendered(page: str, *, wrong: Reason | None = None, status: int = 200, **more: Any) -> Response:
    """Return a page of the console; a language that was chosen is remembered."""
    lang, here = language(), g.get("user")
    words = {name: told[lang] for name, told in WORDS.items()}
    told = {"t": words, "lang": lang, "user": here, "wrong": getattr(wrong, lang) if wrong else ""}
    told["other"] = _in_other(lang)
    if here:
        told["token"] = cookies.token_of(cookies.given(desk(), SESSION))
    response = current_app.make_response((render_template(f"console/{page}.html", **told, **more), status))
    if request.args.get("lang") in LANGUAGES:
        cookies.put(desk(), response, "lang", lang, seconds=365 * 86_400)
    return response


def _in_other(lang: str) -> str:
    """Return where the same page stands in the other language."""
    here, asked = (request.path, request.args.to_dict()) if request.method == "GET" else (url_for("console.front"), {})
    return f"{here}?{urlencode(asked | {'lang': 'en' if lang == 'zh' else 'zh'})}"


def chosen() -> tuple[str, list[dict[str, str]]]:
    """Return the region that is asked about, which somebody reaches, and all they may choose from."""
    regions = regions_of(desk())
    region = request.args.get("region") or (regions[0]["code"] if regions else "")
    reach.region(desk(), user().caller, region)
    return region, regions


def regions_of(desk: Desk) -> list[dict[str, str]]:
    """Return the regions somebody may choose from: the pooling regions they oversee, and districts of their own.

    The parts of those pooling regions follow, as long as that makes no list that nobody reads.
    """
    atlas, scope = reach.atlas_of(desk), user().caller.scope
    own = {int(code) for code in scope}
    reached = [one for one in atlas.regions.values() if not scope or reach.covers(atlas, scope, one.id)]
    found = [one for one in reached if one.pooling or (one.id in own and atlas.pooling_of(one.id) is not None)]
    parts = [one for one in reached if one not in found and atlas.pooling_of(one.id) is not None]
    shown = found + parts if len(found) + len(parts) <= MOST_REGIONS else found[:MOST_REGIONS]
    return [{"code": one.code, "name": one.name} for one in shown]
