"""The shape of answers about drugs that were looked for: finds, facets and suggestions."""

from marshmallow import fields

from pricecompare.schemas import shown
from pricecompare.schemas.answers import Counted, Versioned
from pricecompare.schemas.asked import said
from pricecompare.schemas.shown import Answer, many, one, text, whole


class Packs(Answer):
    """The packs of a product that a query found, best first."""

    count = whole("How many they are.", 2)
    codes = fields.List(fields.String(), metadata=said("Their codes.", ["XJ01CAA501A001010190008"]))


class FoundDrug(shown.Drug):
    """A drug that a query found."""

    matched = text(
        "By what it was found: code, approval_no, standard_code, barcode, name, brand, pinyin, maker, form, spec; "
        "close when it only looks or sounds like what was asked.",
        "name",
    )
    sellers = whole(
        "How many pharmacies sell it: inside the circle (up to 50 km) or district given, of the pooling regions of any "
        "other place, or anywhere. Of several kinds of price the one that most of them tell counts.",
        41,
    )
    packs = one(Packs)


class FacetValue(Answer):
    """One value of a facet."""

    value = text("What to give as the parameter of the facet's name.", "胶囊剂")
    results = whole("How many items there are with it.", 12)


class Facets(Answer):
    """What the drugs that were found are: the 20 commonest values of each field, as if it were not chosen itself."""

    form = many(FacetValue, "Dosage forms (剂型).")
    spec = many(FacetValue, "Strengths (规格).")
    maker = many(FacetValue, "Makers (生产企业).")
    prescription = many(FacetValue, "Prescription only (rx) or over the counter (otc).")
    insurance_class = many(FacetValue, "Classes of the insurance catalogue (甲, 乙).")
    vbp = many(FacetValue, "Whether it won a central purchase (集采中选): a public standard of that sort holds today.")


class Drugs(Counted):
    """Drugs that a query found, best first."""

    items = many(FoundDrug, "The drugs of this page.")
    facets = one(Facets)
    suggestions = fields.List(fields.String(), metadata=said("Close names, when nothing was found.", ["阿莫西林胶囊"]))


class Suggestion(Answer):
    """A text to search for."""

    kind = text("What it is.", one_of=("name", "brand", "maker"))
    packs = whole("How many packs of the catalogue have it.", 13)
    sellers = whole("How many pharmacies of the place given sell the most sold of these packs.", 41, null=True)
    text = text("The name, brand or maker.", "阿莫西林胶囊")


class Suggestions(Versioned):
    """What somebody may be about to type, likeliest first; at most ten."""

    items = many(Suggestion, "The suggestions.")
