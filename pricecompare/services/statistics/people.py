"""Statistics as people look at them: bins, who sells it, districts and a sentence."""

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.histogram import histogram
from pricecompare.calc.market import FRESH, Sellers, tiers, unpacked
from pricecompare.calc.money import yuan
from pricecompare.calc.stats import summary
from pricecompare.errors import Reason
from pricecompare.models import MarketRow
from pricecompare.services.answers import sayings, views
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas, Ground

IN_DISTRICTS = ("n", "median", "q1", "q3", "low", "high")


def sound(desk: Desk, row: MarketRow | None, day: date) -> Sellers:
    """Return the sellers of a market whose prices count on a day: neither old nor doubtful."""
    if row is None:
        return unpacked(b"")
    these = unpacked(row.sellers, layout=row.layout)
    stale = is_stale(these["observed"], today=days.number_of(day), max_age=desk.max_age_days)
    return these[tiers(stale, these["mark"]) == FRESH]


def ground_of(desk: Desk, atlas: Atlas, pooling: int) -> Ground | None:
    """Return the pharmacies of a pooling region; None when it has none."""
    extent = atlas.extents.get(pooling)
    return None if extent is None else desk.grounds.ground(desk.store, pooling, extent.version)


def bins(fen: NDArray[np.int32]) -> list[dict[str, Any]]:
    """Return a histogram as it is shown."""
    return [
        {"lower": yuan(low), "lower_fen": low, "upper": yuan(high), "upper_fen": high, "n": n}
        for low, high, n in histogram(fen)
    ]


def share(sellers: int, ground: Ground | None) -> dict[str, Any]:
    """Return how many of a region's pharmacies sell a drug, four decimals, HALF_UP; null where there are none."""
    every = len(ground.pharmacies) if ground else 0
    part = (2 * 10_000 * sellers + every) // (2 * every) / 10_000 if every else None
    return {"sellers": sellers, "pharmacies": every, "share": part}


def districts(desk: Desk, atlas: Atlas, ground: Ground | None, these: Sellers) -> list[dict[str, Any]]:
    """Return the statistics of each district in which enough prices count, by code."""
    if ground is None:
        return []
    here = ground.districts[ground.positions(these["pharmacy"])]
    found = [(one, summary(these["fen"][here == one])) for one in np.unique(here).tolist()]
    enough = [(one, now) for one, now in found if now is not None and now.n >= desk.settings.few_sellers]
    return [
        {"district": views.place_name(atlas, one), **_figures({name: getattr(now, name) for name in IN_DISTRICTS})}
        for one, now in enough
    ]


def _figures(numbers: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"n": numbers.pop("n")}
    for name, fen in numbers.items():
        shown[name], shown[f"{name}_fen"] = yuan(fen), fen
    return shown


def usual(area: str, statistics: dict[str, Any], **moved: Any) -> Reason:
    """Return what statistics say in a sentence; `moved` as sayings.usual takes it."""
    names = ("median", "q1", "q3", "low", "high")
    figures = sayings.Usual(area, statistics["n"], *(statistics[f"{name}_fen"] for name in names))
    return sayings.usual(figures, **moved)
