"""Rows of a file checked against their shape, fast: a value seen before is not read again."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import missing

from pricecompare.errors import Invalid, Reason, Unreadable
from pricecompare.models import Finding
from pricecompare.schemas.rows import Row
from pricecompare.schemas.values import Read

Cells = Sequence[Any]

MOST_FINDINGS = 100_000
"""How many findings of one file are kept, some 50 MB of them; all beyond are only counted."""


def columns_of(schema: Row, header: Sequence[str]) -> dict[str, int]:
    """Return which column of `header` holds each field: the most telling name a file has, each column once."""
    found = {_plain(column): position for position, column in reversed(list(enumerate(header)))}
    taken: dict[str, int] = {}
    for field_name, field in schema.fields.items():
        for alias in map(_plain, _read(field).headers):
            if alias in found:
                taken[field_name] = found.pop(alias)
                break
    return taken


def _plain(header: str) -> str:
    return "".join(unicodedata.normalize("NFKC", header).lower().split()).replace("_", "").replace("-", "")


def _read(field: Any) -> Read:
    assert isinstance(field, Read)
    return field


class _Memory(dict[Any, Any]):
    """Values by the cell they were read from; what cannot be read is not kept.

    `blank` is what stands for a blank cell, marshmallow's `missing` where nothing does.
    """

    def __init__(self, field: Read, blank: Any):
        self.field = field
        self.blank = blank
        self.most = 200_000

    def __missing__(self, cell: Any) -> Any:
        value = self.read(cell)
        if len(self) < self.most and isinstance(cell, str):
            self[cell] = value
        return value

    def read(self, cell: Any) -> Any:
        """Return the value of a cell that need not have been seen before."""
        if cell is not None and not (isinstance(cell, str) and not cell.strip()):
            return self.field.read(cell)
        if self.blank is missing:
            raise Invalid("missing_value")
        return self.blank


class Check:
    """The check of one file: gives the values of a row in the order of the schema's fields, or its findings."""

    def __init__(self, schema: Row, header: Sequence[str], declared: Mapping[str, str]):
        """Raise Unreadable when a column that every row needs is missing and not `declared` for the whole file."""
        self.names = list(schema.fields)
        self.columns = columns_of(schema, header)
        self.header = header
        self.findings: list[Finding] = []
        self.untold = self.errors = self.warnings = self.rows = 0
        self._refused = bytearray()
        fields = [_read(field) for field in schema.fields.values()]
        self._constants = {name: fields[self.names.index(name)].read(value) for name, value in declared.items()}
        self._refuse_missing(schema)
        self._memories = [
            _Memory(field, self._constants.get(name, field.load_default))
            for name, field in zip(self.names, fields, strict=True)
        ]
        self._positions = [self.columns.get(name, -1) for name in self.names]
        self._given = [pair for pair in zip(self._memories, self._positions, strict=True) if pair[1] >= 0]
        self._doubtful = any(field.doubt for field in fields)
        self._rest = {
            name: memory.blank
            for name, memory in zip(self.names, self._memories, strict=True)
            if name not in self.columns
        }
        self._in_order = not self._rest

    def _refuse_missing(self, schema: Row) -> None:
        absent = [
            _read(field).headers[0]
            for name, field in schema.fields.items()
            if field.required and name not in self.columns and name not in self._constants
        ]
        if absent:
            raise Unreadable("missing_columns", columns=", ".join(absent), found=", ".join(self.header)[:300])

    def values(self, row: int, cells: Cells) -> list[Any] | None:
        """Return the row's values in the order of `names`; None when it is refused, which `findings` then explain."""
        self.rows += 1
        if self._doubtful or len(cells) != len(self.header):
            return self._slowly(row, cells)
        try:
            given = [memory[cells[position]] for memory, position in self._given]
        except Invalid:
            return self._slowly(row, cells)
        return given if self._in_order else self._completed(given)

    def _completed(self, given: list[Any]) -> list[Any]:
        rest = iter(given)
        return [self._rest[name] if name in self._rest else next(rest) for name in self.names]

    def _slowly(self, row: int, cells: Cells) -> list[Any] | None:
        """Read every value of a row, so that all its errors and doubts are told at once."""
        if len(cells) > len(self.header):
            self.find(row, "", "error", Reason.of("too_many_cells", found=len(cells), wanted=len(self.header)))
            return None
        before = self.errors
        values = [self._one(row, name, memory, cells) for name, memory in zip(self.names, self._memories, strict=True)]
        return None if self.errors > before else values

    def _one(self, row: int, name: str, memory: _Memory, cells: Cells) -> Any:
        if name in self._rest:
            return self._rest[name]
        cell = cells[self.columns[name]]
        try:
            return memory.read(cell)
        except Invalid as error:
            self.find(row, name, "warning" if memory.field.doubt else "error", error.reason, cell)
            return memory.field.doubted(cell)

    def knows(self, name: str) -> bool:
        """Say whether a value has a column or was declared for the whole file."""
        return name in self.columns or name in self._constants

    def find(self, row: int, name: str, severity: str, reason: Reason, cell: Any = "") -> None:
        """Note an error or a warning about a row, under the column's name in this file; of very many only count it."""
        if severity == "error":
            self.errors += 1
            self._refuse(row)
        else:
            self.warnings += 1
        if len(self.findings) >= MOST_FINDINGS:
            self.untold += 1
            return
        column = self.header[self.columns[name]] if name in self.columns else name
        self.findings.append(Finding(row, column, severity, reason.code, reason.en, reason.zh, str(cell)[:200]))

    def _refuse(self, row: int) -> None:
        self._refused.extend(bytes(max(0, row + 1 - len(self._refused))))
        self._refused[row] = 1

    @property
    def refused(self) -> int:
        """How many rows have an error: a row may have several."""
        return self._refused.count(1)


def checked(check: Check, rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, list[Any]]]:
    """Yield (row number, values) of every row that has the right shape."""
    for row, cells in rows:
        values = check.values(row, cells)
        if values is not None:
            yield row, values
