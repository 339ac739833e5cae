"""The price-volume index (量价比较指数) as answers: one pharmacy explained drug by drug, or a region's list."""

from typing import Any

import numpy as np

from pricecompare.calc import index, sold
from pricecompare.calc.days import month as month_of
from pricecompare.calc.money import yuan
from pricecompare.errors import NotFound
from pricecompare.models import Drug, IndexRow, Pharmacy, ReferencePrice, Sale
from pricecompare.services import views
from pricecompare.services.basis import basis
from pricecompare.services.catalogue import known_pharmacy
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.places import district_of, pooling_of, region_of
from pricecompare.services.search import page_size

METHOD = {
    "id": index.METHOD_ID,
    "version": index.METHOD_VERSION,
    "formula": "100 × Σ p·q / Σ p̄·q, p̄ = the region's volume-weighted average price",
    "note_en": "A project method: no official formula was published. Not proportional: true differences come out "
    "somewhat too small.",
    "note_zh": "本指数为本项目公布的方法，并非官方公式；该方法不满足比例性，真实差异会被略微低估。",
}
"""What every answer says about how it was computed."""


def of_pharmacy(desk: Desk, code: str, *, period: str | None = None) -> dict[str, Any]:
    """Return a pharmacy's index of one month (the newest by default) and what each drug contributes to it."""
    with desk.store.reading():
        versions = desk.store.versions()
        this = known_pharmacy(desk, code)
        atlas = desk.grounds.atlas(desk.store, versions.places)
        month = _month(desk, this.region_id, period)
        row = desk.store.index(this.region_id, month, index.METHOD_ID, this.id)
        if row is None:
            raise NotFound("no_index", field="period", value=code, month=month)
        parts = _parts(desk, this, month, versions.drugs) if row.status != "suppressed" else []
        rests_on = basis(desk, versions, [this.region_id])
    return {
        "pharmacy": {"code": this.code, "id": this.id, "name": this.name},
        "region": views.place_name(atlas, this.region_id),
        "period": month,
        "method": METHOD,
        **_figures(row),
        "contributions": parts,
        "data_version": rests_on.version,
    }


def of_region(
    desk: Desk, region: str, *, period: str | None = None, limit: int | None = None, cursor_given: str | None = None
) -> dict[str, Any]:
    """Return the index of every pharmacy of a region in a month, dearest first, those that are not told last."""
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        found = region_of(atlas, region)
        pooling = pooling_of(atlas, found)
        month = _month(desk, pooling, period)
        rows = desk.store.indices(pooling, month, index.METHOD_ID)
        rests_on = basis(desk, versions, [pooling])
    wanted = sorted((row for row in rows if district_of(found) in (None, row.district_id)), key=_rank)
    question, size = f"indices {region} {month}", page_size(desk, limit)
    last = after(desk, question, cursor_given)
    rest = [row for row in wanted if last is None or _rank(row) > last]
    return {
        "region": views.place_name(atlas, found.id),
        "period": month,
        "method": METHOD,
        "total": len(wanted),
        "items": [_listed(row) for row in rest[:size]],
        "next": cursor(desk, question, _rank(rest[size - 1])) if len(rest) > size else None,
        "data_version": rests_on.version,
    }


def _month(desk: Desk, region_id: int, period: str | None) -> str:
    """Return the month asked for, or the newest one with indices."""
    if period is not None:
        return month_of(period)
    newest = desk.store.last_index_month(region_id)
    if newest is None:
        raise NotFound("no_sales", field="period", value=f"{region_id:06d}")
    return newest


def _listed(row: IndexRow) -> dict[str, Any]:
    return {"pharmacy": {"code": row.code, "id": row.pharmacy_id, "name": row.name}, **_figures(row)}


def _told(row: IndexRow) -> float | None:
    """Return an index where it may be told; None for one that rests on too little."""
    return None if row.status == "suppressed" else row.value


def _rank(row: IndexRow) -> tuple[int, float, int]:
    """Return what the list is ordered by: dearest first, then in the order of ids those whose index is not told."""
    value = _told(row)
    return (1, 0.0, row.pharmacy_id) if value is None else (0, -value, row.pharmacy_id)


def _figures(row: IndexRow) -> dict[str, Any]:
    """Return an index with what it rests on."""
    value = _told(row)
    return {
        "status": row.status,
        "index": None if value is None else 100 * value,
        "se": None if value is None or row.se is None else 100 * row.se,
        "n_items": row.n_items,
        "n_eff": row.n_eff,
        "coverage": row.coverage,
        "largest_weight": row.largest_weight,
        "turnover": yuan(row.turnover_fen),
        "turnover_fen": row.turnover_fen,
    }


def _parts(desk: Desk, this: Pharmacy, month: str, drugs_version: int) -> list[dict[str, Any]]:
    """Return what each compared drug adds to index − 100, largest first."""
    references = {one.drug_id: one for one in desk.store.references(this.region_id, month)}
    sales = [
        sale
        for sale in desk.store.sales_of_pharmacy(this.region_id, month, this.id)
        if sale.quantity > 0 and sale.amount_fen > 0 and sale.drug_id in references
    ]
    sales = [sale for sale in sales if not _is_gross(sale, references[sale.drug_id])]
    value = np.array([sale.amount_fen for sale in sales], np.float64)
    packs = np.array([sale.quantity for sale in sales], np.float64)
    mean = np.array([references[sale.drug_id].amount_fen / references[sale.drug_id].quantity for sale in sales])
    found = index.contributions(np.arange(len(sales)), value, packs, mean)
    known = desk.words.of(desk.store, drugs_version)[1]
    parts = [
        _part(known[sales[at].drug_id], sales[at], mean[at], found.weight[at], found.contribution[at])
        for at in range(len(sales))
    ]
    return sorted(parts, key=lambda part: -abs(part["contribution"]))


def _is_gross(sale: Sale, reference: ReferencePrice) -> bool:
    price, median = np.array(sale.amount_fen / sale.quantity), np.array(reference.median)
    return bool(sold.is_gross(price, median, np.array(reference.sellers)))


def _part(this: Drug, sale: Sale, mean: float, weight: float, contribution: float) -> dict[str, Any]:
    price = sale.amount_fen / sale.quantity
    return {
        "drug": {"code": this.code, "id": this.id, "name": this.name, "spec": this.spec, "maker": this.maker},
        "quantity": sale.quantity,
        "amount": yuan(sale.amount_fen),
        "unit_value": yuan(price),
        "unit_value_fen": price,
        "reference_price": yuan(float(mean)),
        "reference_price_fen": float(mean),
        "ratio": price / float(mean),
        "weight": float(weight),
        "contribution": 100 * float(contribution),
    }
