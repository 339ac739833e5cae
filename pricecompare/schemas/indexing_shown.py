"""The shape of indices as they are answered: to everybody, and to those who may know volumes."""

from marshmallow import fields

from pricecompare.models import COMPARES
from pricecompare.schemas import shown
from pricecompare.schemas.answers import Counted, Versioned
from pricecompare.schemas.asked import said
from pricecompare.schemas.shown import Answer, many, number, one, text, truth, whole, yuan

STATUSES = ("published", "indicative", "suppressed")
LEFT_OUT = ("gross_error", "few_sellers")


class Sentence(Answer):
    """Something that is to be said, in words."""

    code = text("Its stable code.", "assortment_effect")
    text_en = text("In English.")
    text_zh = text("In Chinese.")


class Months(Answer):
    """The months of a period."""

    from_ = fields.String(data_key="from", attribute="from", metadata=said("The first.", "2026-10"))
    until = text("The last.", "2026-10")


class IndexMethod(shown.Method):
    """How an index was computed."""

    reference = text("Kind of reference price; null for a method that takes none.", "mean", null=True)


class RunName(Answer):
    """The run that published an index."""

    id = whole("Number of the run.", 7)
    confirmed_at = fields.String(
        allow_none=True,
        metadata=said("When it was confirmed; null for a draft.", "2026-11-01T12:00:00+08:00", format="date-time"),
    )
    corrects = whole("The run whose place it takes.", null=True)


class About(Answer):
    """Of which period an index is, by which method, and from which run."""

    period = text("The period.", "2026-10")
    months = one(Months)
    compare = text("What is compared.", one_of=COMPARES)
    method = one(IndexMethod)
    run = one(RunName, null=True)
    warning_line = number("The warning line (年度监测值) in force; null while there is none.", null=True)


class Figures(Answer):
    """A price-volume index (量价比较指数) and what it rests on; everybody is told rounded numbers."""

    status = text("published, indicative (rests on little) or suppressed (rests on too little).", one_of=STATUSES)
    why = one(Sentence, null=True)
    index = number("100 is the region's average; null when suppressed.", 103.42, null=True)
    low = number("Lower end of the 95 % interval of the index.", 100.1, null=True)
    high = number("Upper end of the 95 % interval of the index.", 106.8, null=True)
    se = number("Standard error of the index.", 1.8, null=True)
    level = number("Like-for-like price level: the same drugs compared (weighted CPD).", 102.2, null=True)
    level_low = number("Lower end of its 95 % interval.", 98.8, null=True)
    level_high = number("Upper end of its 95 % interval.", 105.7, null=True)
    assortment = one(Sentence, null=True)
    methods = one(Sentence, null=True)
    n_items = whole("How many drugs were compared.", 41)
    n_eff = number("Effective number of drugs: 1 ÷ Σ weight².", 22.7)
    coverage = number("Share of the turnover that was compared.", 0.97)
    largest_weight = number("Weight of the drug that weighs most.", 0.11)
    single_seller_share = number("Share of the turnover in drugs that nobody else sold.", 0.01)
    own_reference_share = number(
        "Share of what was compared in drugs of which the pharmacy sold more than half of the region.", 0.0
    )
    reliability = number("How far the index tells this pharmacy from chance: 1 wholly, 0 not at all.", 0.86, null=True)
    rank = whole("Place among the pharmacies that are ranked, 1 for the dearest; null without one.", 12, null=True)
    ranked = whole("How many are ranked.", 96, null=True)
    no_rank = one(Sentence, null=True)
    percentile = number("How many per cent of the others that are ranked are cheaper.", 88.4, null=True)
    warning = text("no, perhaps or clearly above the warning line; null while there is none.", null=True)
    stars = whole("Stars by the cut points in force; null while there are none.", null=True)


