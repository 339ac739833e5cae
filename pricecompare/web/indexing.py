"""The price-volume index: for everybody, for the pharmacy it is about, and for the regulator."""

from typing import Any

from flask import Response

from pricecompare.schemas import index_report as reports
from pricecompare.schemas import indexing as shapes
from pricecompare.schemas import indexing_shown as views
from pricecompare.services.answers import freshness
from pricecompare.services.cases import answering
from pricecompare.services.indexing import index, reporting
from pricecompare.services.indexing.sheet import sheet
from pricecompare.web.answering import as_csv, desk
from pricecompare.web.keys import PHARMACY, REGULATOR, own_pass
from pricecompare.web.limits import costs
from pricecompare.web.locked import Locked
from pricecompare.web.nouns import Noun

REGION = {"in": "path", "name": "region", "description": "Six-digit code of a region.", "example": "990100"}
CODE = {"in": "path", "name": "code", "description": "Code of a pharmacy.", "example": "P99010200001"}

indices = Noun(
    "indices",
    description="The price-volume index (量价比较指数)",
    code="Code of a designated pharmacy (定点零售药店代码).",
    example="P99010200001",
)
region_indices = Noun(
    "region-indices",
    description="The price-volume index of the pharmacies of a region",
    code="Six-digit code of a pooling region (统筹区) or of one of its parts.",
    example="990100",
    parameter="region",
)
own_indices = Locked("own-indices", PHARMACY, "The price-volume index for the pharmacy that it is about")
all_indices = Locked("all-indices", REGULATOR, "The price-volume index with all its numbers")


@costs(2)
@indices.answers("/pharmacies/<code>/index", shapes.Index, views.Index, freshness.index)
def show_pharmacy_index(code: str, **asked: Any) -> dict[str, Any]:
    """The price-volume index (量价比较指数) of a pharmacy in a period, beside its like-for-like level.

    Rounded, and without a word about single drugs: what a pharmacy sold is its own business. It comes from the run that
    was published for the period; `run` is null while there is none, and the figures are those of sales as they stand.
    """
    return index.public(desk(), code, **asked)


@costs(5)
@region_indices.answers("/regions/<region>/indices", shapes.Indices, views.Indices, freshness.region)
def list_region_indices(region: str, **asked: Any) -> dict[str, Any]:
    """The price-volume index (量价比较指数) of every pharmacy of a region in a period, dearest first."""
    return index.public_of_region(desk(), region, **asked)


@costs(20)
@region_indices.answers("/regions/<region>/index-map", shapes.Index, reports.IndexMap, freshness.region)
def map_region_indices(region: str, **asked: Any) -> dict[str, Any]:
    """The indices of a region as GeoJSON, with the values by which a map may be coloured."""
    return reporting.index_map(desk(), region, **asked)


@costs(20)
@all_indices.shows("/regions/<region>/index-report", shapes.Index, reports.IndexReport, REGION)
def report_region_indices(region: str, **asked: Any) -> dict[str, Any]:
    """How the indices of a region lie: histogram, quartiles, districts, chains, changes since the period before."""
    return reporting.report(desk(), region, **asked)


@costs(2)
@own_indices.shows("/pharmacies/<code>/index/own", shapes.Index, views.WholeIndex, CODE)
def show_own_index(code: str, **asked: Any) -> dict[str, Any]:
    """A pharmacy's index for itself: what each drug adds to it, volumes, what it would be without the ten first."""
    return index.of_pharmacy(desk(), answering.itself(desk(), code, own_pass()).code, **asked)


@costs(20)
@own_indices.hands_out("/pharmacies/<code>/index/own.csv", CODE, asked=shapes.Index)
def export_own_index(code: str, **asked: Any) -> Response:
    """A pharmacy's index for itself as a table with the formula, to be checked in a spreadsheet."""
    return _sheet(answering.itself(desk(), code, own_pass()).code, asked)


@costs(2)
@all_indices.shows("/pharmacies/<code>/index/full", shapes.Index, views.WholeIndex, CODE)
def show_whole_index(code: str, **asked: Any) -> dict[str, Any]:
    """A pharmacy's index for the regulator: what each drug adds to it, both halves, what audits say."""
    return index.of_pharmacy(desk(), code, **asked)


@costs(20)
@all_indices.hands_out("/pharmacies/<code>/index/full.csv", CODE, asked=shapes.Index)
def export_whole_index(code: str, **asked: Any) -> Response:
    """A pharmacy's index for the regulator as a table with the formula, to be checked in a spreadsheet."""
    return _sheet(code, asked)


def _sheet(code: str, asked: dict[str, Any]) -> Response:
    made = sheet(desk(), code, **asked)
    return as_csv(made.first, made.rows, name=made.name)
