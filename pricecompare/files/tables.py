"""What every table file becomes: its column names, then its rows one by one, within stated limits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from pricecompare.errors import Unreadable
from pricecompare.schemas.layout import Layout

Cell = str | int | float | bool | date | None
Row = tuple[int, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask of the machine: a file above one of these is refused as a whole.

    `record` counts characters of one CSV record or one JSON object (and is never above `csv.field_size_limit()`),
    `cells` is width times height of a sheet, `zip_ratio` is how often larger an unpacked file may be than the packed
    one once it is above `zip_free_bytes`; a workbook unpacks to at most `zip_bytes`, any other to `file_bytes`.
    `office_bytes` is the memory that reading an .xls or .ods file may take, in a process of its own.
    """

    file_bytes: int = 4 << 30
    record: int = 131_072
    columns: int = 1000
    cells: int = 20_000_000
    zip_bytes: int = 1 << 30
    zip_free_bytes: int = 10 << 20
    zip_ratio: int = 200
    office_bytes: int = 1 << 30


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written, so that rows of it can be written back alike.

    `format` is csv, json or sheet; `marked` says whether a byte order mark comes first, `quoted` whether a quotation
    mark means anything; `titles` are the lines above the header.
    """

    format: str = "csv"
    encoding: str = "utf-8"
    marked: bool = False
    separator: str = ","
    quoted: bool = True
    titles: tuple[str, ...] = ()


class Block(NamedTuple):
    """Rows that follow each other: column by column where each row has one cell per column, else `cells` alone."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[Any]] | None
    cells: Sequence[tuple[Any, ...]] | None = None

    @property
    def rows(self) -> Iterator[Row]:
        """The same one by one."""
        return zip(
            self.numbers, zip(*self.columns or (), strict=True) if self.cells is None else self.cells, strict=True
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Column names as written (stripped), and the rows below them as (row number, cells), read while iterating.

    Every row has one cell per column or more: a short row is filled up with "", empty cells beyond the last column are
    cut, and a row that is still longer is given as it is, so that the caller can refuse it (`too_many_cells`).
    Blank rows are left out. A column without a name is "". `quickly`, where there is one, gives the same rows anew.
    """

    columns: tuple[str, ...]
    rows: Iterator[Row]
    form: Form = Form()
    quickly: Callable[[], Iterator[Block]] | None = None

    def blocks(self, most: int) -> Iterator[Block]:
        """Yield the rows many at a time: of `rows` up to `most`, otherwise as many as are read together."""
        if self.quickly:
            yield from self.quickly()
            return
        while these := list(islice(self.rows, most)):
            yield block(these, len(self.columns))


def block(rows: Sequence[Row], width: int) -> Block:
    """Return rows (at least one) as a block of a table with `width` columns."""
    numbers, cells = zip(*rows, strict=True)
    full = set(map(len, cells)) == {width}
    return Block(numbers, list(zip(*cells, strict=True)) if full else None, cells)


def column_names(header: Iterable[object], limits: Limits, layout: Layout) -> tuple[str, ...]:
    """Return the names in `header`, stripped; too many, or one name twice, is Unreadable."""
    names = tuple(str(name).strip() for name in header)
    if len(names) > limits.columns:
        raise Unreadable("too_many_columns", found=len(names), limit=limits.columns)
    named = [name for name in names if name]
    for name in dict.fromkeys(named):
        if named.count(name) > 1:
            # Where the header is missing these may be people: what the layout drops is not repeated.
            raise Unreadable("duplicate_columns", value="…" if layout.drops(name) else name)
    return names


def is_filled(cell: object) -> bool:
    """Say whether something is written in `cell`: zero is, white space and None are not.

    >>> [is_filled(cell) for cell in (0, False, "a", "", " ", None)]
    [True, True, True, False, False, False]
    """
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def fitted(cells: Sequence[Any], width: int) -> tuple[Any, ...]:
    """Return `cells` filled up with "" to `width`, or cut to it where only empty cells are lost.

    >>> fitted(["a"], 2), fitted(["a", "b", " "], 2), fitted(["a", "b", "c"], 2)
    (('a', ''), ('a', 'b'), ('a', 'b', 'c'))
    """
    if len(cells) > width and not any(map(is_filled, cells[width:])):
        cells = cells[:width]
    return (*cells, *[""] * (width - len(cells)))
