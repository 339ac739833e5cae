"""The price-volume index (量价比较指数) kept true to the sales: made for every pharmacy of a region and month."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from pricecompare.calc import index, sold
from pricecompare.calc.packing import Table
from pricecompare.models import ReferencePrice
from pricecompare.store import Store


def refresh_indices(store: Store, places: Iterable[tuple[int, str]]) -> int:
    """Make the indices of each (region, month) anew; return how many turned out different; use inside `writing`."""
    return sum(_refreshed(store, region_id, month) for region_id, month in sorted(set(places)))


def _refreshed(store: Store, region_id: int, month: str) -> bool:
    """Make the indices of one region and month; say whether anything in them differs from what was there."""
    rows = store.sales_of_month(region_id, month)
    store.stamp_sales(region_id, month, rows)
    references, indices = _made(rows)
    other_references = references != store.references(region_id, month)
    if other_references:
        store.put_references(region_id, month, references)
    other_indices = indices != store.indices_of_month(region_id, month)
    if other_indices:
        store.put_indices(region_id, month, indices)
    return other_references or other_indices


def _made(rows: Table) -> tuple[list[ReferencePrice], list[dict[str, Any]]]:
    """Return the reference prices by drug and the indices by pharmacy that the sales give."""
    pharmacies, outlet = index.coded(rows["pharmacy"])
    drugs, drug = index.coded(rows["drug"])
    sales = sold.unit_values(outlet, drug, rows["amount"].astype(np.float64), rows["quantity"])
    found = index.headline(*sales, n_outlets=len(pharmacies))
    return list(_references(sales, drugs)), list(_rows(found, pharmacies))


def _references(sales: sold.Sales, drugs: np.ndarray) -> Iterator[ReferencePrice]:
    """Yield the region's side of each drug that could be compared."""
    _, drug, value, quantity = sales
    compared = sold.comparable(drug, value, quantity)
    middle, sellers = sold.median_unit_values(drug, value / quantity)
    amounts = np.bincount(drug[compared], value[compared], len(drugs))
    packs = np.bincount(drug[compared], quantity[compared], len(drugs))
    for at in np.flatnonzero(packs > 0).tolist():
        yield ReferencePrice(
            int(drugs[at]), int(sellers[at]), float(packs[at]), round(float(amounts[at])), float(middle[at])
        )


def _rows(found: index.HeadlineIndex, pharmacies: np.ndarray) -> Iterator[dict[str, Any]]:
    """Yield the columns of each pharmacy's index."""
    for at, pharmacy_id in enumerate(pharmacies.tolist()):
        n_eff, coverage = _number(found.n_eff[at]) or 0.0, _number(found.coverage[at]) or 0.0
        yield {
            "pharmacy_id": pharmacy_id,
            "method_id": index.METHOD_ID,
            "method_version": index.METHOD_VERSION,
            "value": _number(found.index[at]),
            "se": _number(found.se[at]),
            "n_items": int(found.n_items[at]),
            "n_eff": n_eff,
            "largest_weight": _number(found.largest_weight[at]) or 0.0,
            "coverage": coverage,
            "turnover_fen": round(float(found.turnover[at])),
            "status": index.publication(n_eff, coverage),
        }


def _number(value: float) -> float | None:
    """Return `value` as the database keeps it: what is not a number is null."""
    return None if np.isnan(value) else float(value)
