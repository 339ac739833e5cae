"""The shape of every answer: published as OpenAPI, and held against real answers by a test."""

from marshmallow import fields

from pricecompare.schemas import shown
from pricecompare.schemas.asked import said
from pricecompare.schemas.paid import Standard
from pricecompare.schemas.shown import Answer, many, moment, number, one, text, truth, whole, yuan
from pricecompare.schemas.weeks import Week


class Versioned(Answer):
    """What an answer rests on."""

    data_version = whole("Counted up whenever something in the database changes.", 5)


class Paged(Versioned):
    """One page."""

    next = text("Give this as `cursor` for the next page; null on the last page.", null=True)


class Counted(Paged):
    """One page of so many rows."""

    total = whole("How many rows all pages have together.", 96)


class Regions(Counted):
    """Regions in the order of codes."""

    items = many(shown.Region, "The regions of this page.")


class Offer(shown.Ask, shown.Opening):
    """What one pharmacy asks for the drug."""

    pharmacy = one(shown.LocatedPharmacy)
    unit_price = text("Price of one unit in yuan, four decimals; null when the pack is not known.", "0.4167", null=True)
    unit = text("The unit.", "粒")
    distance_m = number("Metres from the point, as the crow flies; null without a point.", 512.417, null=True)
    value = yuan("Price plus what the way costs, in sort=value.", null=True)
    flag = text(
        "What the abnormal-price rule says (notice, high, very_high, error_high, error_low), or held: so far from what "
        "others ask that it waits to be confirmed or repeated; null when there is nothing to say.",
        "high",
        null=True,
    )
    excess = yuan("What the patient pays beyond the payment standard of the region; null without one.", null=True)
    excess_fen = whole("The same, in fen.", 0, null=True)
    local = one(shown.Local, null=True)


class Offers(Counted, shown.Kind, shown.Dated):
    """Who sells a drug: sound prices first, then probable data errors, then stale prices."""

    drug = one(shown.Drug)
    standard = one(Standard, null=True)
    sort = text("How it is sorted.", "price")
    cost_per_km = yuan("What a kilometre costs in sort=value.", null=True)
    max_age_days = whole("From how many days on a price is stale.", 30)
    stale = whole("How many of all these prices are stale, and so come last.", 3)
    left_out = whole("How many others were left out because they are older than was asked for.", 0)
    items = many(Offer, "The offers of this page.")


class Statistics(shown.Kind, shown.Dated):
    """What a drug costs in a pooling region; all null where nobody sells it."""

    drug = one(shown.Drug)
    region = one(shown.PlaceName)
    standard = one(Standard, null=True)
    max_age_days = whole("From how many days on a price is stale and left out.", 30)
    n = whole("How many prices these numbers are made of.", 96)
    stale = whole("How many were left out because they are old.", 3)
    doubtful = whole("How many were left out because they are probable data errors.", 1)
    mean = yuan("Mean.", "10.87", null=True)
    mean_fen = number("Mean, in fen.", 1087.4, null=True)
    median = yuan("Median.", "10.80", null=True)
    median_fen = number("Median, in fen.", 1080.0, null=True)
    mad = yuan("1.4826 × median of |price − median|: comparable with a standard deviation.", "0.74", null=True)
    mad_fen = number("The same, in fen.", 74.1, null=True)
    q1 = yuan("Lower quartile.", "10.00", null=True)
    q1_fen = number("Lower quartile, in fen.", 1000.0, null=True)
    q3 = yuan("Upper quartile.", "11.50", null=True)
    q3_fen = number("Upper quartile, in fen.", 1150.0, null=True)
    low = yuan("Lowest price.", "8.90", null=True)
    low_fen = number("Lowest price, in fen.", 890.0, null=True)
    high = yuan("Highest price.", "28.90", null=True)
    high_fen = number("Highest price, in fen.", 2890.0, null=True)


class NearPharmacy(shown.LocatedPharmacy, shown.Opening):
    """A pharmacy and how far it is."""

    distance_m = number("Metres from the point, as the crow flies; null without a point.", 512.417, null=True)


class Pharmacies(Counted):
    """Pharmacies, nearest first when a point was given."""

    items = many(NearPharmacy, "The pharmacies of this page.")


class Given(Answer):
    """Coordinates as they were given."""

    lat = number("Latitude.", 28.229529)
    lng = number("Longitude.", 112.936003)
    coord_type = text("Coordinate system.", "gcj02")


class Pharmacy(shown.LocatedPharmacy, shown.Opening):
    """One pharmacy."""

    week = one(Week, null=True)

    uscc = text("Unified social credit code (统一社会信用代码), or empty.", "92990102MA0000001A")
    given = one(Given, null=True)


class PharmacyOffer(shown.Ask, shown.Kind):
    """What the pharmacy asks for one drug."""

    drug = one(shown.Drug)
    held = shown.truth("The price is so far from what others ask that it waits to be confirmed or repeated.")


class PharmacyOffers(Counted, shown.Dated):
    """What one pharmacy asks for each drug."""

    pharmacy = one(shown.PharmacyName)
    stale = whole("How many of all these prices are too old to count in averages.", 3)
    items = many(PharmacyOffer, "The prices of this page.")


class Rule(Answer):
    """The rule that made a flag."""

    id = text("Name of the rule.", "loo-pooled")
    version = whole("Version of the rule.", 1)


class Flag(shown.Kind):
    """An abnormal price with every number behind it: a question to the pharmacy, not an accusation."""

    id = text("Name of the flag: pharmacy, drug and kind of price.", "17-203-listed")
    pharmacy = one(shown.FlaggedPharmacy)
    drug = one(shown.FlaggedDrug)
    class_ = fields.String(
        attribute="class",
        data_key="class",
        metadata=said("high, error_high, error_low; rule: only by another rule.", "high"),
    )
    grade = text("notice, high, very_high, error or rule.", "high")
    strong = truth("Whether the price stands out by two measures.")
    price = yuan("What a pack costs.", "28.90")
    fen = whole("What a pack costs, in fen.", 2890)
    observed_at = moment("When the price was seen.")
    ref_median = yuan("Median of the other pharmacies; null where too few are known.", "10.00", null=True)
    ref_mean = yuan("Mean of the other pharmacies.", "10.12", null=True)
    others = whole("How many other pharmacies.", 95)
    ref_area = text("Where they are: local (the region) or wider (the province).", one_of=("local", "wider"))
    ratio_median = number("Price ÷ median.", 2.89, null=True)
    ratio_mean = number("Price ÷ mean.", 2.86, null=True)
    z = number("Robust score; null for data errors.", 7.3, null=True)
    spread = number("How widely prices of this drug usually lie, as a share; null for data errors.", 0.11, null=True)
    factor = number("Likely slip of a data error: 10, 100, the pack count …", 10, null=True)
    rule = one(Rule)
    text_en = text(
        "What the flag says, in English.", "28.90 yuan is 2.89 times the median of 95 other pharmacies (10.00 yuan)."
    )
    text_zh = text("What the flag says, in Chinese.", "28.90 元，是其他 95 家药店中位数 10.00 元的 2.89 倍。")


class Flags(Paged):
    """Abnormal prices, highest ratio to the median first."""

    region = one(shown.PlaceName)
    items = many(Flag, "The flags of this page.")
