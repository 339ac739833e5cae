"""Pharmacies and what they ask."""

from typing import Any

from pricecompare.schemas import answers, geojson, questions
from pricecompare.services.answers import freshness
from pricecompare.services.grounds import catalogue, nearby
from pricecompare.services.grounds.geojson import MIMETYPE as GEOJSON
from pricecompare.web.answering import as_places, desk, wanted
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun

pharmacies = Noun(
    "pharmacies",
    description="Pharmacies and what they ask",
    code="Code of a designated pharmacy (定点零售药店代码).",
    example="P99010200001",
)


@costs(2)
@pharmacies.answers(
    "/pharmacies",
    questions.Pharmacies,
    answers.Pharmacies,
    freshness.pharmacies,
    write=as_places,
    varies=True,
    also={GEOJSON: geojson.Features},
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
