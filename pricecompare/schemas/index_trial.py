"""The shape of the question what other limits would mark: every limit as a parameter."""

from typing import Any

from pricecompare.calc.index_limits import LINES, RANGES, Limits
from pricecompare.schemas.asked import Number, said
from pricecompare.schemas.indexing import period
from pricecompare.schemas.questions import Question

LINES_TRIED = dict(zip(LINES, (108.0, 97.0, 100.0, 103.0, 106.0), strict=True))


def _tried(name: str) -> dict[str, Any]:
    low, high = RANGES[name]
    example = LINES_TRIED.get(name, getattr(Limits(), name))
    return said(f"Try {name} with this value.", example, minimum=low, maximum=high)


def _trial() -> type[Question]:
    """Return the question with every limit as a parameter."""
    limits = {name: Number(metadata=_tried(name)) for name in RANGES}
    return type(
        "Trial", (Question,), {"__doc__": "Which limits to try, of which period.", "period": period(), **limits}
    )


Trial = _trial()
