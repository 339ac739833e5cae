"""Which layout a file seems to be written in."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pricecompare.errors import Reason, Unreadable
from pricecompare.files.read import Row, table
from pricecompare.schemas.checking import Check
from pricecompare.schemas.headers import columns_of, places, plain, read_of
from pricecompare.schemas.layouts import Layout
from pricecompare.schemas.rows import ROWS
from pricecompare.services.desk import Desk
from pricecompare.services.uploads.layouts import layouts

LOOKED_AT = 200
"""Rows from the top of a file that are checked."""

STANDING_IN = {
    "observed_at": "2000-01-01", "month": "2000-01", "datum": "wgs84", "region": "national", "since": "2000-01-01",
}  # fmt: skip
"""What is declared, only to look at a file, for what its sender may say beside it."""

UNDECLARED = 0.9
"""What a value costs that the file does not tell and its sender has to."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """How well a layout fits a file, from 0 to 1, and why.

    `matched` are the file's columns that it uses, `extra` those it passes over, `missing` what it needs and the file
    lacks; a file with something missing can be taken only if its sender declares that.
    """

    layout: Layout
    score: float
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    why: Reason


@dataclass(frozen=True, slots=True)
class _Sample:
    """The columns and first rows of a file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def detect(desk: Desk, path: Path, *, encoding: str | None = None) -> list[Proposal]:
    """Return the newest layout of each name with how well it fits the file, best first; of equals the most explicit.

    Raises Unreadable when no layout can make anything of the file.
    """
    newest = {one.layout.name: one.layout for one in reversed(layouts(desk))}
    samples: dict[Any, _Sample | Unreadable] = {}
    for one in newest.values():
        if _way(one) not in samples:
            samples[_way(one)] = _sampled(path, encoding, one)
    faults = [one for one in samples.values() if isinstance(one, Unreadable)]
    if len(faults) == len(samples):
        raise faults[0]
    found = [(_proposal(one, samples[_way(one)]), one) for one in newest.values()]
    return [proposal for proposal, _ in sorted(found, key=lambda pair: (-pair[0].score, -_explicit(*pair)))]


def _way(layout: Layout) -> tuple[Any, ...]:
    """Return all of a layout that decides how a file is read: those alike need only one look at it."""
    dropping = (layout.name, layout.version) if layout.drop else ()
    return layout.format, layout.encoding, layout.separator, layout.quotes, layout.title_lines, dropping


def _sampled(path: Path, encoding: str | None, layout: Layout) -> _Sample | Unreadable:
    try:
        found = table(path, encoding=encoding, layout=layout)
        return _Sample(found.columns, tuple(islice(found.rows, LOOKED_AT)))
    except Unreadable as error:
        return error


def _proposal(layout: Layout, sample: _Sample | Unreadable) -> Proposal:
    if isinstance(sample, Unreadable):
        why = Reason.of("layout_unfit", reason=sample.reason.en, reason_zh=sample.reason.zh)
        return Proposal(layout, 0.0, (), (), (), why)
    matched, missing, declarable = _columns(layout, sample.columns)
    extra = tuple(column for column in sample.columns if column and column not in matched)
    overlap = len(matched) / max(len(matched) + len(extra), 1)
    if missing:
        why = Reason.of("layout_lacks", missing=", ".join((*missing, *declarable)))
        score = 0.5 * overlap * len(matched) / (len(matched) + len(missing))
        return Proposal(layout, round(score, 3), matched, (*missing, *declarable), extra, why)
    passed = _passed(layout, sample, declarable)
    why = Reason.of("layout_fits", passed=passed, looked=len(sample.rows))
    if declarable:
        why = Reason.of("layout_lacks", missing=", ".join(declarable))
    score = passed / len(sample.rows) * (0.6 + 0.4 * overlap) * UNDECLARED ** len(declarable)
    return Proposal(layout, round(score, 3), matched, declarable, extra, why)


def _columns(layout: Layout, columns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the file's columns that a layout uses, what is missing, and what of that may be declared."""
    schema = ROWS[layout.what]()
    there = columns_of(schema, columns, dict(layout.headers) | dict.fromkeys(layout.given, ()))
    where = places(columns)
    used = {*there.values(), *(where[plain(column)] for column in layout.needed if plain(column) in where)}
    lacking = [
        name
        for name, field in schema.fields.items()
        if (field.required or name in schema.telling) and name not in layout.given
    ]
    lacking = [name for name in lacking if name not in there and not (name == "kind" and layout.kind)]
    wanted = {
        name: " | ".join(layout.headers.get(name) or read_of(schema.fields[name]).headers[:1]) for name in lacking
    }
    absent = [column for column in layout.needed if plain(column) not in where]
    missing = [wanted[name] for name in lacking if name not in schema.declared]
    declarable = [wanted[name] for name in lacking if name in schema.declared]
    return tuple(columns[at] for at in sorted(used)), tuple(dict.fromkeys(missing + absent)), tuple(declarable)


def _passed(layout: Layout, sample: _Sample, declarable: Iterable[str]) -> int:
    """Return how many of the rows looked at are not refused."""
    schema = ROWS[layout.what]()
    declared = {name: STANDING_IN[name] for name in schema.declared} if declarable else {}
    check = Check(schema, sample.columns, declared, layout)
    for row, cells in sample.rows:
        check.values(row, cells)
    return len(sample.rows) - check.refused


def _explicit(proposal: Proposal, layout: Layout) -> int:
    """Return how many of the columns matched a layout names itself."""
    named = {plain(name) for names in layout.headers.values() for name in names} | set(map(plain, layout.needed))
    return sum(plain(column) in named for column in proposal.matched)
