"""What other methods say of a pharmacy, beside its index: each by id and version, with the distance to the index."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from pricecompare.calc.stats import quantile
from pricecompare.errors import Reason
from pricecompare.models.indexing import IndexValue
from pricecompare.services.answers.sayings import told

SHORT = {"gk": "Geary-Khamis", "idb": "IDB", "geks": "GEKS-Fisher"}
"""Names of the methods that ought to lie within the interval of the like-for-like level, the same in both languages."""


def beside(value: IndexValue, versions: dict[str, int]) -> list[dict[str, Any]]:
    """Return what each other method says, on the scale on which 100 is the region's average; nothing when suppressed.

    `versions` are those of the methods as the figures were made. What a run does not know is left out.
    """
    if value.status == "suppressed" or value.value is None:
        return []
    return [
        _method(id, versions[id])
        | {
            "index": 100 * level,
            "difference": 100 * (level - value.value),
            "outside": _outside(value, level) if name in SHORT else None,
        }
        for name, id in _columns().items()
        if (level := getattr(value, name)) is not None and id in versions
    ]


def disagreement(value: IndexValue) -> dict[str, Any] | None:
    """Return what is to be said where other methods lie outside the interval of the like-for-like level; else None."""
    if value.status == "suppressed":
        return None
    names = [short for name, short in SHORT.items() if _outside(value, getattr(value, name))]
    return (
        {"code": "methods_disagree", **told(Reason.of("methods_disagree", methods=", ".join(names)))} if names else None
    )


def of_all(values: Iterable[IndexValue], versions: dict[str, int]) -> list[dict[str, Any]]:
    """Return by how much each other method differs from the index over the pharmacies that are told."""
    shown = [one for one in values if one.status != "suppressed" and one.value is not None]
    found = []
    for name, id in _columns().items():
        levels = [(one, level) for one in shown if (level := getattr(one, name)) is not None]
        if levels and id in versions:
            apart = np.sort([100 * abs(level - (one.value or 0.0)) for one, level in levels])
            outside = sum(bool(_outside(one, level)) for one, level in levels)
            found.append(
                _method(id, versions[id])
                | {
                    "pharmacies": len(levels),
                    "median_difference": round(quantile(apart, 0.5), 2),
                    "largest_difference": round(float(apart[-1]), 2),
                    "outside": outside if name in SHORT else None,
                }
            )
    return found


def newest() -> dict[str, int]:
    """Return the versions of the methods that this program computes."""
    # Here and not above: it loads scipy, which most commands do without.
    from pricecompare.calc.index.sensitivity import versions

    return versions()


def _columns() -> dict[str, str]:
    from pricecompare.calc.index.sensitivity import METHOD_OF

    return METHOD_OF


def _method(id: str, version: int) -> dict[str, Any]:
    from pricecompare.calc.index.registry import METHODS

    one = METHODS[id]
    return {"id": id, "version": version, "title_en": one.title_en, "title_zh": one.title_zh}


def _outside(value: IndexValue, level: float | None) -> bool | None:
    """Say whether a level lies outside the like-for-like interval; None where either is not known."""
    if level is None or value.level_low is None or value.level_high is None:
        return None
    return not value.level_low <= level <= value.level_high
