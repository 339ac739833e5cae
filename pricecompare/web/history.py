"""What prices were, and what changed."""

from typing import Any

from pricecompare.schemas import history as shapes
from pricecompare.services.answers import freshness
from pricecompare.services.statistics import history
from pricecompare.services.uploads import feed
from pricecompare.web.answering import desk
from pricecompare.web.limits import costs
from pricecompare.web.nouns import Noun

histories = Noun(
    "history",
    description="What prices were, and what changed",
    code="National drug code (国家医保药品编码).",
    example="XJ01CAA501A001010190008",
)


@costs(20)
@histories.answers("/drugs/<code>/history", shapes.HistoryAsked, shapes.History, freshness.history)
def show_drug_history(code: str, **asked: Any) -> dict[str, Any]:
    """What a drug cost over time: in a pharmacy step by step, or in a region day by day.

    Give `pharmacy` or `region`, not both.
    """
    return history.history(desk(), code, **asked)


@costs(50)
@histories.answers("/changes", shapes.ChangesAsked, shapes.Changes)
def list_changes(**asked: Any) -> dict[str, Any]:
    """What changed since a data version, for those who keep a copy of all prices.

    Start with `since=0`. Apply `items` in order and put `confirmations` beside them; give `next` as `cursor` until it
    is null; then `data_version` is the next `since`. When `registers` have moved, fetch drugs or pharmacies anew: a
    copy of one region then drops the pharmacies that left it, and fetches the offers of those that came.
    """
    return feed.changes(desk(), **asked)
