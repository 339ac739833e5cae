"""An index drug by drug: what each adds to it, those that matter most, and what was not compared."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc import index
from pricecompare.calc.money import yuan
from pricecompare.models import Drug
from pricecompare.services.indexing.panel import Panel

TOP = 10
"""How many drugs are the ones that matter most."""


class Parts(NamedTuple):
    """The drugs of one pharmacy, largest effect first; those not compared last, each with why."""

    compared: list[dict[str, Any]]
    left_out: list[dict[str, Any]]
    without_top: float | None
    """The index without the drugs that matter most; None where the others are too few to be told of."""


def parts(panel: Panel, pharmacy_id: int, drugs: Mapping[int, Drug]) -> Parts:
    """Return what each drug of a pharmacy adds to index − 100; the sum of all is that."""
    at = panel.place(pharmacy_id)
    if at is None:
        return Parts([], [], None)
    left = _left_out(panel, at, drugs)
    if panel.method != index.METHOD_ID:
        # No other method is a sum over drugs.
        return Parts([], left, None)
    quotes, mine = panel.quotes, slice(*panel.quotes.ends[at : at + 2])
    drug, value, packs = quotes.drug[mine], quotes.value[mine], quotes.quantity[mine]
    price = panel.reference_prices[mine]
    found = index.contributions(np.arange(len(drug)), value, packs, price)
    order = np.argsort(-np.abs(found.contribution), kind="stable")
    told = [
        {
            **_part(drugs, int(panel.drugs[drug[row]]), float(packs[row]), float(value[row])),
            "reference_price": yuan(float(price[row])),
            "reference_price_fen": float(price[row]),
            "ratio": float(found.ratio[i]),
            "weight": float(found.weight[i]),
            "contribution": 100 * float(found.contribution[i]),
            "share_of_region": float(packs[row] / quotes.packs[drug[row]]),
        }
        for i, row in zip(order.tolist(), found.drug[order].tolist(), strict=True)
    ]
    return Parts(told, left, _without(found.weight, found.ratio, order, panel))


def _left_out(panel: Panel, at: int, drugs: Mapping[int, Drug]) -> list[dict[str, Any]]:
    """Return what a pharmacy sold that is not compared: gross errors, and drugs that too few others sold."""
    sales, sold = panel.sales, panel.quotes.sellers
    rows = np.arange(*np.searchsorted(sales.outlet, (at, at + 1)))
    drug, gross = sales.drug[rows], panel.gross[rows]
    compared = (drug < len(sold)) & (sold[np.minimum(drug, len(sold) - 1)] > 0) & ~gross if len(sold) else gross & False
    return [
        {
            **_part(drugs, int(panel.drugs[sales.drug[i]]), float(sales.quantity[i]), float(sales.value[i])),
            "why": "gross_error" if panel.gross[i] else "few_sellers",
        }
        for i in rows[~compared].tolist()
    ]


def _part(drugs: Mapping[int, Drug], group: int, packs: float, value: float) -> dict[str, Any]:
    # One that an appeal set apart has the number of its drug below zero.
    this = drugs[abs(group)]
    return {
        "drug": {"code": this.code, "id": this.id, "name": this.name, "spec": this.spec, "maker": this.maker},
        "quantity": packs,
        "amount": yuan(value),
        "unit_value": yuan(value / packs),
        "unit_value_fen": value / packs,
    }


def _without(weight: np.ndarray, ratio: np.ndarray, order: np.ndarray, panel: Panel) -> float | None:
    """Return the index over all drugs but the ten that matter most."""
    rest = order[TOP:]
    total = weight[rest].sum()
    if not total > 0:
        return None
    n_eff = float(total**2 / (weight[rest] ** 2).sum())
    if index.standing(n_eff, 1.0, limits=panel.limits.thresholds).status == "suppressed":
        return None
    return float((weight[rest] * ratio[rest]).sum() / total)
