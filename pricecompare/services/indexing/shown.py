"""Figures of an index as answers: exact for the pharmacy and the regulator, rounded for everybody.

Nothing rounded here lets anybody work out what a pharmacy sold: volumes, turnover and all that stands beside single
drugs are for the pharmacy itself and the regulator.
"""

from typing import Any

from pricecompare.calc.index_limits import Limits, above, stars
from pricecompare.calc.money import nearest, yuan
from pricecompare.models.indexing import IndexValue
from pricecompare.services.indexing import words
from pricecompare.services.indexing.beside import disagreement

HUNDRED = ("index", "low", "high", "se", "level", "level_low", "level_high")
"""Told on the scale on which 100 is the region's average."""

DECIMALS = {
    **dict.fromkeys(HUNDRED, 2), "n_eff": 1, "coverage": 2, "largest_weight": 2, "single_seller_share": 2,
    "own_reference_share": 2, "reliability": 2,
}  # fmt: skip
"""To how many decimals everybody is told."""


def figures(value: IndexValue, limits: Limits) -> dict[str, Any]:
    """Return the figures of a pharmacy that everybody may know, exactly; None where they may not be told."""
    told = value.status != "suppressed"
    ratios = {
        "index": value.value, "low": value.low, "high": value.high, "se": value.se, "level": value.level,
        "level_low": value.level_low, "level_high": value.level_high,
    }  # fmt: skip
    marked = told and value.value is not None and value.status == "published"
    index, low = 100 * (value.value or 0), None if value.low is None else 100 * value.low
    return {
        "status": value.status,
        "why": words.why(value.why),
        **{name: 100 * ratio if told and ratio is not None else None for name, ratio in ratios.items()},
        "assortment": words.assortment(value) if told else None,
        "methods": disagreement(value),
        "n_items": value.n_items,
        "n_eff": value.n_eff or 0.0,
        "coverage": value.coverage or 0.0,
        "largest_weight": value.largest_weight or 0.0,
        "single_seller_share": value.single_seller or 0.0,
        "own_reference_share": value.own_reference or 0.0,
        "reliability": value.reliability if told else None,
        **_rank(value, limits),
        "warning": above(index, low, limits) if marked else None,
        "stars": stars(index, limits) if marked else None,
    }


def _rank(value: IndexValue, limits: Limits) -> dict[str, Any]:
    """Return the place of a pharmacy among those that may be ranked, 1 for the dearest, or why it has none."""
    if not value.rank:
        return {"rank": None, "ranked": None, "percentile": None, "no_rank": words.no_rank(value, limits)}
    cheaper = value.ranked - value.rank
    return {
        "rank": value.rank,
        "no_rank": None,
        "ranked": value.ranked,
        "percentile": round(100 * cheaper / max(value.ranked - 1, 1), 1),
    }


def own(value: IndexValue) -> dict[str, Any]:
    """Return what only the pharmacy itself and the regulator may know of it: volumes, turnover, audits."""
    told = value.status != "suppressed"
    ratios = {"index_loo": value.loo, "region_volume_index": value.region_volume}
    return {
        **{name: 100 * ratio if told and ratio is not None else None for name, ratio in ratios.items()},
        "volume_index": 100 * value.volume if told and value.volume is not None else None,
        "value_index": 100 * value.took if told and value.took is not None else None,
        "volume_audit": words.volume_audit(value.value, value.region_volume, value.high) if told else None,
        "turnover": yuan(nearest(value.turnover)),
        "turnover_fen": nearest(value.turnover),
        "component": value.component,
    }


def others(value: IndexValue) -> dict[str, float | None]:
    """Return what other methods say, by the names of their columns; None where it may not be told."""
    told = value.status != "suppressed"
    ratios = {"gk": value.gk, "idb": value.idb, "geks": value.geks}
    return {name: 100 * ratio if told and ratio is not None else None for name, ratio in ratios.items()}


def rounded(told: dict[str, Any]) -> dict[str, Any]:
    """Return figures as everybody may see them."""
    return {
        name: round(value, DECIMALS[name]) if name in DECIMALS and value is not None else value
        for name, value in told.items()
    }
