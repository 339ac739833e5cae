"""Pharmacies that close for good leave the markets, and come back when that is taken back."""

from collections.abc import Collection, Iterable

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.market import Sellers, merged, sellers
from pricecompare.models import MarketKey, Pharmacy
from pricecompare.services.markets.sellers import Changes
from pricecompare.store import Store


def turned(moved: Iterable[Pharmacy], known: dict[str, Pharmacy]) -> list[Pharmacy]:
    """Return the pharmacies that are closed for good now and were not, or the other way round."""
    both = ((known[one.code], one) for one in moved if one.code in known)
    return [after for before, after in both if (before.closed_on is None) != (after.closed_on is None)]


def offers_again(store: Store, these: Iterable[Pharmacy]) -> Changes:
    """Return all that pharmacies ask, for the markets to look at again: who is closed has no part in them."""
    rows: dict[MarketKey, list[tuple]] = {}
    for one in sorted(these, key=lambda pharmacy: pharmacy.id):
        for drug_id, kind, fen, stock, held, observed in store.offers_of_pharmacy(one.region_id, one.id):
            key = MarketKey(one.region_id, drug_id, kind)
            rows.setdefault(key, []).append((one.id, fen, observed, stock, held))
    return {key: sellers(found) for key, found in rows.items()}


def without_closed(closed: list[int], changes: Changes) -> Changes:
    """Return changes in which pharmacies that are `closed` for good are taken out (0 fen)."""
    if not closed:
        return changes
    found = {key: these.copy() for key, these in changes.items()}
    for these in found.values():
        these["fen"][np.isin(these["pharmacy"], closed)] = 0
    return found


def with_closed(store: Store, key: MarketKey, live: Sellers, asked: Collection[int]) -> tuple[Sellers, dict[int, int]]:
    """Return a market's sellers with those of the pharmacies `asked` that are closed for good, and when they closed.

    What was last said of their prices is still known, though nobody can buy there; seconds are by pharmacy.
    """
    gone = {one: days.instant(day) for one, day in store.closed_pharmacies().items() if one in asked}
    offers = [(one, store.offer(key.region_id, one, key.drug_id, key.kind)) for one in gone]
    told = sellers([(one, offer[0], offer[3], offer[1], offer[2]) for one, offer in offers if offer is not None])
    return merged(live, told), gone
