"""Statistics as people look at them: what is asked, and what is told."""

from marshmallow import fields

from pricecompare.schemas import answers, questions, shown
from pricecompare.schemas.asked import Whole, YesNo, said
from pricecompare.schemas.shown import Answer, many, number, one, text, whole, yuan


class StatisticsAsked(questions.Statistics):
    """Where, of which kind of price, and how much of it."""

    months = Whole(
        load_default=12,
        metadata=said("Months of trend: 12 unless given, 0 for none, which answers faster.", 12, minimum=0, maximum=24),
    )
    by_district = YesNo(load_default=False, metadata=said("Also tell the statistics of each district."))


class Bin(Answer):
    """How many prices lie from one edge to before the next."""

    lower = yuan("Lower edge.", "10.00")
    lower_fen = whole("Lower edge, in fen; a price there counts here.", 1000)
    upper = yuan("Upper edge.", "10.50")
    upper_fen = whole("Upper edge, in fen; a price there counts in the next bin.", 1050)
    n = whole("How many prices.", 12)


class Point(Answer):
    """The median of one day, as the history by days has it."""

    day = text("The day.", "2026-10-01")
    n = whole("How many prices counted at its end.", 17)
    median = yuan("Their median; null where there are none.", "10.20", null=True)
    median_fen = number("The same, in fen.", 1020, null=True)


class Trend(Answer):
    """How the median moved."""

    months = whole("Months between the first point and the last.", 12)
    percent = number(
        "How much higher the last median is than the first, in per cent; null where either rests on fewer than "
        "few_sellers prices.",
        -3.2,
        null=True,
    )
    points = many(Point, "The same day of each month, oldest first: the last day of a month that is shorter.")


class District(Answer):
    """What a drug costs in one district."""

    district = one(shown.PlaceName)
    n = whole("How many prices these numbers are made of.", 9)
    median = yuan("Median.", "10.10")
    median_fen = number("Median, in fen.", 1010)
    q1 = yuan("Lower quartile.", "9.80")
    q1_fen = number("Lower quartile, in fen.", 980)
    q3 = yuan("Upper quartile.", "10.50")
    q3_fen = number("Upper quartile, in fen.", 1050)
    low = yuan("Lowest price.", "9.50")
    low_fen = number("Lowest price, in fen.", 950)
    high = yuan("Highest price.", "12.80")
    high_fen = number("Highest price, in fen.", 1280)


class Statistics(answers.Statistics):
    """What a drug costs in a pooling region; null or empty where nobody sells it."""

    text_en = text(
        "What the statistics say, in English.", "Usually 10.80 yuan: half of 96 pharmacies ask between 10.00 and 11.50."
    )
    text_zh = text(
        "What the statistics say, in Chinese.", "一般为 10.80 元：96 家药店中有一半在 10.00 至 11.50 元之间。"
    )
    few_sellers = whole("Of fewer prices no median is said in words and no district is told: our choice.", 5)
    sellers = whole("How many pharmacies have a price that is not old, doubtful ones too.", 18)
    pharmacies = whole("How many pharmacies the region has now.", 60)
    share = number("sellers ÷ pharmacies; null where there are none.", 0.3, null=True)
    histogram = many(Bin, "All n prices in bins of one round width, lowest first: 5 to 20 where they differ enough.")
    trend = one(Trend, null=True)
    districts = fields.List(
        fields.Nested(District),
        allow_none=True,
        metadata=said("Each district with at least few_sellers prices; null unless asked for with by_district."),
    )
