"""Rows of a file sifted by their check: those with the right shape, and those that were refused."""

from collections.abc import Iterator
from typing import Any

from pricecompare.models import Finding
from pricecompare.schemas.checking import Cells, Check


def checked(check: Check, rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, list[Any]]]:
    """Yield (row number, values) of every row that has the right shape."""
    for row, cells in rows:
        values = check.values(row, cells)
        if values is not None:
            yield row, values


def refused_rows(check: Check, rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells, list[Finding]]]:
    """Yield (row number, cells, every error) of the rows that `check` refused.

    `rows` are those of the same file, read again with the same layout once everything about it has been found.
    """
    for row, cells in rows:
        if check.is_refused(row):
            yield row, cells, check.again(row, cells)
