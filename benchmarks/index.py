"""``python -m benchmarks.index`` measures the price-volume index of a city and of a province."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks import sales
from pricecompare.calc.index import headline_of, quotes
from pricecompare.calc.index.compared import Quotes
from pricecompare.calc.index.cpd import cpd
from pricecompare.calc.index.registry import METHODS


@dataclass(frozen=True, slots=True)
class Size:
    """How many pharmacies and drugs there are, and what part of the table is filled."""

    outlets: int
    drugs: int
    filled: float


CITY, PROVINCE = Size(5000, 3000, 0.4), Size(50_000, 3000, 0.4)
SHORT_CITY, SHORT_PROVINCE = Size(60, 40, 0.4), Size(600, 40, 0.4)

NUMPY = {"headline": 1.6, "geary_khamis": 0.5, "cpd_weighted": 8.6, "geks_fisher": 7.5}
"""Seconds of a plain numpy program for the city, measured beforehand (statistics of the peers)."""

Work = Callable[[Quotes], Any]
CITY_WORK: dict[str, Work] = {
    "headline": lambda q: headline_of(q),
    "geary_khamis": METHODS["geary_khamis"].levels,
    "cpd_weighted": METHODS["cpd_weighted"].levels,
    "geks_fisher": METHODS["geks_fisher"].levels,
}
SPARSE_WORK: dict[str, Work] = {
    "headline": lambda q: headline_of(q),
    "geary_khamis": METHODS["geary_khamis"].levels,
    "idb": METHODS["idb"].levels,
    "cpd_weighted, levels": partial(cpd, errors=None),
}


def clocked(work: Callable[[], Any]) -> tuple[float, float]:
    """Return seconds of the clock and of all cores together that some work takes."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu


def measured(size: Size, works: dict[str, Work], rounds: int) -> dict[str, Any]:
    """Return the seconds of each work and of one dense product, round by round, and the peak of memory in GB."""
    columns = sales.region(size.outlets, size.drugs, size.filled)
    found: dict[str, Any] = {"quotes": len(columns.drug), "times": {name: [] for name in ("product", "quotes", *works)}}
    for _ in range(rounds):
        found["times"]["product"].append(clocked(lambda: _product(size)))
        kept: list[Quotes] = []
        found["times"]["quotes"].append(clocked(lambda kept=kept: kept.append(quotes(*columns))))
        for name, work in works.items():
            # Nothing that one method has worked out may serve the next.
            fresh = kept[0].rows(slice(None))
            found["times"][name].append(clocked(lambda work=work, fresh=fresh: work(fresh)))
    found["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return found


def _product(size: Size) -> None:
    if size.outlets > CITY.outlets:
        return
    rng = np.random.default_rng(1)
    one, other = rng.random((size.drugs, size.outlets)), rng.random((size.outlets, size.drugs))
    one @ other
