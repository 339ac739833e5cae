"""What a flag rests on, kept as it is when it is taken up: its numbers, and every price it was compared with."""

import hashlib
import json

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


def keep_compared(desk: Desk, row: FlagRow) -> str:
    """Keep the prices that a flag was compared with; return their hash. Use inside `writing`."""
    table = compared(desk, row)
    named = hashlib.sha256(table.tobytes()).hexdigest()
    desk.store.put_case_prices(named, LAYOUT, packed(table))
    return named


def kept_compared(desk: Desk, hash_: str) -> Table:
    """Return prices that were kept, as COMPARED."""
    layout, stored = desk.store.case_prices(hash_)
    return table_of(stored, COMPARED, layout=layout)


def compared(desk: Desk, row: FlagRow) -> Table:
    """Return the prices that a flag is compared with now, as COMPARED: sound ones of others, of its area or the wide one."""
    this = _book(desk, MarketKey(row.region_id, row.drug_id, row.kind))
    sound = tiers(~this.fresh, this.sellers["mark"]) == FRESH
    here = this.area == row.region_id if row.ref_area == "local" else np.ones(len(sound), bool)
    others = sound & here & (this.sellers["pharmacy"] != row.pharmacy_id)
    found = np.zeros(int(others.sum()), COMPARED)
    found["region"] = this.area[others]
    for name in ("pharmacy", "fen"):
        found[name] = this.sellers[name][others]
    return found[np.lexsort((found["pharmacy"], found["region"]))]


def _book(desk: Desk, key: MarketKey) -> Book:
    """Return all that is asked for a drug in the province of a market."""
    # What a desk has seen is kept by the version of the data, which a transaction that fails takes back.
    seen, version = Seen(), desk.store.versions().data
    keys = [key._replace(region_id=region) for region in province(desk, key)]
    rows = {one.region_id: seen.market(desk.store, one, version) for one in keys}
    sellers = {region: unpacked(row.sellers, layout=row.layout) for region, row in rows.items() if row}
    return book(sellers, today=days.number_of(desk.today()), max_age=desk.max_age_days)
