"""Pharmacies, what they ask and how dear they are."""

from typing import Any

from pricecompare.schemas import answers, questions
from pricecompare.services import catalogue, freshness, index, nearby
from pricecompare.services.geojson import MIMETYPE as GEOJSON
from pricecompare.web.answering import as_places, desk, wanted
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun

pharmacies = Noun(
    "pharmacies",
    description="Pharmacies, what they ask and how dear they are",
    code="Code of a designated pharmacy (定点零售药店代码).",
    example="P99010200001",
)


@costs(2)
@pharmacies.answers(
    "/pharmacies", questions.Pharmacies, answers.Pharmacies, freshness.pharmacies, write=as_places, varies=True
)
def list_pharmacies(**asked: Any) -> dict[str, Any]:
    """Pharmacies near a point, nearest first, or those of a region.

    Those closed for good are left out unless asked for. With `Accept: application/geo+json` they are a GeoJSON
    FeatureCollection in WGS-84, whose `next` and counts are foreign members.
    """
    told = nearby.as_features if wanted() == GEOJSON else nearby.pharmacies
    return told(desk(), **asked)


@pharmacies.answers("/pharmacies/<code>", questions.Pharmacy, answers.Pharmacy, freshness.pharmacy)
def show_pharmacy(code: str, **asked: Any) -> dict[str, Any]:
    """One pharmacy."""
    return catalogue.pharmacy(desk(), code, **asked)


@costs(10)
@pharmacies.answers("/pharmacies/<code>/offers", questions.PharmacyOffers, answers.PharmacyOffers, freshness.prices)
def list_pharmacy_offers(code: str, **asked: Any) -> dict[str, Any]:
    """What a pharmacy asks for each drug."""
    return catalogue.offers_of_pharmacy(desk(), code, **asked)


@pharmacies.answers("/pharmacies/<code>/index", questions.Index, answers.Index, freshness.index)
def show_pharmacy_index(code: str, **asked: Any) -> dict[str, Any]:
    """The price-volume index (量价比较指数) of a pharmacy in a month, and what each drug adds to it."""
    return index.of_pharmacy(desk(), code, **asked)
