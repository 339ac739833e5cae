"""Texts made of columns, such as "P99000{idImpianto:0>6}": names of columns in braces, filled up to a width or not."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from typing import Any

SPEC = re.compile(r"(?:[^{}]?[<>^])?[0-9]{1,2}|")


@dataclass(frozen=True, slots=True)
class Template:
    """Literal texts, each before a column and how it is filled up; the last one is before nothing."""

    parts: tuple[tuple[str, str, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, in order."""
        return tuple(column for _, column, _ in self.parts if column)

    def filler(self, position: Callable[[str], int]) -> Callable[[Sequence[Any]], str]:
        """Return a function that fills the template from the cells of a row; "" where one of them is blank."""
        placed = [(before, position(column) if column else -1, spec) for before, column, spec in self.parts]

        def filled(cells: Sequence[Any]) -> str:
            found = []
            for before, at, spec in placed:
                cell = written(cells[at]) if at >= 0 else ""
                if at >= 0 and not cell:
                    return ""
                found.append(before + (format(cell, spec) if spec else cell))
            return "".join(found)

        return filled


def template(text: str) -> Template:
    """Return the template that `text` is; ValueError for what is none, or names no column.

    What stands in braces is a column's name and nothing else: it is never looked into.

    >>> template("P99000{idImpianto:0>6}").filler(lambda column: 0)(["123"])
    'P99000000123'
    >>> template("{a.b}/{c[0]}").columns
    ('a.b', 'c[0]')
    """
    parts = []
    for before, column, spec, conversion in Formatter().parse(text):
        if conversion or (column is not None and not column.strip()) or not SPEC.fullmatch(spec or ""):
            raise ValueError(text)
        parts.append((before, column or "", spec or ""))
    if not any(column for _, column, _ in parts):
        raise ValueError(text)
    return Template(tuple(parts))


def written(cell: Any) -> str:
    """Return a cell as it is written: without surrounding blanks, numbers without needless decimals or exponents.

    >>> written(" 12 "), written(12.0), written(None), written(12.5), written(1e-06)
    ('12', '12', '', '12.5', '0.000001')
    """
    if isinstance(cell, float) and math.isfinite(cell):
        return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    return "" if cell is None else str(cell).strip()
