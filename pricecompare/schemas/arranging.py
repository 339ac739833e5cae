"""What a layout does to the rows of one table: which pass, what is added to them, what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pricecompare.errors import Unreadable
from pricecompare.schemas.headers import columns_of, places, plain
from pricecompare.schemas.layout import Filter, Layout, word
from pricecompare.schemas.reading import TIMES
from pricecompare.schemas.rows import Row
from pricecompare.schemas.templates import Template, written

Cells = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A layout fitted to a header.

    `titles` are the names of the file's columns and of those that are made, `columns` says where each field stands
    among them. `works` is whether anything has to be done to a row at all.
    """

    layout: Layout
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    made: tuple[Callable[[Cells], str], ...]
    filters: tuple[tuple[int, Filter], ...]
    expected: tuple[tuple[int, str, frozenset[str]], ...]
    key: tuple[int, ...]
    surplus: int

    @property
    def works(self) -> bool:
        """Say whether a row is not simply read as it stands."""
        return bool(self.made or self.filters or self.expected or self.key)

    def passes(self, cells: Cells) -> bool:
        """Say whether the filters let a row pass."""
        return all((word(cells[at]) in one.words) == one.keep for at, one in self.filters)

    def extended(self, cells: Cells) -> Cells:
        """Return a row with the cells that are made of it."""
        return (*cells, *[make(cells) for make in self.made]) if self.made else cells

    def wrong(self, cells: Cells) -> Iterator[tuple[str, str, dict[str, Any], Any]]:
        """Yield (column, code, values of its text, cell) for each key that is blank and each word not expected."""
        for at in self.key:
            if not written(cells[at]):
                yield self.titles[at], "missing_value", {}, cells[at]
        for at, choices, words in self.expected:
            if word(cells[at]) not in words:
                yield self.titles[at], "bad_choice", {"value": str(cells[at]), "choices": choices}, cells[at]

    def named(self, cells: Cells) -> str:
        """Return what names a row to its sender: what stands in the columns of the key."""
        return " / ".join(written(cells[at]) for at in self.key if at < len(cells))

    def mended(self, cells: Cells, width: int) -> Cells:
        """Return a row that is too long with its surplus joined into the column that may have separators in it."""
        if self.surplus < 0:
            return cells
        end = self.surplus + len(cells) - width + 1
        return (*cells[: self.surplus], self.layout.separator.join(map(str, cells[self.surplus : end])), *cells[end:])


def arrangement(schema: Row, header: Sequence[str], layout: Layout) -> Arrangement:
    """Return `layout` fitted to `header`; Unreadable when a column that the layout works with is not there."""
    where = places(header)
    absent = [column for column in layout.needed if plain(column) not in where]
    if absent:
        raise Unreadable("missing_columns", columns=", ".join(absent), found=", ".join(header)[:300])

    def at(column: str) -> int:
        return where[plain(column)]

    own = {name: names for name, names in layout.headers.items() if name not in layout.given}
    columns = columns_of(schema, header, own | dict.fromkeys(layout.given, ()))
    made = _made(layout)
    columns |= {name: len(header) + position for position, (name, _, _) in enumerate(made)}
    return Arrangement(
        layout,
        (*header, *(title for _, title, _ in made)),
        columns,
        tuple(one.filler(at) for _, _, one in made),
        tuple((at(one.column), one) for one in layout.filters),
        tuple((at(column), ", ".join(sorted(words)), words) for column, words in layout.expect.items()),
        tuple(map(at, layout.key)),
        at(layout.surplus) if layout.surplus else -1,
    )


def _made(layout: Layout) -> list[tuple[str, str, Template]]:
    """Return (field, the name of its column, its template) of every value that no column has by itself."""
    fixed = [(name, name, Template(((value, "", ""),))) for name, value in layout.fixed.items()]
    composed = [(name, "+".join(one.columns), one) for name, one in layout.compose.items()]
    products = [(name, TIMES.join(pair), _product(*pair)) for name, pair in layout.multiply.items()]
    return fixed + composed + products


def _product(price: str, count: str) -> Template:
    return Template((("", price, ""), (TIMES, count, "")))
