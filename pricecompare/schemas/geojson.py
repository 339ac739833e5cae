"""The shape of pharmacies as GeoJSON (RFC 7946)."""

from marshmallow import fields

from pricecompare.schemas.answers import Counted
from pricecompare.schemas.asked import said
from pricecompare.schemas.shown import Answer, many, text


class Position(Answer):
    """Where something is, in WGS-84."""

    type = text("Point.", "Point")
    coordinates = fields.List(fields.Float(), metadata=said("Longitude and latitude.", [112.930569, 28.232789]))


class Feature(Answer):
    """A pharmacy on a map."""

    type = text("Feature.", "Feature")
    id = text("Code of the pharmacy.", "P99010200001")
    geometry = fields.Nested(Position, allow_none=True)
    properties = fields.Dict(
        metadata=said("What is said of a pharmacy, but for its place.", {"name": "云泽市蘅和大药房望月街第1分店"})
    )


class Features(Counted):
    """Pharmacies as GeoJSON (RFC 7946), nearest first when a point was given."""

    type = text("FeatureCollection.", "FeatureCollection")
    features = many(Feature, "The pharmacies of this page.")
