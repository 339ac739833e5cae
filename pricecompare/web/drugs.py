"""Drugs, who sells them and what they usually cost."""

from typing import Any

from pricecompare.schemas import found, packs, paid, people, questions
from pricecompare.services.answers import freshness
from pricecompare.services.offers import across, equivalents, standards
from pricecompare.services.searching import search
from pricecompare.services.statistics import standing
from pricecompare.web.answering import desk
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun

drugs = Noun(
    "drugs",
    description="Drugs, who sells them and what they usually cost",
    code="National drug code (国家医保药品编码).",
    example="XJ01CAA501A001010190008",
)


@drugs.answers("/drugs", questions.Drugs, found.Drugs, freshness.found)
def list_drugs(**asked: Any) -> dict[str, Any]:
    """Drugs by what people type, best match first, and close names when nothing fits."""
    return search.drugs(desk(), **asked)


@drugs.answers("/drugs/suggest", questions.Suggest, found.Suggestions, freshness.begun)
def suggest_drugs(**asked: Any) -> dict[str, Any]:
    """Names, brands and makers that what somebody types may be the beginning of, likeliest first."""
    return search.suggestions(desk(), **asked)


@drugs.answers("/drugs/<code>", questions.Plain, paid.PaidDrug, freshness.drug)
def show_drug(code: str) -> dict[str, Any]:
    """One drug, and what insurance pays for it at most where that is public."""
    return standards.drug(desk(), code)


@costs(1, as_of=20)
@drugs.answers("/drugs/<code>/offers", packs.OffersAsked, packs.Offers, freshness.offers)
def list_drug_offers(code: str, **asked: Any) -> dict[str, Any]:
    """Who sells a drug near a point or in a region: cheapest, nearest or best value first.

    Prices that are old or probably wrong come last, and say so. Other packs and makers are compared on one scale when
    that is asked for.
    """
    return across.offers(desk(), code, written=True, **asked)


@costs(10)
@drugs.answers("/drugs/<code>/equivalents", packs.EquivalentsAsked, packs.Equivalents, freshness.offers)
def list_drug_equivalents(code: str, **asked: Any) -> dict[str, Any]:
    """The same generic, strength and form from other makers or in other packs, and what each saves.

    The cheapest sound offer of each, compared on the scale of the pack asked for.
    """
    return equivalents.equivalents(desk(), code, **asked)


@costs(2, as_of=20)
@drugs.answers("/drugs/<code>/statistics", people.StatisticsAsked, people.Statistics, freshness.statistics)
def show_drug_statistics(code: str, **asked: Any) -> dict[str, Any]:
    """What a drug costs in a pooling region: number, mean, median, spread, quartiles, lowest and highest price.

    With a histogram, the share of pharmacies that sell it, the median's way over a year, and a sentence.
    """
    return standing.statistics(desk(), code, **asked)
