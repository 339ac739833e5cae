"""A table as a layout wants it: without the columns it drops, and without the reasons of an earlier refusal."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pricecompare.errors import Unreadable
from pricecompare.files.tables import Row, Table, is_filled
from pricecompare.files.write import SHIELDED
from pricecompare.schemas.headers import REASONS, plain
from pricecompare.schemas.layout import Layout

RETURNED = tuple(map(plain, REASONS))


def shaped(table: Table, layout: Layout) -> Table:
    """Return `table` as `layout` wants it; Unreadable when it is of another format than the layout's."""
    returned = tuple(map(plain, table.columns[-2:])) == RETURNED
    if layout.format and layout.format != table.form.format and not returned:
        raise Unreadable("wrong_format", wanted=layout.format, found=table.form.format)
    if returned:
        table = replace(table, columns=table.columns[:-2], rows=_without_reasons(table.rows), quickly=None)
    kept = [position for position, name in enumerate(table.columns) if not layout.drops(name)]
    if len(kept) == len(table.columns):
        return table
    rows = _without_dropped(table.rows, kept, len(table.columns))
    return replace(table, columns=tuple(table.columns[position] for position in kept), rows=rows, quickly=None)


def _without_reasons(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield rows of a file that came back without the two last cells; nothing else is left in a row withheld."""
    for number, cells in rows:
        if any(map(is_filled, cells[:-2])) or not cells:
            yield number, tuple(map(_unguarded, cells[:-2]))


def _unguarded(cell: Any) -> Any:
    """Return a cell as it was before it was guarded.

    >>> _unguarded("'=1"), _unguarded("''=1"), _unguarded("'a"), _unguarded(1)
    ('=1', "'=1", "'a", 1)
    """
    return cell[1:] if isinstance(cell, str) and SHIELDED.match(cell) else cell


def _without_dropped(rows: Iterator[Row], kept: list[int], width: int) -> Iterator[Row]:
    """Yield rows without the cells dropped, and () where nobody can say which cell is which."""
    for number, cells in rows:
        yield number, tuple([cells[position] for position in kept]) if len(cells) == width else ()
