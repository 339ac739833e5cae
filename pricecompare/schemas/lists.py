"""The shape of a regulator's lists: what narrows each, how it is paged or written, and what it answers."""

from typing import Any

from marshmallow import fields

from pricecompare.calc.cases import STATES
from pricecompare.errors import Reason
from pricecompare.models.listing import LANGUAGES, TYPES
from pricecompare.schemas.asked import OneOf, Text, Whole, YesNo, refused, said
from pricecompare.schemas.dated import Day
from pricecompare.schemas.gaps import Least
from pricecompare.schemas.indexing import Index
from pricecompare.schemas.lines import Line, line, printed
from pricecompare.schemas.questions import FlagTable, Paged, Question, kind
from pricecompare.schemas.shown import Answer, PlaceName, many, one, text, whole

GRADES = ("notice", "high", "very_high", "error")
QUIET = ("silent", "same")


class Between:
    """Refuses a number below `low` or above `high`."""

    def __init__(self, low: int, high: int):
        self.low, self.high = low, high

    def __call__(self, value: int) -> int:
        """Return `value` when it is in range."""
        if not self.low <= value <= self.high:
            raise refused(Reason.of("out_of_range", value=value, low=self.low, high=self.high))
        return value


def between(low: int, high: int, description: str, *examples: int, **options: Any) -> Whole:
    """Return a whole number from `low` to `high`."""
    return Whole(
        validate=Between(low, high), metadata=said(description, *examples, minimum=low, maximum=high), **options
    )


class Multiple(Least):
    """A least multiple with at most two decimals, kept as it was written."""

    refusal = "bad_multiple"


class Plainly(Question):
    """A list that nothing narrows but its region."""


class Narrowed(Question):
    """Of which drug, at which pharmacy."""

    drug = Text(validate=Line(), metadata=printed("Only this drug (national code).", "XJ01CAA501A001010190008"))
    pharmacy = Text(validate=Line(), metadata=printed("Only this pharmacy (code).", "P99010200001"))


def grade() -> Text:
    """Return the parameter that names a grade of flags."""
    return Text(validate=OneOf(GRADES), metadata=said("Only flags of this grade."))


class Stated(Narrowed):
    """Of which rule, and what became of it."""

    rule = Text(
        validate=Line(),
        metadata=printed(
            "Only what this rule, or this version of it (name@2), found, alone or beside others.", "ceiling"
        ),
    )
    state = Text(
        validate=OneOf(STATES),
        metadata=said("Only those whose case is in this state; found as long as nobody took a price up.", "reminded"),
    )


class FlagFilters(FlagTable, Stated):
    """Which flags."""

    grade = grade()
    strong = YesNo(metadata=said("Only flags with strong evidence, or only the others."))
    min_ratio = Multiple("Only prices of at least so many times the median.", "1.50")


class RuledFilters(Stated):
    """Which prices that rules found."""

    tier = Text(validate=Line(), metadata=printed("Only this tier of it.", "above"))
    kind = kind()
    min_ratio = Multiple("Only prices of at least so many times their reference, or at most that part of it.", "1.50")


class LowFilters(Stated):
    """Which far-too-low prices."""

    kind = kind()


class WaitingFilters(FlagTable, Narrowed):
    """Which flags that were taken up."""

    grade = grade()


class CaseFilters(WaitingFilters):
    """Which flags that were taken up."""

    state = Text(validate=OneOf(STATES), metadata=said("Only those in this state.", "reminded"))
    overdue = YesNo(metadata=said("Only those whose next step is overdue."))


class DrugFilters(Question):
    """Which drugs."""

    kind = kind()
    least_sellers = between(0, 1_000_000, "Only drugs with prices at so many pharmacies or more.", load_default=5)


class ChangeFilters(Question):
    """Which changes of price."""

    kind = kind(load_default="listed")
    since = Day("From this day on; 30 days before the last unless given.", "2026-10-01")
    until = Day("Up to this day, which counts; today unless given.", "2026-10-31")


class JumpFilters(Question):
    """Which jumps of price."""

    kind = kind(load_default="listed")
    since = Day("The price at the end of this day; 30 days before the last unless given.", "2026-08-08")
    until = Day("Against the price at the end of this one; today unless given.", "2026-12-21")
    times = Multiple(
        "At least so many times what it was, 1.01 or more, or at most that part of it: 3 unless given.", "2.5"
    )


class OfferFilters(Narrowed):
    """Which prices."""

    kind = kind()
    held = YesNo(metadata=said("Only prices held as suspicious, or only the others."))


class StaleFilters(Question):
    """Which pharmacies."""

    days = between(1, 3650, "After how many days without a report, or without a change.", load_default=30)
    what = Text(
        validate=OneOf(QUIET), metadata=said("Only those that fell silent, or only those that always say the same.")
    )


FILTERS: dict[str, type[Question]] = {
    "flags": FlagFilters,
    "pharmacies": FlagFilters,
    "low": LowFilters,
    "ruled": RuledFilters,
    "cases": CaseFilters,
    "appeals": WaitingFilters,
    "overdue": CaseFilters,
    "drugs": DrugFilters,
    "changes": ChangeFilters,
    "jumps": JumpFilters,
    "offers": OfferFilters,
    "uploads": Plainly,
    "stale": StaleFilters,
    "indices": Index,
}
"""What narrows each list, the same for its pages and its files."""


class Written(Question):
    """How a list is written to a file."""

    region = Text(required=True, metadata=said("Six-digit code of a pooling region or of one of its parts.", "990100"))
    lang = Text(load_default="zh", validate=OneOf(LANGUAGES), metadata=said("Language of the headers."))
    most = between(1, 1_000_000_000, "At most so many rows; the manifest says when there are more.", 1000)
    why = line("What it is for, for the audit trail.", "季度检查")


def paged(name: str) -> type[Question]:
    """Return what a page of a list is asked by."""
    return type(f"{name.title()}Page", (Paged, FILTERS[name]), {"__doc__": FILTERS[name].__doc__})


def written(name: str) -> type[Question]:
    """Return what a file of a list is asked by."""
    return type(f"{name.title()}File", (Written, FILTERS[name]), {"__doc__": FILTERS[name].__doc__})


class ListColumn(Answer):
    """A column of a list."""

    name = text("Its name in each item.", "price")
    type = text("What it holds; money is text in yuan.", one_of=TYPES)
    zh = text("Its header in Chinese.", "价格（元）")
    en = text("Its header in English.", "Price (yuan)")


class Titles(Answer):
    """What a list is called."""

    zh = text("In Chinese.", "异常价格")
    en = text("In English.", "Abnormal prices")


class ListPage(Answer):
    """A page of a regulator's list."""

    list = text("Name of the list.", "flags")
    titles = one(Titles)
    region = one(PlaceName)
    filters = fields.Dict(metadata=said("What narrows it, as it was understood.", {"kind": "listed"}))
    columns = many(ListColumn, "What each item holds.")
    totals = fields.Dict(
        metadata=said("How many rows there are on all pages, and the sums of columns that add up.", {"rows": 12})
    )
    items = fields.List(
        fields.Dict(), metadata=said("Rows, each value under the name of its column.", [{"price": "28.90"}])
    )
    next = text("Cursor of the next page; null on the last.", null=True)
    data_version = whole("Counted up whenever something in the database changes.", 5)
