"""Figures and how they are made: clocks, medians, and the table they stand in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

HEADER = ("figure", "ours", "peer", "ratio", "to reach", "ok")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report; `ratio` says how many times as good as the peer, above 1 is better."""

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    reach: str = ""
    ok: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """What stands in the line."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return self.what, self.ours, self.peer, ratio, self.reach, {True: "yes", False: "NO", None: ""}[self.ok]


def compared(what: str, ours: str, peer: str, ratio: float, *, least: float | None = None) -> Figure:
    """Return the figure of a ratio, which is good when it is at least `least`."""
    if least is None:
        return Figure(what, ours, peer, ratio)
    return Figure(what, ours, peer, ratio, f"≥ {least:.2f}", ratio >= least)


def at_most(what: str, ours: str, times: float, most: float) -> Figure:
    """Return a figure that is good when it is at most `most` times another."""
    return Figure(what, ours, reach=f"≤ {most:.2f}", ok=times <= most)


def table(figures: Sequence[Figure]) -> str:
    """Return figures as a Markdown table that is readable as it stands."""
    rows = [HEADER, *(figure.cells for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ruled = [rows[0], tuple("-" * width for width in widths), *rows[1:]]
    return "\n".join(f"| {' | '.join(map(str.ljust, row, widths))} |" for row in ruled)


def seconds_of(work: Callable[[], Any]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(designs: dict[str, Callable[[Any], Any]], questions: Sequence[Any]) -> dict[str, list[float]]:
    """Return the seconds each design takes for each question, one question after the other: all meet the same weather.

    Which design comes first goes round, for the first may pay for what the others find warm.
    """
    times: dict[str, list[float]] = {name: [] for name in designs}
    names = list(designs)
    for turn, question in enumerate(questions):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            start = time.perf_counter()
            designs[name](question)
            times[name].append(time.perf_counter() - start)
    return times


def micros(times: list[float]) -> str:
    """Return the median and the 99th percentile in microseconds."""
    return f"{median(times) * 1e6:,.0f} µs (p99 {last_percent(times) * 1e6:,.0f})"


def last_percent(times: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(times)[int(0.99 * (len(times) - 1))]
