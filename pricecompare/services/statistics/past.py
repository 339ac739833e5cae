"""Markets as they were: who sold a drug at the end of a day, made again from the history."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from pricecompare.calc import days, past
from pricecompare.calc.appraisal import appraised, book
from pricecompare.calc.flags import DEFAULT_RULE
from pricecompare.calc.market import HELD, SELLER, UNMARKED, Sellers, unpacked
from pricecompare.errors import Invalid
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.closings import with_closed
from pricecompare.services.markets.books import province_of
from pricecompare.services.markets.kept import row_of
from pricecompare.services.ruling.force import thresholds

EMPTY = np.zeros(0, SELLER)


def market_as_of(desk: Desk, key: MarketKey, day: date) -> MarketRow | None:
    """Return a market as it was at the end of `day`, as far as is known now; None when nobody sold the drug then.

    It is made and marked like a stored one, of the pharmacies that are in the region now, with the usual spread of now,
    but for three things: its sellers' `observed` is when each price was last seen up to then, whole lists included, so
    that nothing need be looked up beside them; their stock is unknown where it is not what was last said; and it does
    not age. Use inside `reading`. Invalid for a day to come.
    """
    end = end_of(desk, day)
    markets = {region: sellers_as_of(desk, key._replace(region_id=region), end) for region in province(desk, key)}
    if not len(markets.get(key.region_id, EMPTY)):
        return None
    this = book(markets, today=days.number_of(day), max_age=desk.max_age_days)
    usual = desk.store.typical_spread(province_of(key.region_id), key.kind)
    usual, rules = DEFAULT_RULE.typical if usual is None else usual, thresholds(desk.store, day)
    made, _ = appraised(this, DEFAULT_RULE, usual, max_age=desk.max_age_days, thresholds=rules)
    return row_of(made[key.region_id], desk.store.versions().data)._replace(ages_on=None)


def end_of(desk: Desk, day: date) -> int:
    """Return the last second of a day in China, of today one after all that is known; Invalid for a day to come."""
    if day > desk.today():
        raise Invalid("date_in_future", field="as_of", value=day.isoformat())
    return past.STILL - 1 if day == desk.today() else days.instant(day + timedelta(days=1)) - 1


def province(desk: Desk, key: MarketKey) -> Iterable[int]:
    """Return the pooling regions of the province that a market belongs to."""
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    return [region for region in atlas.extents if province_of(region) == province_of(key.region_id)]


def told(desk: Desk, key: MarketKey, lists: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return all that was ever asked in a market, as past.TERM, and when whole lists were confirmed, as past.RUN.

    Who asks for many markets of a region gives the `lists` that were `confirmed` there.
    """
    row = desk.store.market(key)
    live = unpacked(row.sellers, layout=row.layout) if row else EMPTY
    steps = desk.store.history_of_drug(key)
    live, gone = with_closed(desk.store, key, live, {step[0] for step in steps})
    if lists is None:
        lists = confirmed(desk, key.region_id, key.kind) if steps else past.runs([])
    return past.ended(past.terms(steps, live), gone), lists


def confirmed(desk: Desk, region_id: int, kind: str) -> np.ndarray:
    """Return when whole lists of a region were confirmed, as past.RUN."""
    return desk.trends.lists(desk.store, region_id, kind, desk.store.versions().data)


def spans_of(desk: Desk, key: MarketKey) -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which prices counted (past.SPAN): those of a market, and those of the rest of its province."""
    spans = {
        region: past.spans(*told(desk, key._replace(region_id=region)), max_age=desk.max_age_days)
        for region in {key.region_id, *province(desk, key)}
    }
    here = spans.pop(key.region_id)
    return here, np.concatenate([here[:0], *spans.values()])


def sellers_as_of(desk: Desk, key: MarketKey, end: int, lists: np.ndarray | None = None) -> Sellers:
    """Return who sold a drug in a region at the second `end`, unmarked but for prices that are held; see `told`."""
    these = past.as_of(*told(desk, key, lists), end)
    found = np.zeros(len(these), SELLER)
    for name, column in (("pharmacy", "pharmacy"), ("fen", "fen"), ("observed", "seen"), ("stock", "stock")):
        found[name] = these[column]
    found["mark"] = np.where(these["held"] > 0, HELD, UNMARKED)
    return found
