"""Frozen records that every layer speaks in: nothing here computes, reads or writes."""

from pricecompare.models.cases import REPORT_STATES, REPORTED, Attachment, Case, CaseStep, CitizenReport
from pricecompare.models.drugs import Drug
from pricecompare.models.ledger import Finding, Upload, Versions
from pricecompare.models.places import Extent, Pharmacy, Region
from pricecompare.models.prices import FlagRow, MarketKey, MarketRow
from pricecompare.models.sales import IndexRow, ReferencePrice, Sale
from pricecompare.models.words import CLASSES, DATUMS, KINDS, MODES, SORTS, STATES, STOCKS

__all__ = [
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
    "IndexRow",
    "KINDS",
    "MODES",
    "MarketKey",
    "MarketRow",
    "Pharmacy",
    "REPORTED",
    "REPORT_STATES",
    "ReferencePrice",
    "Region",
    "SORTS",
    "STATES",
    "STOCKS",
    "Sale",
    "Upload",
    "Versions",
]
