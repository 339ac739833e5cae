"""The shape of limits and appeals: what is asked about them, and how they are answered."""

from typing import Any

from marshmallow import fields

from pricecompare.calc.index_limits import RANGES
from pricecompare.calc.money import Number as Written
from pricecompare.calc.money import amount_fen, quantity
from pricecompare.errors import Invalid
from pricecompare.models.indexing import APPEAL_EFFECTS, APPEAL_STATES, APPEAL_SUBJECTS
from pricecompare.schemas import shown
from pricecompare.schemas.asked import Number, OneOf, Parameter, Text, Whole, YesNo, refused, said
from pricecompare.schemas.cases import why
from pricecompare.schemas.lines import Line, line, printed
from pricecompare.schemas.lists import between
from pricecompare.schemas.questions import Paged, Question
from pricecompare.schemas.shown import Answer, many, moment, number, one, text, truth, whole, yuan


class Measured(Parameter):
    """A quantity or an amount, read as files of sales are."""

    def __init__(self, read: Any, about: str, example: Any, **options: Any):
        self._read = read
        super().__init__(metadata=said(about, example, type="number"), **options)

    def _deserialize(self, value: Written, *place: Any, **options: Any) -> Any:
        try:
            return self._read(value)
        except Invalid as error:
            raise refused(error.reason) from None


def year() -> Whole:
    """Return the parameter that names a year."""
    return between(0, 2999, "Of one year; 0 for every year.", load_default=0)


class Limits(Question):
    """Limits of which year."""

    year = year()


class LimitAsked(Question):
    """Which limit to set."""

    class Meta:
        """Options of marshmallow."""

        description = "Which limit to set."

    name = Text(required=True, validate=OneOf(tuple(RANGES)), metadata=said("Its name.", "warning_line"))
    value = Number(metadata=said("Its value; without one the setting is taken back.", 115))
    year = year()
    who = line("Who sets it.", "wang")
    why = why("Why.")


class Limit(Answer):
    """One limit."""

    name = text("Its name.", "warning_line")
    value = number("What holds; null while it is not in force.", 115.0, null=True)
    usual = number("What holds unless it is set; null where nothing does.", null=True)
    set = truth("Whether it was set, for the region or for all.")


class Placed(Answer):
    """A limit where it was set."""

    region = text("Six digits; null for every region.", null=True)
    year = whole("The year; null for every year.", null=True)
    name = text("Its name.")
    value = number("Its value.")


class LimitList(Answer):
    """Limits as they hold for a region and year."""

    region = text("Six digits; null for all.", null=True)
    year = whole("The year; null for every year.", null=True)
    items = many(Limit, "Each limit.")
    all = many(Placed, "All that was set, wherever.")


class Marks(Answer):
    """How many pharmacies are marked how."""

    published = whole("Published.")
    indicative = whole("Indicative.")
    suppressed = whole("Suppressed.")
    ranked = whole("Ranked.")
    warning = fields.Dict(metadata=said("Beside the warning line: no, perhaps, clearly; empty while there is none."))
    stars = fields.Dict(metadata=said("By stars; empty while there are no cut points."))


class AboveLine(Answer):
    """A pharmacy above the warning line."""

    pharmacy = one(shown.PharmacyName)
    index = number("Its index.")
    low = number("Lower end of the interval.", null=True)
    high = number("Upper end of the interval.", null=True)
    warning = text("perhaps or clearly.")
    stars = whole("Stars.", null=True)


class TriedLimits(Answer):
    """What other limits would mark."""

    region = one(shown.PlaceName)
    period = text("The period.", "2026-10")
    limits = fields.Dict(metadata=said("The limits that were tried."))
    now = one(Marks)
    then = one(Marks)
    different = whole("Pharmacies that would be marked otherwise.")
    above = many(AboveLine, "Those that would be above the warning line, dearest first, twenty at most.")


