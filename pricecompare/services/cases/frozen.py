"""What a flag rests on, kept as it is when it is taken up: its numbers, and every price it was compared with."""

import hashlib
import json
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.appraisal import Book, book
from pricecompare.calc.market import FRESH, tiers, unpacked
from pricecompare.calc.packing import LAYOUT, Table, packed
from pricecompare.calc.packing import unpacked as table_of
from pricecompare.models import FlagRow, MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.past import province
from pricecompare.services.sightings import Seen

COMPARED = np.dtype([("region", "<i4"), ("pharmacy", "<i4"), ("fen", "<i4")])
"""One price that another was compared with, in the order of regions and pharmacies."""

NUMBERS = (
    "observed_at", "strong", "ref_median", "ref_mean", "others", "ref_area", "ratio_median", "ratio_mean", "z",
    "spread", "factor", "rule_id", "rule_version", "data_version",
)  # fmt: skip
"""Numbers of a flag that are kept as JSON; class, grade and price have columns of their own."""


def numbers_of(row: FlagRow) -> str:
    """Return the numbers of a flag as they are kept."""
    return json.dumps({name: getattr(row, name) for name in NUMBERS}, separators=(",", ":"))


class Compared(NamedTuple):
    """Prices that a flag is compared with, as COMPARED, and the hash by which they are kept."""

    table: Table
    hash: str


def keep_compared(desk: Desk, row: FlagRow) -> Compared:
    """Keep the prices that a flag is compared with now, and return them. Use inside `writing`."""
    table = compared(desk, row)
    named = hashlib.sha256(table.tobytes()).hexdigest()
    desk.store.put_case_prices([(named, LAYOUT, packed(table))])
    return Compared(table, named)


def settled(row: FlagRow, prices: Table) -> FlagRow:
    """Return a flag with references that follow from `prices`, what it is compared with now.

    Those of its row follow from the day on which its market was written; since then prices may have become stale.
    """
    if len(prices) in (0, row.others):
        return row
    median, mean = float(np.median(prices["fen"])), float(prices["fen"].mean())
    ratios: dict[str, Any] = {"ratio_median": row.fen / median, "ratio_mean": row.fen / mean}
    return row._replace(others=len(prices), ref_median=median, ref_mean=mean, **ratios)


def kept_compared(desk: Desk, hash_: str) -> Table:
    """Return prices that were kept, as COMPARED."""
    layout, stored = desk.store.case_prices(hash_)
    return table_of(stored, COMPARED, layout=layout)


def compared(desk: Desk, row: FlagRow) -> Table:
    """Return the prices that a flag is compared with now, as COMPARED: sound ones of others in its area."""
    this = _book(desk, row)
    sound = tiers(~this.fresh, this.sellers["mark"]) == FRESH
    others = sound & (this.sellers["pharmacy"] != row.pharmacy_id)
    found = np.zeros(int(others.sum()), COMPARED)
    found["region"] = this.area[others]
    for name in ("pharmacy", "fen"):
        found[name] = this.sellers[name][others]
    return found[np.lexsort((found["pharmacy"], found["region"]))]


def _book(desk: Desk, row: FlagRow) -> Book:
    """Return all that is asked for a drug where a flag is compared: in its region, or in the province."""
    # What a desk has seen is kept by the version of the data, which a transaction that fails takes back.
    seen, version = Seen(), desk.store.versions().data
    key = MarketKey(row.region_id, row.drug_id, row.kind)
    keys = [key] if row.ref_area == "local" else [key._replace(region_id=region) for region in province(desk, key)]
    rows = {one.region_id: seen.market(desk.store, one, version) for one in keys}
    sellers = {region: unpacked(row.sellers, layout=row.layout) for region, row in rows.items() if row}
    return book(sellers, today=days.number_of(desk.today()), max_age=desk.max_age_days)
