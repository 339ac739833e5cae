"""What a drug cost at the end of a day, asked of one market."""

from datetime import date
from typing import Any

from pricecompare.models import MarketKey
from pricecompare.services.answers import views
from pricecompare.services.desk import Desk
from pricecompare.services.statistics.past import market_as_of


def statistics_as_of(desk: Desk, key: MarketKey, day: date) -> dict[str, Any]:
    """Return the statistics of a market of the past, as they are shown."""
    with desk.store.reading():
        row = market_as_of(desk, key, day)
    return views.statistics(row) if row else views.no_statistics()
