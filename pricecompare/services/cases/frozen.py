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
from pricecompare.models.rules import RuleFlag
from pricecompare.services.desk import Desk
from pricecompare.services.markets.books import province_of
from pricecompare.services.markets.sightings import Seen
from pricecompare.services.ruling.prices import Prices
from pricecompare.services.ruling.reasons import CLASS, SINGLE, reason, texts_of
from pricecompare.services.ruling.verdicts import votes_of
from pricecompare.services.statistics.past import province

COMPARED = np.dtype([("region", "<i4"), ("pharmacy", "<i4"), ("fen", "<i4")])
"""One price that another was compared with, in the order of regions and pharmacies."""

NUMBERS = (
    "observed_at", "strong", "ref_median", "ref_mean", "others", "ref_area", "ratio_median", "ratio_mean", "z",
    "spread", "factor", "rule_id", "rule_version", "data_version",
)  # fmt: skip
"""Numbers of a flag that are kept as JSON; class, grade and price have columns of their own."""


VOTED = np.dtype([("region", "<i4"), ("pharmacy", "<i4"), ("fen", "<f8")])
"""What a pharmacy asks for anything of a group of drugs, on the scale of the pack in question (calc/votes.py)."""

Reasons = list[RuleFlag]
"""What rules besides the default one say of a price, the gravest first."""


def numbers_of(desk: Desk, row: FlagRow, reasons: Reasons) -> str:
    """Return the numbers of a flag as they are kept, and all that rules said of it, sentences included."""
    found: dict[str, Any] = {name: getattr(row, name) for name in NUMBERS}
    if reasons:
        atlas, texts = desk.grounds.atlas(desk.store, desk.store.versions().places), texts_of(desk)
        told = [reason(atlas, texts, one) for one in reasons]
        found |= {"reasons": told, "voted": _group(row, reasons) != SINGLE}
    return json.dumps(found, separators=(",", ":"))


class Compared(NamedTuple):
    """Prices that a flag is compared with, as COMPARED or VOTED, and the hash by which they are kept."""

    table: Table
    hash: str


def keep_compared(desk: Desk, row: FlagRow, reasons: Reasons) -> Compared:
    """Keep the prices that a flag is compared with now, and return them. Use inside `writing`."""
    table = compared(desk, row, reasons)
    named = hashlib.sha256(table.tobytes()).hexdigest()
    desk.store.put_case_prices([(named, LAYOUT, packed(table))])
    return Compared(table, named)


def settled(row: FlagRow, prices: Table) -> FlagRow:
    """Return a flag with references that follow from `prices`, what it is compared with now.

    Those of its row follow from the day on which its market was written; since then prices may have become stale.
    """
    if len(prices) in (0, row.others) or row.class_ == CLASS:
        return row
    median, mean = float(np.median(prices["fen"])), float(prices["fen"].mean())
    ratios: dict[str, Any] = {"ratio_median": row.fen / median, "ratio_mean": row.fen / mean}
    return row._replace(others=len(prices), ref_median=median, ref_mean=mean, **ratios)


def kept_compared(desk: Desk, hash_: str, *, voted: bool = False) -> Table:
    """Return prices that were kept, as COMPARED, or VOTED."""
    layout, stored = desk.store.case_prices(hash_)
    return table_of(stored, VOTED if voted else COMPARED, layout=layout)


def compared(desk: Desk, row: FlagRow, reasons: Reasons) -> Table:
    """Return the prices that a flag is compared with now, as COMPARED: sound ones of others in its area.

    What a rule about a whole group of drugs found is compared with what others ask for anything of it, as VOTED.
    """
    group = _group(row, reasons)
    if group != SINGLE:
        return _voted(desk, row, group)
    this = _book(desk, row)
    sound = tiers(~this.fresh, this.sellers["mark"]) == FRESH
    others = sound & (this.sellers["pharmacy"] != row.pharmacy_id)
    found = np.zeros(int(others.sum()), COMPARED)
    found["region"] = this.area[others]
    for name in ("pharmacy", "fen"):
        found[name] = this.sellers[name][others]
    return found[np.lexsort((found["pharmacy"], found["region"]))]


def _group(row: FlagRow, reasons: Reasons) -> str:
    """Return within what a flag is compared: that of the gravest reason, unless the default rule found it."""
    return str(json.loads(reasons[0].numbers)["group"]) if reasons and row.class_ == CLASS else SINGLE


def _voted(desk: Desk, row: FlagRow, group: str) -> Table:
    prices = Prices(desk.store, desk.today(), desk.max_age_days)
    these = votes_of(prices, group, row.drug_id, row.kind, province_of(row.region_id))
    here = (these.area == row.region_id) | (row.ref_area != "local")
    others = here & ~these.aside & (these.pharmacy != row.pharmacy_id)
    found = np.zeros(int(others.sum()), VOTED)
    for name, column in (("region", these.area), ("pharmacy", these.pharmacy), ("fen", these.fen)):
        found[name] = column[others]
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
