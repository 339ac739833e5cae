"""Lists of prices and sales as version 2 keeps them, packed, and the prices and history that follow from them."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter

import numpy as np

from pricecompare.calc.packing import LAYOUT, TOTAL, packed
from pricecompare.calc.timeline import SAID, Said, timeline
from pricecompare.store.base import Engine

QUOTE_LIST = ("region_id", "pharmacy_id", "kind", "upload_id", "full_at", "layout", "quotes")
SALE_LIST = ("region_id", "pharmacy_id", "month", "upload_id", "layout", "totals")
OFFER = ("region_id", "pharmacy_id", "drug_id", "kind", "fen", "stock", "held", "observed_at")
CHANGE = ("region_id", "drug_id", "kind", "pharmacy_id", "since_at", "fen", "seen_before", "held", "upload_id")

first_three, upload = itemgetter(0, 1, 2), itemgetter(3)


def fill(engine: Engine, queries: Mapping[str, str]) -> None:
    """Write what version 2 keeps of each pharmacy's prices and sales; call inside `writing`."""
    max_age = int(engine.rows("SELECT value FROM meta WHERE name = 'max_age_days'", {})[0][0])
    for place, rows in groupby(engine.stream(queries["said"], {}), first_three):
        _prices(engine, place, rows, max_age)
    for place, rows in groupby(engine.stream(queries["sold"], {}), first_three):
        lists = [
            (*place, number, LAYOUT, packed(np.array([one[4:] for one in these], TOTAL)))
            for number, these in groupby(rows, upload)
        ]
        engine.load("sale_list", SALE_LIST, lists)


def _prices(engine: Engine, place: tuple, rows: Iterable[tuple], max_age: int) -> None:
    """Write one pharmacy's lists of one kind, its offers and their history."""
    region, pharmacy, kind = place
    lists = [
        Said(number, None, np.array([(drug, fen, at, stock, 0) for *_, drug, fen, at, stock in these], SAID))
        for number, these in groupby(rows, upload)
    ]
    line = timeline(lists, max_age=max_age)
    kept = [(*place, one.upload, None, LAYOUT, packed(one.quotes)) for one in lists]
    engine.load("quote_list", QUOTE_LIST, kept)
    offers = [
        (region, pharmacy, drug, kind, fen, stock, held, seen) for drug, fen, seen, stock, held in line.offers.tolist()
    ]
    engine.load("offer", OFFER, offers)
    steps = [
        (region, drug, kind, pharmacy, since, fen, None if seen < 0 else seen, held, number)
        for drug, since, fen, seen, held, number in line.steps.tolist()
    ]
    engine.load("price_change", CHANGE, steps)
