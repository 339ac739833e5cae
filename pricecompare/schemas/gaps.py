"""Online against counter: what is asked, and what is told."""

from typing import Any

from pricecompare.calc.gaps import hundredths
from pricecompare.errors import Invalid
from pricecompare.schemas import answers, shown
from pricecompare.schemas.asked import Parameter, Text, refused, said
from pricecompare.schemas.dated import Day
from pricecompare.schemas.questions import Paged, Question
from pricecompare.schemas.shown import Answer, many, moment, number, one, text, whole, yuan


class Least(Parameter):
    """A least difference with at most two decimals, kept as it was written."""

    refusal = "bad_gap"

    def __init__(self, about: str, *examples: str):
        super().__init__(metadata=said(about, *examples, type="string", pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$"))

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> str:
        try:
            hundredths(str(value), refusal=self.refusal)
        except Invalid as error:
            raise refused(error.reason) from None
        return str(value)


class GapTable(Question):
    """Which prices that lie apart."""

    min_percent = Least("Only from this difference on, in per cent of the counter price: 10 unless set or given.", "5")
    min_yuan = Least("And only from this difference on, in yuan: 1.00 unless set or given.", "0.50")
    day = Day("The day at whose end both prices held and were not old; today unless given.", "2026-10-15")
    drug = Text(metadata=said("Only this drug: its national code.", "XJ01CAA501A001010190008"))


class GapsAsked(Paged, GapTable):
    """Which prices that lie apart, page by page."""


class Seen(Answer):
    """A price and when it was seen."""

    price = yuan("What a pack costs.", "10.00")
    fen = whole("What a pack costs, in fen.", 1000)
    observed_at = moment("When the price was seen.")


class Difference(Answer):
    """How much dearer the online price is than that at the counter."""

    difference = yuan("Online less counter; below zero where online is cheaper.", "2.00")
    difference_fen = whole("The same, in fen.", 200)
    percent = number("The same in per cent of the counter price, one decimal.", 20.0)


class Gap(Difference):
    """Two prices of one drug in one pharmacy on one day: a question to the pharmacy, not an accusation."""

    pharmacy = one(shown.FlaggedPharmacy)
    drug = one(shown.FlaggedDrug)
    counter = one(Seen)
    online = one(Seen)


class Gaps(answers.Counted):
    """Where counter and online prices lie apart, worst first: by per cent, then by yuan."""

    region = one(shown.PlaceName)
    day = text("The day.", "2026-11-01")
    min_percent = text("The least difference in per cent; a limit of our own choice unless it was asked for.", "10.00")
    min_yuan = yuan("The least difference; a limit of our own choice unless it was asked for.", "1.00")
    items = many(Gap, "The gaps of this page.")
