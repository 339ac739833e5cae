"""The shape of questions and answers about the past and about what changed."""

from marshmallow import fields

from pricecompare.models import KINDS, STOCKS
from pricecompare.schemas import shown
from pricecompare.schemas.answers import Paged as PagedAnswer
from pricecompare.schemas.asked import Text, Whole, said
from pricecompare.schemas.dated import Day
from pricecompare.schemas.questions import Paged, Question, kind
from pricecompare.schemas.shown import Answer, many, moment, number, one, packs_there, text, truth, whole, yuan


class HistoryAsked(Paged):
    """Whose prices, and between which days: give a pharmacy or a region."""

    pharmacy = Text(metadata=said("Code of a pharmacy: answers the steps of its price, page by page."))
    region = Text(
        metadata=said("Six-digit code of a pooling region or of one of its parts: answers statistics by day.", "990100")
    )
    kind = kind(load_default="listed")
    first = Day(
        "First day, in China. For a region 90 days up to `to` unless given, at most 800 of them.",
        "2026-10-01",
        data_key="from",
    )
    last = Day("Last day, in China; today unless given.", "2026-10-31", data_key="to")


class Step(Answer):
    """From when until when a pharmacy asked a price, or did not list the drug."""

    since = moment("When it began to hold, or was stated again after a silence of over max_age_days.")
    until = fields.String(
        allow_none=True, metadata=said("When the next step began; null while it still holds.", format="date-time")
    )
    price = yuan("What a pack cost; null while the drug was off the list.", "10.00", null=True)
    fen = whole("The same, in fen.", 1000, null=True)
    last_seen = fields.String(
        allow_none=True,
        metadata=said("When the price was last stated, by itself or in a whole list; null while it was off the list.",
                      format="date-time"),
    )  # fmt: skip
    held = truth("Whether the price was so far from all others that it was left out of averages.")
    upload = whole("Number of the upload that said so.", 5)


class DayStatistics(Answer):
    """What a drug cost in a region at the end of one day: fresh prices, without held ones and probable data errors."""

    day = text("The day, in China.", "2026-10-31")
    n = whole("How many prices these numbers are made of; 0 when there are none, and all others null.", 96)
    median = yuan("Median.", "10.80", null=True)
    median_fen = number("Median, in fen.", 1080.0, null=True)
    mean = yuan("Mean.", "10.87", null=True)
    mean_fen = number("Mean, in fen.", 1087.4, null=True)
    q1 = yuan("Lower quartile.", "10.00", null=True)
    q1_fen = number("Lower quartile, in fen.", 1000.0, null=True)
    q3 = yuan("Upper quartile.", "11.50", null=True)
    q3_fen = number("Upper quartile, in fen.", 1150.0, null=True)
    low = yuan("Lowest price.", "8.90", null=True)
    low_fen = number("Lowest price, in fen.", 890.0, null=True)
    high = yuan("Highest price.", "28.90", null=True)
    high_fen = number("Highest price, in fen.", 2890.0, null=True)


class History(PagedAnswer, shown.Kind, shown.Dated):
    """What a drug cost over time, oldest first, as it is known now: late prices and corrections are in their place."""

    drug = one(shown.Drug)
    pharmacy = one(shown.PharmacyName, null=True)
    region = one(shown.PlaceName, null=True)
    max_age_days = whole("From how many days on a price is stale and left out.", 30)
    total = whole("How many steps all pages have together, or how many days there are.", 90)
    steps = fields.List(
        fields.Nested(Step), allow_none=True, metadata=said("The steps of a pharmacy's price; null for a region.")
    )
    days = fields.List(
        fields.Nested(DayStatistics), allow_none=True, metadata=said("Each day of a region; null for a pharmacy.")
    )


class ChangesAsked(Question):
    """Since when, and where."""

    since = Whole(
        load_default=0,
        metadata=said(
            "Data version after which changes are wanted: `data_version` of the last page of before; 0 for all.",
            0,
            minimum=0,
        ),
    )
    region = Text(
        metadata=said("Only pharmacies that are now in this pooling region or district: its six-digit code.", "990100")
    )
    limit = Whole(
        metadata=said("Most changes on a page: 1000 unless given, at most 10000.", 1000, minimum=1, maximum=10_000)
    )
    cursor_given = Text(
        data_key="cursor",
        metadata=said("What the page before gave as `next`. All other parameters must stay as they were."),
    )


class Change(Answer):
    """What a pharmacy asks for a drug from a data version on: it replaces what was known before."""

    version = whole("The data version that brought it.", 7)
    upload = whole("Number of the upload or decision that brought it.", 7)
    pharmacy = text("Code of the pharmacy.", "P99010200001")
    drug = text("National drug code.", "XJ01CAA501A001010190008")
    kind = text("Kind of price.", one_of=KINDS)
    gone = truth("Whether the drug is off the list: forget what was asked.")
    price = yuan("What a pack costs; null when it is gone.", "10.00", null=True)
    fen = whole("The same, in fen.", 1000, null=True)
    observed_at = moment("When that was last stated by itself; a whole list may have confirmed it since.")
    stock = fields.String(allow_none=True, metadata=said(f"One of {', '.join(STOCKS)}; null when it is gone.", "in"))
    stock_packs = packs_there()
    held = truth("Whether the price is so far from all others that it is left out of averages for now.")


class Confirmation(Answer):
    """When a pharmacy's whole list was last seen: none of its prices is older than that."""

    pharmacy = text("Code of the pharmacy.", "P99010200001")
    kind = text("Kind of price.", one_of=KINDS)
    confirmed_at = fields.String(
        allow_none=True, metadata=said("When; null when no whole list counts any more.", format="date-time")
    )


class Registers(Answer):
    """In which data version the registers last changed: fetch them again when that is later than what you have."""

    drugs = whole("Drugs.", 2)
    places = whole("Regions and pharmacies.", 3)


class Changes(PagedAnswer):
    """What changed since a data version, in the order in which it came to count."""

    since = whole("The version asked for.", 0)
    items = many(Change, "The changes of this page.")
    confirmations = many(Confirmation, "Whole lists of which the last sighting may have changed, as it is now.")
    registers = one(Registers)
