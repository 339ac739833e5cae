"""Flags that people take up: explained to everybody, followed by the regulator, answered by the pharmacy."""

from typing import Any

from flask import Response, request

from pricecompare.errors import Unseen
from pricecompare.files.write import content_disposition
from pricecompare.models import Attachment
from pricecompare.schemas import cases as shapes
from pricecompare.schemas import cases_shown as views
from pricecompare.schemas.questions import Plain
from pricecompare.services.cases import (
    Asked,
    answering,
    attaching,
    batch,
    explained,
    listed,
    notices,
    step,
    telling,
    told,
    undo,
)
from pricecompare.web.answering import desk
from pricecompare.web.errands import beside
from pricecompare.web.keys import PHARMACY, REGULATOR, hand, own_pass
from pricecompare.web.limits import costs
from pricecompare.web.locked import IF_MATCH, Locked
from pricecompare.web.nouns import Noun
from pricecompare.web.receiving import raw

ID = {"in": "path", "name": "id", "description": "Name of a flag.", "example": "26-27-listed"}
NUMBER = {"in": "path", "name": "number", "description": "Number of an attachment.", "example": 1}
BATCH = {"in": "path", "name": "number", "description": "Number of a batch.", "example": 1}
REGION = {"in": "path", "name": "region", "description": "Six-digit code of a region.", "example": "990100"}
CODE = {"in": "path", "name": "code", "description": "Code of a pharmacy.", "example": "P99010200001"}
MEDIA = ("image/png", "image/jpeg", "application/pdf")
WHOLE = "<int(max=9007199254740991):number>"

flags = Noun(
    "flags",
    description="Abnormal prices, explained",
    code="Name of a flag, as lists of flags give it.",
    example="26-27-listed",
    parameter="id",
)
cases = Locked("cases", REGULATOR, "Abnormal prices that a regulator takes up, step by step")
own = Locked("own", PHARMACY, "Abnormal prices for the pharmacy that they are about")


@costs(2)
@flags.answers("/flags/<id>/explain", shapes.Explained, views.Explanation)
def explain_flag(id: str, lang: str) -> dict[str, Any]:
    """Why a price is flagged: the sentence, every number behind it, and the prices it is compared with."""
    return explained(desk(), id, lang=lang, now=True)


