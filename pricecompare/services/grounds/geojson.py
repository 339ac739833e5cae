"""Pharmacies as GeoJSON (RFC 7946): WGS-84, longitude first."""

from typing import Any

MIMETYPE = "application/geo+json"

PLACED = ("lat", "lng", "coord_type")
"""What the geometry says instead."""


def feature_collection(answer: dict[str, Any]) -> dict[str, Any]:
    """Return a page of pharmacies, shown in WGS-84, as a FeatureCollection; how it goes on are foreign members."""
    rest = {name: value for name, value in answer.items() if name != "items"}
    return {"type": "FeatureCollection", "features": [_feature(one) for one in answer["items"]], **rest}


def _feature(this: dict[str, Any]) -> dict[str, Any]:
    """Return one pharmacy; its geometry is null where no coordinates are known."""
    known = this["lat"] is not None
    return {
        "type": "Feature",
        "id": this["code"],
        "geometry": {"type": "Point", "coordinates": [this["lng"], this["lat"]]} if known else None,
        "properties": {name: value for name, value in this.items() if name not in PLACED},
    }
