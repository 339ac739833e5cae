"""``python -m benchmarks`` measures and prints one table; ``--write`` puts it into docs/benchmarks.md."""

import argparse
import platform
import re
import shlex
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from os import cpu_count
from pathlib import Path

from benchmarks import (
    apart,
    baskets,
    daily,
    derived,
    errands,
    http,
    imports,
    middle,
    offers,
    province,
    readers,
    search,
    stages,
    statistics,
)
from benchmarks.city import CITY, ROOT, SHORT, City, made, say
from benchmarks.figures import Figure, table

SUBJECTS: dict[str, Callable[[City], Iterator[Figure]]] = {
    "offers": offers.figures,
    "baskets": baskets.figures,
    "http": http.figures,
    "stages": stages.figures,
    "middle": middle.figures,
    "apart": apart.figures,
    "errands": errands.figures,
    "imports": imports.figures,
    "daily": daily.figures,
    "readers": readers.figures,
    "statistics": statistics.figures,
    "derived": derived.figures,
    "search": search.figures,
    "province": province.figures,
}
APART = ("province",)
"""What is measured only when it is asked for, since what it measures takes long to make."""
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BETWEEN = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


def main() -> None:
    """Measure what was asked for."""
    asked = _asked()
    city = made(SHORT if asked.short else CITY)
    figures = []
    for subject in asked.only or (name for name in SUBJECTS if name not in APART):
        say(f"Measuring {subject}.")
        figures += SUBJECTS[subject](city)
    if asked.short:
        # The goals are the whole city's.
        figures = [replace(figure, reach="", ok=None) for figure in figures]
    report = f"{_circumstances(city)}\n\n{table(figures)}\n"
    say(f"\n{report}")
    if asked.write:
        _write(report)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a small city, within a minute; its figures say little")
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="one subject (may be repeated)")
    parser.add_argument("--write", action="store_true", help=f"write the table into {DOCUMENT.relative_to(ROOT)}")
    asked = parser.parse_args()
    if asked.write and (asked.short or asked.only):
        parser.error("--write is for a whole run on the whole city")
    return asked


def _circumstances(city: City) -> str:
    """Return when, where, on what and by which command was measured."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "flask", "gunicorn", "orjson"))
    command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
    return "\n".join(
        [
            f"- Measured on {datetime.now(UTC):%Y-%m-%d} by `{command}`",
            f"- City: {city.pharmacies:,} pharmacies × {city.drugs:,} drugs, "
            f"{city.first_import['rows']:,.0f} rows of prices, {city.questions} questions of each sort",
            f"- Machine: {_processor()}, {cpu_count()} cores, {platform.system()} {platform.machine()}",
            f"- Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}",
        ]
    )


def _processor() -> str:
    """Return what the processor calls itself."""
    known = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.*)$", known.read_text(), re.MULTILINE) if known.is_file() else []
    return names[0] if names else platform.processor()


def _write(report: str) -> None:
    """Put the report between its marks in the document."""
    text = DOCUMENT.read_text("utf-8")
    if not BETWEEN.search(text):
        raise SystemExit(f"{DOCUMENT} has no marks to write between")
    DOCUMENT.write_text(BETWEEN.sub(lambda _: f"\n{report}\n", text), "utf-8")
    say(f"Written into {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
