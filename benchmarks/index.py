"""``python -m benchmarks.index`` measures the price-volume index of a city and of a province.

Each part runs in a process of its own, so that its peak of memory is its own. Times of the city are told as multiples
of one dense product, 3,000 × 5,000 by 5,000 × 3,000, in the same run, beside a plain numpy program's. The city's sales
are also put into a SQLite database and read as a run reads them: that may take as long as the four methods together.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import plain_numpy, sales, sold
from benchmarks.city import say
from benchmarks.figures import Figure, at_most, table
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


SIZES = {"city": Size(5000, 3000, 0.4), "province": Size(50_000, 3000, 1 / 6)}
SHORT = {"city": Size(60, 40, 0.4), "province": Size(600, 40, 1 / 6)}

SLOWER, MEMORY = 1.3, 2.0
PROVINCE_SLOWER, PROVINCE_MEMORY = 12.0, 6.0
"""How many times the plain numpy program's time, and the city's, and how many GB there may be."""

READING = 1.0
"""How many times the four methods' time reading from the store may take."""

Work = Callable[[Quotes], Any]
Clock = Callable[[], float]
DENSE: dict[str, Work] = {
    "headline": headline_of,
    "geary_khamis": METHODS["geary_khamis"].levels,
    "cpd_weighted": partial(cpd, errors="HC3"),
    "geks_fisher": METHODS["geks_fisher"].levels,
}
SPARSE: dict[str, Work] = {
    "headline": headline_of,
    "geary_khamis": METHODS["geary_khamis"].levels,
    "idb": METHODS["idb"].levels,
    "cpd_weighted": partial(cpd, errors=None),
}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.index", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a village and a town; the figures say little")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is done; medians are told")
    parser.add_argument("--cpu", action="store_true", help="seconds of all cores together: for a busy machine")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sizes = SHORT if asked.short else SIZES
    if asked.part:
        clock = time.process_time if asked.cpu else time.perf_counter
        sys.stdout.write(json.dumps(PARTS[asked.part](sizes, asked.rounds, clock)))
        return
    switches = [name for name, given in (("--short", asked.short), ("--cpu", asked.cpu)) if given]
    found = {part: _apart(part, ["--rounds", str(asked.rounds), *switches]) for part in PARTS}
    figures = list(_figures(found))
    if asked.short:
        figures = [Figure(one.what, one.ours, one.peer) for one in figures]
    say(f"\n{asked.rounds} rounds, {found['city']['quotes']:,} and {found['province']['quotes']:,} quotes\n")
    say(table(figures))


def rounds(size: Size, works: dict[str, Work], times: int, clock: Clock, *, product: bool) -> dict[str, Any]:
    """Return the seconds of each work and of one dense product, round by round, and the peak of memory in GB."""
    columns = sales.region(size.outlets, size.drugs, size.filled)
    square = [np.random.default_rng(1).random((size.drugs, size.outlets)) if product else np.zeros((1, 1))]
    square.append(np.ascontiguousarray(square[0].T))
    seconds: dict[str, list[float]] = {name: [] for name in ("product", "quotes", *works)}
    for _ in range(times):
        seconds["product"].append(_seconds(clock, lambda: square[0] @ square[1]))
        kept: list[Quotes] = []
        seconds["quotes"].append(_seconds(clock, lambda kept=kept: kept.append(quotes(*columns))))
        for name, work in works.items():
            # What one method has worked out must not serve the next.
            fresh = Quotes(*(getattr(kept[0], field) for field in Quotes.__dataclass_fields__))
            seconds[name].append(_seconds(clock, lambda work=work, fresh=fresh: work(fresh)))
    return {"quotes": len(columns.drug), "seconds": seconds, "peak": _peak()}


