"""The shape of what is asked about flags that people take up."""

from pricecompare.calc.cases import COMMENT, STATES, STEPS
from pricecompare.models import CLASSES
from pricecompare.schemas.asked import OneOf, Text, YesNo, said
from pricecompare.schemas.lines import Line, line, printed
from pricecompare.schemas.lists import Multiple
from pricecompare.schemas.questions import Paged, Question, kind

MOST_WHY = 500
LANGUAGES = ("zh", "en")
GRADES = ("notice", "high", "very_high", "error")
REGULATORS = tuple(name for name, step in STEPS.items() if step.role == "regulator")
PHARMACIES = (*(name for name, step in STEPS.items() if step.role == "pharmacy"), COMMENT)


def why(description: str, *examples: str) -> Text:
    """Return the field of a reason."""
    return Text(
        load_default="",
        validate=Line(MOST_WHY),
        metadata=printed(description, *examples, limit=MOST_WHY),
    )


class Explained(Question):
    """In which language."""

    lang = Text(load_default="zh", validate=OneOf(LANGUAGES), metadata=said("Language of the picture: zh or en."))


class Noticed(Question):
    """In which language, and who sends it."""

    lang = Text(load_default="zh", validate=OneOf(LANGUAGES), metadata=said("Language of the notice: zh or en."))
    who = line("Who sends it.", "wang")
    why = why("Why, for the audit trail.")


class Cases(Paged):
    """Which cases."""

    state = Text(validate=OneOf(STATES), metadata=said("Only those in this state.", "reminded"))
    late = YesNo(data_key="overdue", load_default=False, metadata=said("Only those whose next step is overdue."))


class OwnPage(Paged):
    """Which page of one's own cases."""


class StepAsked(Question):
    """Which step a regulator takes with a flag."""

    class Meta:
        """Options of marshmallow."""

        description = "Which step a regulator takes with a flag."

    action = Text(
        required=True,
        validate=OneOf((*REGULATORS, COMMENT)),
        metadata=said("The step, or a comment, which changes no state.", "screen"),
    )
    who = line("Who takes it.", "wang")
    why = why("Why; some steps must say it.", "进价上涨，已核实")


class AnswerAsked(Question):
    """What a pharmacy answers about its own flag."""

    class Meta:
        """Options of marshmallow."""

        description = "What a pharmacy answers about its own flag."

    action = Text(
        required=True, validate=OneOf(PHARMACIES), metadata=said("Explain, appeal, or only comment.", "explain")
    )
    who = line("Who answers for the pharmacy.", "li")
    why = why("The answer.", "进价上涨")


class BatchAsked(Question):
    """Which step to take with which flags of a region."""

    class Meta:
        """Options of marshmallow."""

        description = "Which step to take with which flags of a region."

    action = Text(required=True, validate=OneOf(REGULATORS), metadata=said("The step.", "screen"))
    who = line("Who takes it.", "wang")
    why = why("Why; some steps must say it.", "进价上涨，已核实")
    class_ = Text(data_key="class", validate=OneOf(CLASSES), metadata=said("Only flags of this class.", "high"))
    kind = kind()
    grade = Text(validate=OneOf(GRADES), metadata=said("Only flags of this grade.", "very_high"))
    rule = Text(validate=Line(), metadata=printed("Only prices that this rule in force found.", "ceiling"))
    tier = Text(validate=Line(), metadata=printed("Only this tier of that rule.", "above"))
    strong = YesNo(metadata=said("Only flags with strong evidence, or only the others."))
    state = Text(
        validate=OneOf(STATES),
        metadata=said("Only those whose case is in this state; found as long as nobody took a price up.", "screened"),
    )
    min_ratio = Multiple("Only prices of at least so many times the median, or a rule's reference.", "1.50")
    drug = Text(
        validate=Line(), metadata=printed("Only flags of this drug (national code).", "XJ01CAA501A001010190008")
    )
    pharmacy = Text(validate=Line(), metadata=printed("Only flags of this pharmacy (code).", "P99010200001"))
    district = Text(metadata=said("Only flags of this district, six digits.", "990102"))
    dry = YesNo(data_key="dry_run", load_default=False, metadata=said("Only say what would be done."))


class UndoAsked(Question):
    """Who takes a batch back, and why."""

    class Meta:
        """Options of marshmallow."""

        description = "Who takes a batch back, and why."

    who = line("Who takes it back.", "wang")
    why = why("Why; it must be said.", "选错了地区")


class Attached(Question):
    """What a file that is put to a flag is called, and by whom it is put there."""

    name = line("What its sender calls it; its ending follows from its content.", "receipt.pdf")
    who = line("Who puts it there.", "li")
    why = why("What it shows.", "进货发票")
