"""A layout: what a sender's tables look like, as a value."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pricecompare.schemas.headers import plain, read_of
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.templates import Template

EVERY_OTHER = "*"
"""In `drop`: every column that the layout does not use."""

EXCEL = "excel"
"""In `dates`: days as spreadsheets count them."""

CHINA = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows to keep, or to pass over, by what stands in a column; "" stands for a blank cell."""

    column: str
    words: frozenset[str]
    keep: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sender writes tables of one kind; docs/layouts.md explains every key.

    Fields go by their names in `schemas.rows`, columns by the sender's. `text` is the TOML it was read from.
    """

    name: str = ""
    version: int = 0
    what: str = ""
    title_zh: str = ""
    title_en: str = ""
    format: str = ""
    separator: str = ""
    encoding: str = ""
    quotes: bool = True
    title_lines: int | None = None
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    zone: str = CHINA
    decimal: str = "."
    scale: Decimal = Decimal(1)
    kind: str = ""
    datum: str = ""
    mode: str = "changes"
    fixed: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    compose: Mapping[str, Template] = field(default_factory=dict)
    multiply: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    expect: Mapping[str, frozenset[str]] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    surplus: str = ""
    text: str = field(default="", repr=False)
    _used: frozenset[str] = field(init=False, repr=False, compare=False)
    _dropped: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Know which columns are needed and which are not wanted."""
        object.__setattr__(self, "_used", frozenset(map(plain, (*self.needed, *self._known()))))
        object.__setattr__(self, "_dropped", frozenset(map(plain, self.drop)) - {plain(EVERY_OTHER)})

    @property
    def label(self) -> str:
        """Name and version, as a ledger keeps it."""
        return f"{self.name}@{self.version}"

    @property
    def needed(self) -> tuple[str, ...]:
        """The sender's columns that a table must have for this layout to mean anything."""
        made = (column for one in self.compose.values() for column in one.columns)
        factors = (column for pair in self.multiply.values() for column in pair)
        watched = (one.column for one in self.filters)
        surplus = (self.surplus,) if self.surplus else ()
        return tuple(dict.fromkeys((*made, *factors, *watched, *self.expect, *self.key, *surplus)))

    @property
    def given(self) -> frozenset[str]:
        """Fields that have no column of their own."""
        return frozenset((*self.fixed, *self.compose, *self.multiply))

    def _known(self) -> Iterable[str]:
        """Yield the names of columns that hold a field by themselves."""
        schema = ROWS[self.what]().fields if self.what else {}
        for name, one in schema.items():
            if name not in self.given:
                yield from self.headers.get(name, read_of(one).headers)

    def drops(self, column: str) -> bool:
        """Say whether a column is to leave no trace."""
        if not self.drop:
            return False
        name = plain(column)
        return name in self._dropped or EVERY_OTHER in self.drop and name not in self._used


PLAIN = Layout()
"""No layout at all: everything as it is."""


def word(cell: Any) -> str:
    """Return a cell as words are compared: NFKC, without surrounding blanks, in small letters.

    >>> word(" Ｐ "), word(None), word(1)
    ('p', '', '1')
    """
    return unicodedata.normalize("NFKC", "" if cell is None else str(cell)).strip().lower()
