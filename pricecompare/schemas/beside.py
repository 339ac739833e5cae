"""What an offer carries beside its price when it is asked for."""

from typing import Any

from marshmallow import fields

from pricecompare.schemas import answers, questions, shown
from pricecompare.schemas.asked import OneOf, Parameter, said
from pricecompare.schemas.gaps import Difference
from pricecompare.schemas.shown import many, moment, number, one, truth, whole, yuan

BESIDE = ("other_kind", "text")
"""What an offer may carry beside its price."""


class Beside(Parameter):
    """Names separated by commas, each once or more; read as a tuple."""

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> tuple[str, ...]:
        names = tuple(str(value).split(","))
        for name in names:
            OneOf(BESIDE)(name)
        return names


class OtherKind(shown.Kind, Difference):
    """The other kind of price that the pharmacy of an offer asks: online beside listed, listed beside online."""

    price = yuan("What a pack costs.", "10.00")
    fen = whole("What a pack costs, in fen.", 1000)
    observed_at = moment("When the price was seen.")
    age_days = whole("How many days ago that was.", 1)
    stale = truth("Whether the price is too old to count in averages.")


class OffersAsked(questions.Offers):
    """Who sells a drug, and what to tell beside the price."""

    beside = Beside(
        data_key="with",
        load_default=tuple,
        metadata=said(
            "More of each offer, separated by commas: other_kind (the shop's online price beside its counter price, or "
            "the other way round), text (how the price stands to the local median, in words).",
            "other_kind,text",
            type="string",
            pattern=f"^({'|'.join(BESIDE)})(,({'|'.join(BESIDE)}))*$",
        ),
    )


class Local(shown.Local):
    """How a price stands to the other prices of its pooling region."""

    percent = number(
        "How much dearer than the median, in per cent; cheaper is below zero. In words: below zero “12 % below the "
        "local median” (比本地中位价低 12%), above zero “above” (高), at zero “at the local median” "
        "(与本地中位价持平), the number without its sign and without a decimal that is 0.",
        -7.4,
    )
    text_en = fields.String(metadata=said("That in words, in English; only with=text.", always=False))
    text_zh = fields.String(metadata=said("That in words, in Chinese; only with=text.", always=False))


class Offer(answers.Offer):
    """What one pharmacy asks for the drug."""

    local = one(Local, null=True)
    other_kind = fields.Nested(
        OtherKind,
        allow_none=True,
        metadata=said("Only with=other_kind; null where the pharmacy has no such price.", always=False),
    )


class Offers(answers.Offers):
    """Who sells a drug: sound prices first, then probable data errors, then stale prices."""

    items = many(Offer, "The offers of this page.")
