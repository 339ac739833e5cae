"""The shape of the audit trail: questions about it, and what it answers."""

from marshmallow import fields

from pricecompare.schemas.asked import Text, said
from pricecompare.schemas.dated import Day
from pricecompare.schemas.lines import Line, printed
from pricecompare.schemas.questions import Paged
from pricecompare.schemas.shown import Answer, many, moment, text, whole


class Entries(Paged):
    """Which entries of the audit trail."""

    what = Text(validate=Line(), metadata=printed("Only entries of this sort.", "upload_confirmed", "exported"))
    who = Text(validate=Line(), metadata=printed("Only what this person did.", "wang"))
    about = Text(validate=Line(), metadata=printed("Only what is about things whose name begins so.", "upload 6"))
    since = Day("From this day on.", "2026-10-01")
    until = Day("Up to this day, which counts.", "2026-10-31")


class Entry(Answer):
    """Who changed what, when, from where and why."""

    id = whole("Its place in the trail, from 1 without gaps.", 17)
    at = moment("When.")
    who = text("The name that was said; without one, where it came from.", "wang")
    origin = text("cli: and the account, or api: and the network of the request.", "api:203.0.113.0/24")
    what = text("A stable word for what was done.", "upload_confirmed")
    about = text("What it is about.", "upload 6")
    before = fields.Raw(
        allow_none=True, metadata=said("What was before; null where there was nothing.", {"state": "quarantined"})
    )
    after = fields.Raw(allow_none=True, metadata=said("What is since; of an export its manifest.", {"state": "taken"}))
    why = text("Why, as far as that was said.", "季度检查")
    previous = text("Hash of the entry before.", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    hash = text(
        "SHA-256 over all other values and the hash of the entry before.",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


class Trail(Answer):
    """The audit trail, newest first."""

    items = many(Entry, "Entries.")
    head = text("Number and hash of the newest entry: write it down outside.", null=True)
    next = text("Cursor of the next page; null on the last.", null=True)
