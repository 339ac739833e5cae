"""The notice that goes to a pharmacy on paper: why its price is flagged, how it answers, and until when."""

import hashlib
from datetime import date
from typing import Any

from pricecompare.calc import days
from pricecompare.errors import Conflict, Invalid, Reason
from pricecompare.files.notice import Letter, letter_pdf
from pricecompare.models.audit import Hand
from pricecompare.models.listing import LANGUAGES
from pricecompare.services import audit
from pricecompare.services.cases import answering, explained, told
from pricecompare.services.cases.steps import refuse_hand
from pricecompare.services.desk import Desk
from pricecompare.services.exports.flagged import FLAG

KINDS = {
    "listed": {"zh": "挂牌价", "en": "counter price"},
    "insured": {"zh": "医保结算价", "en": "price for the insured"},
    "online": {"zh": "即送价", "en": "online price"},
}
REMINDED = frozenset({"reminded", "explained", "appealed"})
"""States in which a pharmacy has been reminded and nobody has looked at its answer yet."""

FACTS = ("drug_name", "drug_code", "form", "spec", "maker", "kind", "price", "observed_at", "ref_median", "ref_mean",
         "others", "ratio_median", "ratio_mean", "spread", "rule")  # fmt: skip
"""What the table of a notice says, under the headers of the list of flags."""


def notice(desk: Desk, name: str, *, lang: str = "zh", by: Hand) -> tuple[str, bytes]:
    """Return a PDF to the pharmacy that a flag is about, and what it is called; noted in the audit trail.

    It says what the flag rests on as it was taken up, and until when an answer is awaited. The same flag at the same
    revision on the same day is the same bytes. Raises NotFound for what is neither flagged nor taken up, Conflict
    before a reminder and once its answer was looked at, Unusable without typst or a font with Chinese letters.
    """
    refuse_hand(by)
    if lang not in LANGUAGES:
        raise Invalid("bad_choice", field="lang", value=lang, choices=", ".join(LANGUAGES))
    letter = letter_of(desk, name, lang)
    content = letter_pdf(letter, second=days.instant(desk.today()), folder=desk.settings.fonts)
    made = {"number": letter.number, "lang": lang, "bytes": len(content)}
    with desk.store.writing():
        after = made | {"sha256": hashlib.sha256(content).hexdigest()}
        audit.note(desk, "notice_made", f"flag {name}", by=by, after=after)
    return f"notice-{name}-{lang}.pdf", content


def letter_of(desk: Desk, name: str, lang: str) -> Letter:
    """Return what the notice of a flag says; refused as `notice` is."""
    with desk.store.reading():
        case = told(desk, name)
        if case["state"] not in REMINDED:
            raise Conflict("notice_not_reminded", value=name, state=case["state"])
        return _letter(desk, case, explained(desk, name, lang=lang), lang)


def _letter(desk: Desk, case: dict[str, Any], why: dict[str, Any], lang: str) -> Letter:
    """Return what a notice says about a case and `why` its price is flagged."""
    flag = why["flag"]
    shop = flag["pharmacy"]
    day = desk.today().isoformat()
    said = {"flag": case["id"], "revision": case["revision"], "pharmacy": f"{shop['name']} ({shop['code']})"}
    sealed = {"rule": _rule(flag), "data": why["data_version"], "sha256": why["prices_sha256"]}
    return Letter(
        lang=lang,
        title=_in(lang, "notice_title"),
        number=_in(lang, "notice_number", **said),
        day=day,
        to=_in(lang, "notice_to", **said),
        opening=_in(lang, "notice_opening"),
        sentence=flag[f"text_{lang}"],
        facts=tuple(_facts(flag, lang)),
        picture=why["svg"],
        caption=_in(lang, "notice_picture", others=flag["others"]),
        answering=tuple(_answering(desk, case, lang)),
        sender=desk.settings.notice_from or _in(lang, "notice_sender"),
        foot=_in(lang, "notice_foot", **sealed),
    )


def _in(lang: str, code: str, **values: Any) -> str:
    return str(getattr(Reason.of(code, **values), lang))


def _rule(flag: dict[str, Any]) -> str:
    return f"{flag['rule']['id']} v{flag['rule']['version']}"


def _facts(flag: dict[str, Any], lang: str) -> list[tuple[str, str]]:
    """Return the numbers of a flag under their names; what has none is left out."""
    drug, kind = flag["drug"], KINDS[flag["kind"]][lang]
    named = {
        "drug_name": drug["name"],
        "drug_code": drug["code"],
        "kind": kind,
        "rule": _rule(flag),
        "observed_at": flag["observed_at"][:10],
    }
    values = {**flag, **{name: drug[name] for name in ("form", "spec", "maker")}, **named}
    headers = {column.name: column.header(lang) for column in FLAG}
    return [(headers[name], _figure(values[name])) for name in FACTS if values[name] not in (None, "")]


def _figure(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _answering(desk: Desk, case: dict[str, Any], lang: str) -> list[tuple[str, str]]:
    """Return how a pharmacy answers, and until when where the next step is its own."""
    contact = desk.settings.notice_contact or _in(lang, "notice_contact")
    code = answering.answer_code_of(desk, case["id"])
    lines = [(_in(lang, "notice_how_title"), _in(lang, "notice_how", contact=contact))]
    if case["state"] == "reminded":
        due = date.fromisoformat(case["due_on"])
        lines.append((_in(lang, "notice_until_title"), _in(lang, "notice_until", day=due.isoformat())))
    return [*lines, (_in(lang, "notice_code_title"), code)]
