"""The shape of questions about indices."""

from pricecompare.calc.periods import PATTERN
from pricecompare.models import COMPARES
from pricecompare.schemas.asked import OneOf, Pattern, Text, said
from pricecompare.schemas.questions import Paged, Question


def period() -> Text:
    """Return the parameter that names a period."""
    return Text(
        validate=Pattern(PATTERN, code="bad_period"),
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


class Index(Question):
    """Which index."""

    period = period()
    compare = compare()


class Indices(Paged, Index):
    """Which index, page by page."""
