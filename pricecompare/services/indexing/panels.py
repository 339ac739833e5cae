"""Sales of a region and period gathered for an index: as they stand, accepted appeals put in, packs on one scale."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.index import METHOD_ID
from pricecompare.calc.index.references import Reference
from pricecompare.calc.index_limits import Limits
from pricecompare.calc.packing import SOLD, Table
from pricecompare.calc.periods import Period, period
from pricecompare.errors import Invalid
from pricecompare.models import COMPARES
from pricecompare.models.indexing import Appeal
from pricecompare.services.desk import Desk
from pricecompare.services.indexing.panel import INPUT, Panel
from pricecompare.services.offers.across import kin_of

Totals = dict[tuple[int, int], list[tuple[frozenset[str], float, int]]]
"""What was sold, by pharmacy and drug: of which months, packs, fen."""


class Wanted(NamedTuple):
    """Which index is asked for."""

    region_id: int
    period: Period
    compare: str = "sku"
    method: str = METHOD_ID
    reference: Reference | None = "mean"


def panel_now(desk: Desk, wanted: Wanted) -> Panel:
    """Return the panel of sales as they stand now, accepted appeals applied; use inside `reading`.

    Raises TooSlow (index_in_making) where an answer is waited for that a large region's panel would take too long for.
    """
    stamps = desk.store.sales_stamps(wanted.region_id, wanted.period.months)
    rows = sum(stamp[0] for stamp in stamps)
    return desk.panels.of(_name(desk, wanted), lambda: _named(desk, wanted), rows=rows, first=Panel.told_of_all)


def _name(desk: Desk, wanted: Wanted) -> Hashable:
    """Return what tells panels apart: all that they rest on. Prices come every minute, sales once a month."""
    stamps = desk.store.sales_stamps(wanted.region_id, wanted.period.months)
    appeals = tuple(one.id for one in desk.store.accepted_appeals(wanted.region_id))
    limits = tuple(sorted(desk.store.index_settings(wanted.region_id, wanted.period.year).items()))
    drugs = 0 if wanted.compare == "sku" else desk.store.versions().drugs
    return wanted, tuple(stamps), appeals, limits, drugs


def _named(desk: Desk, wanted: Wanted) -> tuple[Hashable, Panel]:
    """Return a panel and the name of what it was made of, be that newer than what was asked for."""
    with desk.store.reading():
        return _name(desk, wanted), _made(desk, wanted)


def appeals_in(desk: Desk, wanted: Wanted) -> list[int]:
    """Return the accepted appeals that what is computed now rests on."""
    months = set(wanted.period.months)
    found = desk.store.accepted_appeals(wanted.region_id)
    return [one.id for one in found if set(period(one.period).months) <= months]


def limits_of(desk: Desk, region_id: int, year: int) -> Limits:
    """Return the limits in force for a region and year."""
    return Limits(**desk.store.index_settings(region_id, year))


def refuse_compare(compare: str) -> None:
    """Raise Invalid for a way of comparing that there is not."""
    if compare not in COMPARES:
        raise Invalid("bad_choice", field="compare", value=compare, choices=", ".join(COMPARES))


def reference_for(method_id: str, reference: str | None) -> Reference | None:
    """Return the kind of reference price that a method takes when it is asked for one, its usual one for None.

    Raises Invalid for a method or a kind that there is not.
    """
    if method_id == METHOD_ID and reference in (None, "mean"):
        return "mean"
    # Here and not above: it loads scipy, which most commands do without.
    from pricecompare.calc.index.registry import method

    known = method(method_id).references
    if reference is None:
        return next(iter(known), None)
    for one in known:
        if one == reference:
            return one
    raise Invalid("bad_choice", field="reference", value=reference, choices=", ".join(known))


def _made(desk: Desk, wanted: Wanted) -> Panel:
    refuse_compare(wanted.compare)
    appeals = desk.store.accepted_appeals(wanted.region_id)
    rows = _rows(desk, wanted, appeals)
    table = np.zeros(len(rows), INPUT)
    for name in SOLD.names or ():
        table[name] = rows[name]
    table["group"], table["k"] = table["drug"], 1.0
    if wanted.compare != "sku":
        _group(desk, table, wanted.compare)
        _apart(table, wanted, appeals)
    key = _key(table)
    if not (np.diff(key) > 0).all():
        table = table[np.argsort(key, kind="stable")]
    limits = limits_of(desk, wanted.region_id, wanted.period.year)
    return Panel(table, limits, wanted.method, wanted.reference)


def _rows(desk: Desk, wanted: Wanted, appeals: Iterable[Appeal]) -> Table:
    """Return what was sold in the period, one row for each pharmacy, drug and month; appeals put in."""
    disputed = [one for one in appeals if one.effect in ("exclude", "correct")]
    touched = np.array([(one.pharmacy_id << 32) + one.drug_id for one in disputed], np.int64)
    totals: Totals = defaultdict(list)
    rest = []
    for month in wanted.period.months:
        rows = desk.store.sales_of_month(wanted.region_id, month)
        at = np.isin(_key(rows), touched) if disputed else np.zeros(len(rows), np.bool_)
        for pharmacy, drug, quantity, amount in rows[at].tolist():
            totals[pharmacy, drug].append((frozenset([month]), quantity, amount))
        rest.append(rows[~at] if disputed else rows)
    for one in disputed:
        _decided(totals, one, frozenset(wanted.period.months))
    decided = [(*key, quantity, amount) for key, parts in totals.items() for _, quantity, amount in parts]
    return np.concatenate([*rest, np.array(decided, SOLD)])


def _key(rows: Table) -> NDArray[np.int64]:
    """Return one number for each pharmacy and drug, in the order of both."""
    return (rows["pharmacy"].astype(np.int64) << 32) + rows["drug"]


def _decided(totals: Totals, one: Appeal, months: frozenset[str]) -> None:
    """Put an accepted appeal about part of the period in the place of what was reported of those months."""
    about = frozenset(period(one.period).months)
    key = one.pharmacy_id, one.drug_id
    if not about <= months or key not in totals:
        return
    totals[key] = [part for part in totals[key] if not part[0] <= about]
    if one.effect == "correct":
        totals[key].append((about, float(one.quantity or 0), int(one.amount_fen or 0)))


def _group(desk: Desk, table: Table, compare: str) -> None:
    """Put packs on one scale: each drug is compared as the drug of its family with the lowest id."""
    versions = desk.store.versions()
    kin = kin_of(desk, versions.drugs)
    found: dict[int, tuple[int, float]] = {}
    for drug_id in np.unique(table["drug"]).tolist():
        if drug_id not in found:
            family = kin.family(kin.drugs[drug_id], compare)
            for member in family.members:
                found.setdefault(member.drug.id, (drug_id, float(member.k)))
    told = [found[drug_id] for drug_id in table["drug"].tolist()]
    table["group"], table["k"] = [one[0] for one in told], [one[1] for one in told]


def _apart(table: Table, wanted: Wanted, appeals: Iterable[Appeal]) -> None:
    """Compare by itself what was accepted to belong to no other pack."""
    months = set(wanted.period.months)
    for one in appeals:
        if one.effect == "apart" and set(period(one.period).months) <= months:
            rows = (table["pharmacy"] == one.pharmacy_id) & (table["drug"] == one.drug_id)
            # A drug that stands for others leaves them that number: it takes one that no drug has.
            table["group"][rows], table["k"][rows] = -one.drug_id, 1.0