def plain(sizes: dict[str, Size], times: int, clock: Clock) -> dict[str, Any]:
    """Return the seconds of the plain numpy program on the city, round by round."""
    size = sizes["city"]
    columns = sales.region(size.outlets, size.drugs, size.filled)
    seconds: dict[str, list[float]] = {name: [] for name in ("tables", *plain_numpy.METHODS)}
    for _ in range(times):
        kept: list[plain_numpy.Tables] = []
        seconds["tables"].append(_seconds(clock, lambda kept=kept: kept.append(plain_numpy.Tables(columns))))
        for name, method in plain_numpy.METHODS.items():
            seconds[name].append(_seconds(clock, lambda method=method, kept=kept: method(kept[0])))
    return {"quotes": len(columns.drug), "seconds": seconds, "peak": _peak()}


def stored(sizes: dict[str, Size], times: int, clock: Clock) -> dict[str, Any]:
    """Return the seconds of reading the city's sales from a store, as far as quotes, round by round."""
    size = sizes["city"]
    columns = sales.region(size.outlets, size.drugs, size.filled)
    with tempfile.TemporaryDirectory() as folder:
        desk = sold.sold(Path(folder) / "sold.db", columns)
        read: list[float] = []
        for _ in range(times):
            with desk.store.reading():
                read.append(_seconds(clock, lambda: sold.panel(desk).quotes))
        desk.store.close()
    return {"quotes": len(columns.drug), "seconds": {"read": read}, "peak": _peak()}


PARTS: dict[str, Callable[[dict[str, Size], int, Clock], dict[str, Any]]] = {
    "city": lambda sizes, times, clock: rounds(sizes["city"], DENSE, times, clock, product=True),
    "plain": plain,
    "store": stored,
    "town": lambda sizes, times, clock: rounds(sizes["city"], SPARSE, times, clock, product=False),
    "province": lambda sizes, times, clock: rounds(sizes["province"], SPARSE, times, clock, product=False),
}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _seconds(clock: Clock, work: Callable[[], Any]) -> float:
    start = clock()
    work()
    return clock() - start


def _apart(part: str, switches: list[str]) -> dict[str, Any]:
    """Return what a process of its own measured."""
    say(f"Measuring the {part}.")
    command = [sys.executable, "-m", "benchmarks.index", "--part", part, *switches]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _figures(found: dict[str, dict[str, Any]]) -> list[Figure]:
    """Return the lines of the table."""
    city, peer = (_medians(found[part]) for part in ("city", "plain"))
    unit, ours, theirs = city["product"], sum(city[name] for name in DENSE), sum(peer[name] for name in DENSE)
    lines = [Figure(f"city, {name}", _told(city[name], unit), _told(peer[name], unit)) for name in DENSE]
    told = f"{_told(ours, unit)}, {ours / theirs:.2f} times {_told(theirs, unit)}"
    lines.append(at_most("city, the four together / plain numpy", told, ours / theirs, SLOWER))
    lines.append(at_most("city, memory in GB", f"{found['city']['peak']:.2f}", found["city"]["peak"], MEMORY))
    lines.append(Figure("city, columns summed, screened and coded", _told(city["quotes"], unit)))
    read = _medians(found["store"])["read"]
    told = f"{_told(read, unit)}, {read / ours:.2f} times the four"
    lines.append(at_most("city, read from the store as far as quotes", told, read / ours, READING))
    town, province = (_medians(found[part]) for part in ("town", "province"))
    lines += [Figure(f"province, {name}", f"{province[name]:.2f} s", f"{town[name]:.2f} s") for name in SPARSE]
    times = sum(province[name] for name in SPARSE) / sum(town[name] for name in SPARSE)
    lines.append(at_most("province, the four together / the city", f"{times:.1f}", times, PROVINCE_SLOWER))
    peak = found["province"]["peak"]
    return [*lines, at_most("province, memory in GB", f"{peak:.2f}", peak, PROVINCE_MEMORY)]


def _medians(found: dict[str, Any]) -> dict[str, float]:
    return {name: median(times) for name, times in found["seconds"].items()}


def _told(seconds: float, unit: float) -> str:
    return f"{seconds:.2f} s ({seconds / unit:.2f} products)"


if __name__ == "__main__":
    main()
