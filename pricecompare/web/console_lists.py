"""Lists at the console: narrowed as those of the API are, page by page, and handed out as files."""

from typing import Any

from flask import Response, request, url_for

from pricecompare.models.listing import FORMATS, Column
from pricecompare.schemas.lists import written
from pricecompare.services.access import reach
from pricecompare.services.exports.making import Wish
from pricecompare.services.exports.pages import page
from pricecompare.services.exports.registry import LISTS
from pricecompare.services.ruling.rules import rules
from pricecompare.web import cookies
from pricecompare.web.answering import desk
from pricecompare.web.console import clock, console, hundredths
from pricecompare.web.entered import SESSION, WORDS, chosen, entered, hand, language, rendered, user
from pricecompare.web.limits import costs
from pricecompare.web.lists import handed
from pricecompare.web.narrowing import asked, boxes, filled, given

PLAIN = ("pharmacy_name", "district", "drug_name", "spec", "price")
SHOWN = {
    "flags": (*PLAIN, "ref_median", "ratio_median", "class", "grade", "strong"),
    "low": (*PLAIN, "ref_median", "ratio_median", "grade"),
    "ruled": (*PLAIN, "title", "tier", "reference_price", "ratio"),
    **dict.fromkeys(
        ("cases", "appeals", "overdue"), (*PLAIN, "price_now", "ratio_median", "grade", "state", "due_on", "answer")
    ),
}
"""What the widest lists show of their columns; files have all of them."""

LINKED = {"cases": "state", "appeals": "state", "overdue": "state"}
"""Which column leads to the case; elsewhere the pharmacy does."""

OWN_PAGES = {"flags": "console.list_flags", "cases": "console.list_cases", "uploads": "console.list_uploads"}
"""Lists that have an address of their own."""

OTHERS = f"<any({', '.join(name for name in LISTS if name not in OWN_PAGES)}):name>"
EVERY = f"<any({', '.join(LISTS)}):name>"


@console.get("/flags")
@entered("regulator")
def list_flags() -> Response:
    """Prices of a region that are flagged now, highest ratio first, taken up or not."""
    return _shown("flags")


@console.get("/cases")
@entered("regulator")
def list_cases() -> Response:
    """Cases of a region, page by page, that which is due first in front."""
    return _shown("cases")


@console.get("/lists/")
@entered("regulator")
def show_lists() -> Response:
    """Every list there is."""
    return rendered("lists", lists=[(address_of(one.name), one.title(language())) for one in LISTS.values()])


@console.get(f"/lists/{OTHERS}")
@entered("regulator")
def list_named(name: str) -> Response:
    """One of the other lists of a region."""
    return _shown(name)


def address_of(name: str, **more: Any) -> str:
    """Return where a list stands."""
    if name in OWN_PAGES:
        return url_for(OWN_PAGES[name], **more)
    return url_for("console.list_named", name=name, **more)


def _shown(name: str) -> Response:
    region, regions = chosen()
    narrowed = given()
    cursor = request.args.get("cursor")
    found = page(desk(), name, region, filters=asked(name, narrowed), cursor_given=cursor, linked=True)
    following = address_of(name, region=region, cursor=found["next"], **narrowed) if found["next"] else None
    return rendered("list", found=found, **_about(name), **around(name, region, regions), following=following)


def told(column: Column, value: Any) -> str:
    """Return a value of a list as people read it: states and the like in words, ratios and times cut short."""
    if value is None:
        return ""
    if column.type == "ratio":
        return hundredths(value)
    if column.type == "moment":
        return clock(value)
    name = str(value).lower() if column.type == "truth" else f"{column.name}_{value}"
    words = WORDS.get(name) if column.type in ("truth", "code") else None
    return words[language()] if words else str(value)


def _about(name: str) -> dict[str, Any]:
    """Return what a list is called, and what it shows."""
    lang, listing = language(), LISTS[name]
    other = f"_{'en' if lang == 'zh' else 'zh'}"
    columns = [one for one in listing.columns if not one.noted and not one.name.endswith(other)]
    return {
        "title": listing.title(lang),
        "columns": [one for one in columns if one.name in SHOWN.get(name, (one.name,))],
        "told": told,
        "link": LINKED.get(name, "pharmacy_name"),
    }


def around(name: str, region: str, regions: list[dict[str, str]]) -> dict[str, Any]:
    """Return what the forms around a list need: what narrows it, and how it may be had as a file."""
    narrowed = given()
    names = sorted({one.rule.name: getattr(one.rule, f"title_{language()}") for one in rules(desk())}.items())
    return {
        "name": name,
        "region": region,
        "regions": regions,
        "narrowed": narrowed,
        "boxes": boxes(name, narrowed),
        "rules": names,
        "formats": FORMATS,
        "batch": _batch(name, region, narrowed),
    }


def _batch(name: str, region: str, narrowed: dict[str, Any]) -> str | None:
    """Return where a step with all that a list shows begins; None where a batch cannot mean the same."""
    by_rule = name == "ruled" and narrowed.get("rule") and "@" not in narrowed["rule"]
    if by_rule or (name == "flags" and "rule" not in narrowed):
        return url_for("console.ask_batch", region=region, **narrowed)
    return None


@costs(100)
@console.post(f"/lists/{EVERY}/export")
@entered("regulator")
def export_list(name: str) -> Response:
    """Hand a list out as a file, as the API does: the same bytes, noted in the audit trail."""
    said = cookies.form(cookies.given(desk(), SESSION))
    wanted = {part: value for part, value in said.items() if part != "format"}
    filters = filled(written(name), wanted)
    region, lang, why, most = (filters.pop(part, None) for part in ("region", "lang", "why", "most"))
    reach.region(desk(), user().caller, region)
    wish = Wish(name, region, filters, said.get("format", FORMATS[0]), lang, most)
    return handed(wish, by=hand(user().name, why))