class AppealAsked(Question):
    """What a pharmacy disputes."""

    class Meta:
        """Options of marshmallow."""

        description = "What a pharmacy disputes."

    run = Whole(required=True, metadata=said("The run.", 1))
    drug = Text(
        required=True, validate=Line(), metadata=printed("The drug (national code).", "XJ01CAA501A001010290019")
    )
    about = Text(required=True, validate=OneOf(APPEAL_SUBJECTS), metadata=said("price, quantity or grouping.", "price"))
    quantity = Measured(quantity, "Packs that were sold in the period, if that is disputed.", 12)
    amount_fen = Measured(amount_fen, "What they brought, in yuan, if that is disputed.", 126.0, data_key="amount")
    who = line("Who appeals for the pharmacy.", "li")
    why = why("What is wrong; it must be said.", "数量与本店记录不符")


class Withdrawal(Question):
    """Why an appeal is withdrawn."""

    class Meta:
        """Options of marshmallow."""

        description = "Why an appeal is withdrawn."

    who = line("Who withdraws it.", "li")
    why = why("Why; it must be said.")


class RulingAsked(Question):
    """What becomes of an appeal."""

    class Meta:
        """Options of marshmallow."""

        description = "What becomes of an appeal."

    action = Text(required=True, validate=OneOf(("accept", "reject")), metadata=said("accept or reject.", "accept"))
    effect = Text(
        load_default="",
        validate=OneOf(("", *APPEAL_EFFECTS)),
        metadata=said(
            "What an accepted one does: exclude the row, correct its totals, or compare it apart.", "correct"
        ),
    )
    quantity = Measured(quantity, "Packs, for a correction; those the pharmacy named unless given.", 12)
    amount_fen = Measured(amount_fen, "What they brought, in yuan, for a correction.", 126.0, data_key="amount")
    revision = Whole(metadata=said("The revision that was looked at; refused when it has moved since.", 1))
    who = line("Who decides.", "wang")
    why = why("Why; it must be said.")


class Appeals(Paged):
    """Which appeals."""

    state = Text(validate=OneOf(APPEAL_STATES), metadata=said("Only those in this state.", "filed"))
    late = YesNo(data_key="overdue", load_default=False, metadata=said("Only those that should be decided by now."))


class OwnAppeals(Paged):
    """Which of one's own appeals."""


class AppealName(Answer):
    """Code and name."""

    code = text("Its code.")
    name = text("Its name.")


class ListedAppeal(Answer):
    """An appeal of a pharmacy against what a run rests on."""

    id = whole("Its number.", 3)
    run = whole("The run.", 7)
    period = text("The period whose sales it is about.", "2026-10")
    pharmacy = one(AppealName)
    drug = one(AppealName)
    about = text("What is disputed.", one_of=APPEAL_SUBJECTS)
    state = text("Where it stands.", one_of=APPEAL_STATES)
    effect = text("What it does to later runs; null while it does nothing.", null=True)
    quantity = number("Packs, as the pharmacy or the ruling says.", null=True)
    amount = yuan("What they brought.", null=True)
    revision = whole("Counted up with each step.", 1)
    due_on = text("Until when it is to be decided; null once it is.", null=True)
    overdue = truth("Whether that has passed.")
    filed_at = moment("When it was filed.")


class AppealList(Answer):
    """Appeals, oldest first."""

    items = many(ListedAppeal, "Appeals.")
    next = text("Cursor of the next page; null on the last.", null=True)


class AppealStep(Answer):
    """One step of an appeal."""

    revision = whole("Which one it is, from 1.", 1)
    at = moment("When.")
    action = text("file, accept, reject or withdraw.", "file")
    before = text("The state before.")
    after = text("The state since.", one_of=APPEAL_STATES)
    role = text("pharmacy or regulator.")
    who = text("Who.")
    why = text("Why.")


class Appeal(ListedAppeal):
    """An appeal with all that was done about it."""

    steps = many(AppealStep, "Every step, oldest first.")
