"""Drugs, who sells them and what they usually cost."""

from typing import Any

from pricecompare.schemas import answers, found, questions, shown
from pricecompare.services import catalogue, compare, search, standing
from pricecompare.web.answering import desk
from pricecompare.web.nouns import Noun

drugs = Noun(
    "drugs",
    description="Drugs, who sells them and what they usually cost",
    code="National drug code (国家医保药品编码).",
    example="XJ01CAA501A001010190008",
)


@drugs.answers("/drugs", questions.Drugs, found.Drugs)
def list_drugs(**asked: Any) -> dict[str, Any]:
    """Drugs by what people type, best match first, and close names when nothing fits."""
    return search.drugs(desk(), **asked)


@drugs.answers("/drugs/suggest", questions.Suggest, found.Suggestions)
def suggest_drugs(**asked: Any) -> dict[str, Any]:
    """Names, brands and makers that what somebody types may be the beginning of, likeliest first."""
    return search.suggestions(desk(), **asked)


@drugs.answers("/drugs/<code>", questions.Plain, shown.Drug)
def show_drug(code: str) -> dict[str, Any]:
    """One drug."""
    return catalogue.drug(desk(), code)


@drugs.answers("/drugs/<code>/offers", questions.Offers, answers.Offers)
def list_drug_offers(code: str, **asked: Any) -> dict[str, Any]:
    """Who sells a drug near a point or in a region: cheapest, nearest or best value first.

    Prices that are old or probably wrong come last, and say so.
    """
    return compare.offers(desk(), code, written=True, **asked)


@drugs.answers("/drugs/<code>/statistics", questions.Statistics, answers.Statistics)
def show_drug_statistics(code: str, **asked: Any) -> dict[str, Any]:
    """What a drug costs in a pooling region: number, mean, median, spread, quartiles, lowest and highest price."""
    return standing.statistics(desk(), code, **asked)