class MethodName(Answer):
    """A method."""

    id = text("Its name.", "headline")
    version = whole("Its version.", 1)
    reference = text("Kind of reference price; null for a method that takes none.", "mean", null=True)


class Then(Answer):
    """The index of another period."""

    period = text("The period.", "2026-09")
    index = number("The index; null when suppressed.", 102.1, null=True)
    low = number("Lower end of its interval, where it is known.", null=True)
    high = number("Upper end of its interval, where it is known.", null=True)
    status = text("How it may be shown.", one_of=STATUSES)
    method = one(MethodName)
    run = whole("The run that says so; null for sales as they stand.", null=True)
    method_changed = truth("By another method than the period before: the two do not compare.")


class Index(Versioned, About, Figures):
    """A pharmacy's index of one period, rounded, without a word about single drugs or volumes."""

    pharmacy = one(shown.PharmacyName)
    region = one(shown.PlaceName)
    says = one(Sentence, null=True)
    history = many(Then, "The same of other periods of this kind, oldest first.")
    without_top = number("The index without the ten drugs that matter most; null where few are left.", null=True)


class Sold(Answer):
    """What a pharmacy sold of a drug."""

    drug = one(shown.DrugName)
    quantity = number("Packs sold, on the scale of the drug it is compared as.", 12)
    amount = yuan("What they brought.", "126.00")
    unit_value = yuan("What a pack brought on average.", "10.50")
    unit_value_fen = number("The same, in fen.", 1050)


class Contribution(Sold):
    """What one drug adds to a pharmacy's index."""

    reference_price = yuan("What a pack brought on average in the region.", "10.20")
    reference_price_fen = number("The same, in fen.", 1020.4)
    ratio = number("unit_value ÷ reference_price.", 1.029)
    weight = number("Share of the drug in what was compared.", 0.03)
    contribution = number("What it adds to index − 100.", 0.087)
    share_of_region = number("Which share of the region's packs it sold.", 0.02)


class LeftOut(Sold):
    """A drug that was not compared."""

    why = text("gross_error or few_sellers.", one_of=LEFT_OUT)


class Beside(Answer):
    """A method that stands beside an index."""

    id = text("Its name.", "geary_khamis")
    version = whole("Its version.", 1)
    title_en = text("In English.", "Geary-Khamis level")
    title_zh = text("In Chinese.", "Geary-Khamis 水平")


class OtherMethod(Beside):
    """What the number of a pharmacy would be by another method."""

    index = number("By that method; 100 is the region's average.", 104.1)
    difference = number("By how many points it differs from the index.", 0.7)
    outside = fields.Boolean(
        allow_none=True, metadata=said("Whether it lies outside the interval of the like-for-like level.")
    )


class WholeIndex(Index):
    """A pharmacy's index drug by drug, for itself and the regulator."""

    index_loo = number("Against the others alone: what matters where it sells much of a drug.", null=True)
    region_volume_index = number("With the region's volumes instead of its own.", null=True)
    volume_index = number("Its quantities against the region's average pharmacy, at regional prices.", null=True)
    value_index = number("What it took against the average pharmacy: index × volume_index ÷ 100, exactly.", null=True)
    volume_audit = one(Sentence, null=True)
    beside = many(OtherMethod, "What other methods say; none when suppressed.")
    turnover = yuan("Turnover of the period.", "5120.40")
    turnover_fen = whole("Turnover of the period, in fen.", 512040)
    component = whole("Pharmacies of different groups have no drug in common: they do not compare.")
    contributions = many(Contribution, "What each drug adds to index − 100, largest first; none when suppressed.")
    not_compared = many(LeftOut, "What it sold besides.")


class PharmacyIndex(Figures):
    """The index of one pharmacy."""

    pharmacy = one(shown.PharmacyName)


class Indices(Counted, About):
    """The index of every pharmacy of a region, dearest first."""

    region = one(shown.PlaceName)
    items = many(PharmacyIndex, "The pharmacies of this page.")
