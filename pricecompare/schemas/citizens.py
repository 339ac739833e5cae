"""The shape of what citizens report, and of what regulators see of it."""

from pricecompare.models import KINDS, REPORT_STATES, REPORTED
from pricecompare.schemas.asked import YUAN, Money, OneOf, Text, said
from pricecompare.schemas.cases import why
from pricecompare.schemas.dated import Day
from pricecompare.schemas.lines import Line, line, printed
from pricecompare.schemas.questions import Paged, Question, kind
from pricecompare.schemas.shown import Answer, PlaceName, many, moment, one, text, truth, whole, yuan
from pricecompare.schemas.uploads import Named

DECISIONS = ("dismiss", "settle", "open")


class ReportMade(Question):
    """What somebody saw; nothing is kept of who sends it."""

    class Meta:
        """Options of marshmallow."""

        description = "What somebody saw; nothing is kept of who sends it."

    pharmacy = Text(required=True, validate=Line(), metadata=printed("Code of the pharmacy.", "P99010200001"))
    what = Text(
        required=True,
        validate=OneOf(REPORTED),
        metadata=said(
            "Another price than the one shown, no such pharmacy, or a drug that is not there.", "wrong_price"
        ),
    )
    drug = Text(
        validate=Line(), metadata=printed("National drug code; not wanted for `closed`.", "XJ01CAA501A001010190008")
    )
    kind = kind(load_default="listed")
    price = Money(
        metadata=said(
            "The price that was seen, in yuan.",
            "28.90",
            type=["string", "number"],
            minimum=0.01,
            maximum=1_000_000,
            pattern=YUAN,
        )
    )
    seen_on = Day("The day on which it was seen, in China.", "2026-10-31")


class Thanks(Answer):
    """That a report was taken; nothing of it is shown until a regulator has looked at it."""

    taken = truth("Always true.")


class Reports(Paged):
    """Which reports."""

    state = Text(validate=OneOf(REPORT_STATES), metadata=said("Only those in this state.", "new"))
    what = Text(validate=OneOf(REPORTED), metadata=said("Only reports of this sort.", "closed"))


class ReportDecision(Question):
    """What a regulator decides about a report."""

    class Meta:
        """Options of marshmallow."""

        description = "What a regulator decides about a report."

    action = Text(
        required=True,
        validate=OneOf(DECISIONS),
        metadata=said("Nothing was wrong; it was dealt with; or a case is opened about the price.", "dismiss"),
    )
    who = line("Who decides.", "wang")
    why = why("Why; it must be said.", "已现场核实")


class SeenReport(Answer):
    """What citizens said, the same thing once."""

    id = whole("Its number.", 3)
    pharmacy = one(Named)
    drug = one(Named, null=True)
    kind = text("Kind of price.", null=True, one_of=KINDS)
    what = text("What is wrong.", one_of=REPORTED)
    price = yuan("The price that was seen.", "28.90", null=True)
    seen_on = text("The newest day that was told.", "2026-10-31", null=True)
    times = whole("How often it was said.", 4)
    first_at = moment("When it was said first.")
    last_at = moment("When it was said last.")
    state = text("What became of it.", one_of=REPORT_STATES)
    who = text("Who looked at it.", "wang")
    why = text("Why it was decided so.", "已现场核实")


class DecidedReport(SeenReport):
    """A report after a decision."""

    flag = text("Name of the case that was opened.", "17-203-listed", null=True)


class ReportList(Answer):
    """Reports about pharmacies of a region."""

    region = one(PlaceName)
    items = many(SeenReport, "Reports, the oldest first.")
    next = text("Cursor of the next page; null on the last.", null=True)
