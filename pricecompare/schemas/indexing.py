"""The shape of questions about indices."""

from typing import Any

from pricecompare.calc.index import METHOD_ID
from pricecompare.calc.periods import PATTERN as PERIOD
from pricecompare.models import COMPARES
from pricecompare.models.indexing import METHODS, REFERENCES
from pricecompare.schemas.asked import OneOf, Pattern, Text, said
from pricecompare.schemas.questions import Paged, Question


def period() -> Text:
    """Return the parameter that names a period."""
    return Text(
        validate=Pattern(PERIOD, code="bad_period"),
        metadata=said(
            "A month, a quarter (2026-Q3), a year (2026) or the twelve months up to one (2026-09/P12M); the newest "
            "month with sales unless given.",
            "2026-10",
        ),
    )


def compare() -> Text:
    """Return the parameter that says what is compared with what."""
    return Text(
        load_default="sku",
        validate=OneOf(COMPARES),
        metadata=said("Packs alone (sku), packs of one product, or of one generic, brought to one scale by 差比价."),
    )


def method(**options: Any) -> Text:
    """Return the parameter that names a method."""
    about = "The method: headline, or another one of the page about methods, such as cpd_weighted."
    return Text(validate=OneOf(METHODS), metadata=said(about, "headline"), **options)


def reference() -> Text:
    """Return the parameter that names a kind of reference price."""
    about = "Kind of reference price the method takes: mean unless given, median, mode, geometric, mean_others …"
    return Text(validate=OneOf(REFERENCES), metadata=said(about, "mean"))


class Index(Question):
    """Which index."""

    period = period()
    compare = compare()
    method = method(load_default=METHOD_ID)
    reference = reference()


class Indices(Paged, Index):
    """Which index, page by page."""
