"""Regions and their abnormal prices."""

from typing import Any

from flask import Response

from pricecompare.schemas import answers, questions
from pricecompare.schemas import gaps as shapes
from pricecompare.services.answers import freshness
from pricecompare.services.grounds import catalogue
from pricecompare.services.statistics import gaps, monitor
from pricecompare.web.answering import as_csv, desk
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun

regions = Noun(
    "regions",
    description="Regions and their abnormal prices",
    code="Six-digit code of a pooling region (统筹区) or of one of its parts.",
    example="990100",
    parameter="region",
)


@regions.answers("/regions", questions.Regions, answers.Regions, freshness.regions)
def list_regions(**asked: Any) -> dict[str, Any]:
    """Regions in the order of codes."""
    return catalogue.regions(desk(), **asked)


@costs(5)
@regions.answers("/regions/<region>/flags", questions.Flags, answers.Flags, freshness.flags)
def list_region_flags(region: str, **asked: Any) -> dict[str, Any]:
    """Abnormal prices of a region, highest ratio to the median first.

    A flag is a question to the pharmacy with every number behind it, never an accusation.
    """
    return monitor.flags(desk(), region, **asked)


@costs(300)
@regions.exports("/regions/<region>/flags.csv", questions.FlagTable, freshness.flags)
def export_region_flags(region: str, **asked: Any) -> Response:
    """All abnormal prices of a region as a file for spreadsheets: CSV, UTF-8 with a byte order mark."""
    rows = monitor.flag_table(desk(), region, **asked)
    return as_csv(monitor.COLUMNS, rows, name=f"异常价格-{region}-{desk().today()}.csv")


@costs(5)
@regions.answers("/regions/<region>/online-gaps", shapes.GapsAsked, shapes.Gaps, freshness.region)
def list_region_online_gaps(region: str, **asked: Any) -> dict[str, Any]:
    """Pharmacies that ask another price online than at the counter for the same drug on the same day, worst first.

    Both prices are fresh and none is held; probable data errors are among them.
    """
    return gaps.gaps(desk(), region, **asked)


@costs(100)
@regions.exports("/regions/<region>/online-gaps.csv", shapes.GapTable, freshness.region)
def export_region_online_gaps(region: str, **asked: Any) -> Response:
    """All online prices of a region that differ from the counter as a file for spreadsheets: CSV, UTF-8 with a BOM."""
    rows = gaps.gap_table(desk(), region, **asked)
    return as_csv(gaps.COLUMNS, rows, name=f"线上线下价差-{region}-{asked.get('day') or desk().today()}.csv")
