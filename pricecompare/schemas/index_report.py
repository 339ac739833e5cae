"""The shape of a region's report on its indices, and of their map."""

from marshmallow import fields

from pricecompare.schemas import shown
from pricecompare.schemas.answers import Versioned
from pricecompare.schemas.asked import said
from pricecompare.schemas.indexing_shown import STATUSES, About, Beside
from pricecompare.schemas.shown import Answer, many, number, one, text, whole


class IndexBin(Answer):
    """How many indices lie in a bin."""

    from_ = fields.Float(data_key="from", attribute="from", metadata=said("Where it begins.", 98.0))
    below = number("Where it ends; this does not belong to it.", 100.0)
    pharmacies = whole("How many.", 17)


class Lie(Answer):
    """Where indices lie."""

    low = number("The lowest.", null=True)
    q1 = number("Lower quartile.", null=True)
    median = number("The middle one.", null=True)
    q3 = number("Upper quartile.", null=True)
    high = number("The highest.", null=True)


class Distribution(Lie):
    """How indices lie that are told."""

    histogram = many(IndexBin, "Bins of one width, lowest first.")


class Told(Answer):
    """How many indices are told."""

    pharmacies = whole("Pharmacies with sales.", 72)
    published = whole("Published.", 58)
    indicative = whole("Indicative.", 13)
    suppressed = whole("Suppressed.", 1)


class Together(Told, Lie):
    """Pharmacies together; quartiles are null for fewer than three."""

    index = number("What their customers paid against the region.", 101.2, null=True)


class OfDistrict(Together):
    """The pharmacies of a district."""

    district = one(shown.PlaceName)


class OfChain(Together):
    """The pharmacies of a chain."""

    chain = text("The chain.", "蘅和大药房")


class Since(Answer):
    """What changed since the period before."""

    period = text("The period before.", "2026-09")
    run = whole("Its run; null for sales as they stand.", null=True)
    compared = whole("Pharmacies told of in both.", 70)
    dearer = whole("How many have a higher index than then.", 30)
    cheaper = whole("How many have a lower one.", 40)
    median_change = number("The middle change, in points.", -0.2, null=True)
    new = whole("Pharmacies that were not there then.", 1)
    gone = whole("Pharmacies that are not there any more.", 0)


class MethodBeside(Beside):
    """How another method differs from the index over the pharmacies that are told."""

    pharmacies = whole("How many it says something of.", 71)
    median_difference = number("The middle distance, in points, whichever way.", 0.4)
    largest_difference = number("The largest.", 3.1)
    outside = whole("How many lie outside the interval of their like-for-like level.", 2, null=True)


class IndexReport(Versioned, About, Told):
    """How the indices of a region lie in a period."""

    region = one(shown.PlaceName)
    distribution = one(Distribution)
    districts = many(OfDistrict, "Districts, dearest first.")
    chains = many(OfChain, "Chains, dearest first.")
    beside = many(MethodBeside, "What other methods would change.")
    since = one(Since, null=True)


class MapPoint(Answer):
    """Where a pharmacy is."""

    type = text("Point.")
    coordinates = fields.List(fields.Float(), metadata=said("Longitude and latitude in WGS-84.", [112.93, 28.23]))


class MapSaid(Answer):
    """What a map says of a pharmacy."""

    code = text("Its code.", "P99010200001")
    name = text("Its name.")
    shrunk = number("For colours only: the index drawn towards the mean by how little is known.", 103.1, null=True)
    status = text("How the index may be shown.", one_of=STATUSES)
    index = number("The index.", 104.8, null=True)
    low = number("Lower end of its interval.", null=True)
    high = number("Upper end of its interval.", null=True)
    warning = text("no, perhaps or clearly above the warning line; null while there is none.", null=True)
    stars = whole("Stars; null while there are no cut points.", null=True)


class MapFeature(Answer):
    """A pharmacy on the map."""

    type = text("Feature.")
    id = text("Code of the pharmacy.", "P99010200001")
    geometry = one(MapPoint, null=True)
    properties = one(MapSaid)


class IndexMap(Versioned, About):
    """The indices of a region as a GeoJSON FeatureCollection (RFC 7946) in WGS-84."""

    type = text("FeatureCollection.")
    region = one(shown.PlaceName)
    features = many(MapFeature, "Pharmacies with sales.")
