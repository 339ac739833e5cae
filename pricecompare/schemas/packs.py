"""Questions and answers across packs and makers: groups of drugs, normalised prices, and what is saved."""

from typing import Any

from marshmallow import fields

from pricecompare.models import COMPARES
from pricecompare.schemas import answers, beside, paid, questions, shown
from pricecompare.schemas.asked import OneOf, Text, said
from pricecompare.schemas.shown import Answer, many, number, one, text, truth, whole, yuan

FACETS = ("generic", "form", "strength", "pack", "maker", "brand")


def sometimes(field: fields.Field) -> Any:
    """Return a field that is there only across packs and makers."""
    field.metadata = {**field.metadata, "always": False}
    return field


class OffersAsked(beside.OffersAsked):
    """Who sells a drug, or any pack or maker of it."""

    compare = Text(
        load_default="sku",
        validate=OneOf(COMPARES),
        metadata=said(
            "What is compared: this pack alone (sku), every pack of the same maker, form and specification (product), "
            "or the same generic, form and specification of any maker (generic); then prices are ranked on the scale "
            "of the pack asked for (药品差比价规则)."
        ),
    )


class EquivalentsAsked(questions.Paged, questions.Place):
    """What else would do, and where."""

    kind = questions.kind(load_default="listed")
    in_stock = questions.Offers._declared_fields["in_stock"]
    max_age_days = questions.Offers._declared_fields["max_age_days"]
    as_of = questions.as_of()


class Reason(Answer):
    """Why, in both languages."""

    code = text("Stable code.", "k_count")
    en = text("In English.", "Units in the pack × 2: K = 1.95^log2(2) = 1.9500.")
    zh = text("In Chinese.", "包装数量之比 2：包装数量差比系数 1.95^log2(2) = 1.9500。")


class Difference(Reason):
    """A dimension in which a pack differs from the one asked for."""

    dimension = text("Which dimension.", one_of=("content", "fill", "count"))
    ratio = number("How many times the pack asked for it has.", 2.0)
    k = number("Its K: 1.7, 1.9 or 1.95 to the power of log2 of the ratio.", 1.95)


class Apart(Reason):
    """A drug of the group that has no scale in common with the one asked for."""

    drug = one(shown.Drug)


def _why() -> fields.List:
    return many(Difference, "Why: the dimensions that differ, in the order in which they are applied.")


class Scaled(beside.Offer):
    """An offer with its price on the scale of the pack asked for."""

    normalised = yuan("Price ÷ K: what this comes to on the scale of the pack asked for.", "8.10")
    normalised_fen = number("The same in fen, not rounded.", 810.25641)
    k = number("What the pack would cost if the pack asked for cost 1.", 1.95)
    why = _why()


class AcrossOffer(beside.Offer):
    """What one pharmacy asks for a pack; across packs and makers with its drug and its normalised price."""

    drug = sometimes(one(shown.Drug))
    normalised = sometimes(yuan("Price ÷ K: what this comes to on the scale of the pack asked for.", "8.10"))
    normalised_fen = sometimes(number("The same in fen, not rounded.", 810.25641))
    k = sometimes(number("What the pack would cost if the pack asked for cost 1.", 1.95))
    why = sometimes(_why())


class Offers(beside.Offers):
    """Who sells a drug: sound prices first, then probable data errors, then stale prices."""

    compare = sometimes(text("What is compared, but for sku.", one_of=COMPARES))
    drugs = sometimes(whole("How many drugs are compared.", 4))
    alone = sometimes(one(Reason, null=True))
    apart = sometimes(many(Apart, "Drugs of the group that have no scale in common with this one, and why."))
    items = many(AcrossOffer, "The offers of this page.")


class Saved(Answer):
    """What is saved against the cheapest offer of the drug asked for, on the scale of its pack."""

    price = yuan("What is saved; below zero when it costs more.", "1.90")
    fen = number("The same in fen, not rounded.", 189.74359)
    percent = number("In per cent of what the drug asked for costs.", 19.0)


class Paid(Answer):
    """What insurance says of a drug where its offer is."""

    vbp = truth("Whether it is a winner of a central purchase (集采中选) there: a public standard of that sort holds.")
    standard = one(paid.Standard, null=True)


class OwnOffer(Scaled, Paid):
    """The cheapest sound offer of the drug asked for."""

    drug = one(shown.Drug)


class Equivalent(Paid):
    """A drug that is the same but for maker, brand or pack."""

    drug = one(shown.Drug)
    same = fields.List(fields.String(validate=OneOf(FACETS)), metadata=said("What is the same.", ["generic", "form"]))
    differs = fields.List(fields.String(validate=OneOf(FACETS)), metadata=said("What differs.", ["pack", "maker"]))
    saves = one(Saved, null=True)
    offer = one(Scaled)


class Equivalents(answers.Counted, shown.Kind, shown.Dated):
    """What else would do, lowest normalised price first; drugs that nobody sells there are left out."""

    drug = one(shown.Drug)
    max_age_days = whole("From how many days on a price is stale and left out.", 30)
    own = one(OwnOffer, null=True)
    drugs = whole("How many drugs are the same, this one included, wherever they are sold.", 4)
    alone = one(Reason, null=True)
    apart = many(Apart, "Drugs of the group that have no scale in common with this one, and why.")
    items = many(Equivalent, "The drugs of this page, with the cheapest sound offer of each.")
