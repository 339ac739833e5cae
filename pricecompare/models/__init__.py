"""Frozen records that every layer speaks in: nothing here computes, reads or writes."""

from pricecompare.models.cases import REPORT_STATES, REPORTED, Attachment, Case, CaseStep, CitizenReport
from pricecompare.models.drugs import Drug
from pricecompare.models.groups import GroupWord
from pricecompare.models.ledger import Finding, Upload, Versions
from pricecompare.models.places import Extent, Holiday, Pharmacy, Region
from pricecompare.models.prices import FlagRow, MarketKey, MarketRow
from pricecompare.models.sales import IndexRow, ReferencePrice, Sale
from pricecompare.models.standards import BASES, NATIONAL, Standard
from pricecompare.models.words import (
    CLASSES,
    COMPARES,
    DATUMS,
    GROUPS,
    KINDS,
    MODES,
    PRESCRIPTIONS,
    SERVICES,
    SORTS,
    STATES,
    STOCKS,
)

__all__ = [
    "BASES",
    "CLASSES",
    "COMPARES",
    "Attachment",
    "CLASSES",
    "Case",
    "CaseStep",
    "CitizenReport",
    "DATUMS",
    "Drug",
    "Extent",
    "Finding",
    "FlagRow",
    "GroupWord",
    "Holiday",
    "GROUPS",
    "IndexRow",
    "KINDS",
    "MODES",
    "MarketKey",
    "MarketRow",
    "NATIONAL",
    "PRESCRIPTIONS",
    "Pharmacy",
    "REPORTED",
    "REPORT_STATES",
    "ReferencePrice",
    "Region",
    "SERVICES",
    "SORTS",
    "STATES",
    "STOCKS",
    "Sale",
    "Standard",
    "Upload",
    "Versions",
]