@costs(2)
@flags.exports("/flags/<id>/picture.svg", shapes.Explained, media="image/svg+xml")
def draw_flag(id: str, lang: str) -> Response:
    """The prices of a drug with the flagged one marked, as a picture without scripts that is readable aloud."""
    response = Response(explained(desk(), id, lang=lang, now=True)["svg"], mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


@cases.shows("/flags/<id>", Plain, views.Case, ID)
def show_flag(id: str) -> dict[str, Any]:
    """A flag, where it stands, and all that was done about it; its ETag is its revision."""
    return told(desk(), id, secret=True)


@cases.shows("/flags/<id>/taken-up", shapes.Explained, views.Explanation, ID)
def explain_flag_as_taken_up(id: str, lang: str) -> dict[str, Any]:
    """Why a price was flagged when it was taken up, by the prices that are kept with it."""
    return explained(desk(), id, lang=lang, secret=True)


@cases.acts("/flags/<id>/steps", shapes.StepAsked, views.Reminded, ID, IF_MATCH)
def step_flag(id: str, action: str, who: str, why: str) -> dict[str, Any]:
    """Take a step with a flag, or comment on it; If-Match says which revision was looked at."""
    step(desk(), id, Asked(action, "regulator", hand(who, why), looked_at()))
    code = answering.answer_code_of(desk(), id) if action == "remind" else None
    return told(desk(), id, secret=True) | {"answer_code": code}


def looked_at() -> int | None:
    """Return the revision that If-Match names, None for any; -1, which no case has, for what is none."""
    if "If-Match" not in request.headers:
        raise Unseen("no_if_match", field="If-Match")
    given = request.if_match
    if given.star_tag:
        return None
    # A proxy that compresses an answer makes its tag a weak one, and a revision is the same however it is packed.
    tags = list(given.as_set(include_weak=True))
    return int(tags[0]) if len(tags) == 1 and tags[0].isascii() and tags[0].isdecimal() and len(tags[0]) < 10 else -1


@cases.takes_bytes("/flags/<id>/attachments", shapes.Attached, views.Attachment, ID)
def attach_to_flag(id: str, name: str, who: str, why: str) -> dict[str, Any]:
    """Put a file to a flag: PNG, JPEG or PDF by its content, at most ten of them."""
    content = raw(_most())
    return telling.attachment(
        attaching.attach(desk(), id, content, file_name=name, role="regulator", by=hand(who, why))
    )


@cases.hands_out(f"/flags/<id>/attachments/{WHOLE}", ID, NUMBER, media=MEDIA)
def show_attachment(id: str, number: int) -> Response:
    """A file that was put to a flag."""
    return sent(*attaching.attached(desk(), id, number))


@cases.hands_out("/flags/<id>/notice.pdf", ID, asked=shapes.Noticed, media=["application/pdf"])
def show_notice(id: str, lang: str, who: str, why: str) -> Response:
    """The notice to the pharmacy of a flag that it was reminded of, as PDF: why, how to answer, and by when.

    Each one is noted in the audit trail; the same flag on the same day is the same bytes.
    """
    called, content = notices.notice(desk(), id, lang=lang, by=hand(who, why))
    return _handed(called, "application/pdf", content)


@cases.shows("/regions/<region>/cases", shapes.Cases, views.CaseList, REGION)
def list_region_cases(region: str, **asked: Any) -> dict[str, Any]:
    """Flags of a region that were taken up: those in a state, or those whose next step is overdue."""
    return listed(desk(), region, **asked)


@cases.acts("/regions/<region>/cases/batch", shapes.BatchAsked, views.BatchDone, REGION)
def step_many_flags(region: str, action: str, who: str, why: str, **asked: Any) -> dict[str, Any]:
    """Take one step with every flag of a region that the filters leave, or only say what would be done."""
    return beside(batch, region, Asked(action, "regulator", hand(who, why)), **asked)


@cases.acts(f"/batches/{WHOLE}/undo", shapes.UndoAsked, views.UndoDone, BATCH)
def undo_batch(number: int, who: str, why: str) -> dict[str, Any]:
    """Take a batch back wherever nothing has been done since."""
    return beside(undo, number, by=hand(who, why))


@own.shows("/pharmacies/<code>/cases", shapes.OwnPage, views.OwnCases, CODE)
def list_own_cases(code: str, **asked: Any) -> dict[str, Any]:
    """Flags of a pharmacy that were taken up, for itself."""
    return answering.cases(desk(), code, own_pass(), **asked)


@own.shows("/flags/<id>/own", Plain, views.OwnCase, ID)
def show_own_flag(id: str) -> dict[str, Any]:
    """A flag for its pharmacy: all that became of it, and what it rests on."""
    return answering.case(desk(), id, own_pass())


@own.acts("/flags/<id>/answer", shapes.AnswerAsked, views.Case, ID, IF_MATCH)
def answer_flag(id: str, action: str, who: str, why: str) -> dict[str, Any]:
    """Explain the price, appeal against the flag, or comment on it; a flag of another pharmacy is not found.

    With If-Match nothing is done when the flag has moved since it was looked at.
    """
    revision = looked_at() if "If-Match" in request.headers else None
    return answering.answer(desk(), id, own_pass(), Asked(action, "pharmacy", hand(who, why), revision))


@own.takes_bytes("/flags/<id>/own/attachments", shapes.Attached, views.Attachment, ID)
def attach_to_own_flag(id: str, name: str, who: str, why: str) -> dict[str, Any]:
    """Put a file to a flag of one's own: PNG, JPEG or PDF by its content, at most ten of them."""
    content = raw(_most())
    return telling.attachment(answering.attach(desk(), id, own_pass(), content, file_name=name, by=hand(who, why)))


@own.hands_out(f"/flags/<id>/own/attachments/{WHOLE}", ID, NUMBER, media=MEDIA)
def show_own_attachment(id: str, number: int) -> Response:
    """A file that was put to a flag of one's own."""
    return sent(*answering.attached(desk(), id, own_pass(), number))


def _most() -> int:
    return int(desk().settings.attachment_mb * (1 << 20))


def sent(this: Attachment, content: bytes) -> Response:
    """Return a file that was put to a case."""
    return _handed(this.name, this.media, content)


def _handed(name: str, media: str, content: bytes) -> Response:
    """Return a file that no browser opens in the name of this server."""
    response = Response(content, content_type=media)
    response.headers["Content-Disposition"] = content_disposition(name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
