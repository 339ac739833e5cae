"""Rows of a file checked against their shape, fast: a value seen before is not read again."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import missing

from pricecompare.errors import Invalid, Reason, Unreadable
from pricecompare.models import Finding
from pricecompare.schemas.arranging import Cells, arrangement
from pricecompare.schemas.findings import Findings
from pricecompare.schemas.footers import is_footer
from pricecompare.schemas.headers import called, columns_of, read_of
from pricecompare.schemas.layout import PLAIN, Layout
from pricecompare.schemas.memory import Memory
from pricecompare.schemas.notes import Notes
from pricecompare.schemas.reading import reader
from pricecompare.schemas.rows import Row
from pricecompare.schemas.templates import written
from pricecompare.schemas.values import Read

__all__ = ["Cells", "Check", "columns_of"]

Columns = Sequence[Sequence[Any]]


class Check(Findings):
    """The check of one file: gives the values of a row in the order of the schema's fields, or its findings.

    `columns` says which values the file tells, `filtered` counts the rows that the layout passes over.
    """

    def __init__(self, schema: Row, header: Sequence[str], declared: Mapping[str, str], layout: Layout | None = None):
        """Raise Unreadable when a column that every row needs is missing and not `declared` for the whole file."""
        self.layout = layout or PLAIN
        self.names = list(schema.fields)
        self.header = header
        self._width = len(header)
        self._forget()
        self._notes = Notes()
        fields = {name: read_of(field) for name, field in schema.fields.items()}
        self._arranged = arrangement(schema, header, _without(self.layout, declared))
        self.columns, self.titles = self._arranged.columns, self._arranged.titles
        self._constants = self._defaults(fields, declared)
        self._refuse_missing(fields)
        self._memories = [self._memory(name, field) for name, field in fields.items()]
        self._of_name = dict(zip(self.names, self._memories, strict=True))
        self._given = [(memory, self.columns[name]) for name, memory in self._of_name.items() if name in self.columns]
        self._doubtful = any(field.doubt for field in fields.values())
        self._careful = self._doubtful or self._arranged.works
        self._rest = {name: memory.blank for name, memory in self._of_name.items() if name not in self.columns}
        self._in_order = not self._rest

    def _defaults(self, fields: Mapping[str, Read], declared: Mapping[str, str]) -> dict[str, Any]:
        """Return what stands where no column says it: of the layout, or of who sends this file."""
        said = {name: value for name, value in (("kind", self.layout.kind), ("datum", self.layout.datum)) if value}
        return {name: fields[name].read(value) for name, value in (said | dict(declared)).items()}

    def _memory(self, name: str, field: Read) -> Memory:
        words = self.layout.values.get(name, {})
        blank = field.read(words[""]) if "" in words else self._constants.get(name, field.blank)
        return Memory(field, reader(field, self._arranged.layout, name), blank)

    def _refuse_missing(self, fields: Mapping[str, Read]) -> None:
        absent = [
            " | ".join(self.layout.headers.get(name) or (called(field),))
            for name, field in fields.items()
            if field.required and name not in self.columns and name not in self._constants
        ]
        if absent:
            raise Unreadable("missing_columns", columns=", ".join(absent), found=", ".join(self.header)[:300])

    def values(self, row: int, cells: Cells) -> list[Any] | None:
        """Return the row's values in the order of `names`.

        None when it is refused, which `findings` then explain, or passed over, which `filtered` counts.
        """
        self.rows += 1
        if self._careful or len(cells) != self._width:
            return self._carefully(row, cells)
        try:
            given = [memory[cells[position]] for memory, position in self._given]
        except Invalid:
            return self._slowly(row, cells)
        return given if self._in_order else self._completed(given)

    def together(self, columns: Columns, ids: Mapping[str, Mapping[str, int]]) -> list[list[Any]] | None:
        """Return the values of many full rows, given column by column, in the order of `names`; count no row.

        `ids` has, by name, what to return instead of values (None for others). None when one row must be looked at by
        itself: row by row costs five times as much.
        """
        if self._careful:
            return None
        try:
            return [self._column(name, columns, ids.get(name)) for name in self.names]
        except Invalid:
            return None

    def _column(self, name: str, columns: Columns, ids: Mapping[str, int] | None) -> list[Any]:
        if name in self._rest:
            value = self._rest[name] if ids is None else ids.get(self._rest[name])
            return [value] * len(columns[0])
        cells, memory = columns[self.columns[name]], self._of_name[name]
        if ids is None:
            memory.learn(cells)
            return [*map(memory.__getitem__, cells)]
        # What is registered is spelt as reading would spell it, and need not be read where nothing else is done to it.
        if memory.plain and None not in (found := [*map(ids.get, cells)]):
            return found
        return [ids.get(memory[cell]) for cell in cells]

    def _completed(self, given: list[Any]) -> list[Any]:
        rest = iter(given)
        return [self._rest[name] if name in self._rest else next(rest) for name in self.names]

    def _carefully(self, row: int, cells: Cells) -> list[Any] | None:
        """Return the values of a row that is not as long as the header, or that something must be done to."""
        arranged = self._arranged
        fitting = self._fitting(row, cells)
        if fitting is None:
            return None
        if not arranged.passes(fitting):
            self.filtered += 1
            return None
        before, wrong = self.errors, [*arranged.wrong(fitting)]
        if wrong and self._passed_as_footer(row, arranged.extended(fitting)):
            return None
        for column, code, values, cell in wrong:
            self._tell(row, column, "error", Reason.of(code, **values), cell)
        whole = arranged.extended(fitting)
        if self._doubtful or self.errors > before:
            found = self._slowly(row, whole)
            return None if self.errors > before else found
        try:
            given = [memory[whole[position]] for memory, position in self._given]
        except Invalid:
            return self._slowly(row, whole)
        return given if self._in_order else self._completed(given)

    def _fitting(self, row: int, cells: Cells) -> Cells | None:
        """Return a row as long as the header, its surplus joined where that is sure to be right; else refuse it."""
        if len(cells) == self._width:
            return cells
        if len(cells) < self._width:
            self._tell(row, "", "error", Reason.of("row_withheld"))
            return None
        counts = {"found": len(cells), "wanted": self._width}
        mended = self._arranged.mended(cells, self._width)
        if len(mended) == self._width and self._is_sound(mended):
            reason = Reason.of("surplus_joined", column=self.layout.surplus, **counts)
            self._tell(row, self.layout.surplus, "warning", reason, mended[self._arranged.surplus])
            return mended
        self._tell(row, "", "error", Reason.of("too_many_cells", **counts), self._arranged.named(cells))
        return None

    def _is_sound(self, cells: Cells) -> bool:
        """Say whether nothing at all is wrong or doubtful with a row."""
        if any(self._arranged.wrong(cells)):
            return False
        whole = self._arranged.extended(cells)
        try:
            for memory, position in self._given:
                memory.read(whole[position])
        except Invalid:
            return False
        return True

    def _slowly(self, row: int, cells: Cells) -> list[Any] | None:
        """Read every value of a row, so that all its errors and doubts are told at once."""
        if self._passed_as_footer(row, cells):
            return None
        before = self.errors
        values = [self._one(row, name, memory, cells) for name, memory in zip(self.names, self._memories, strict=True)]
        return None if self.errors > before else values

    def _passed_as_footer(self, row: int, cells: Cells) -> bool:
        """Refuse a line under the table with the one thing there is to say of it; say whether it is one."""
        if found := self.is_footer(cells):
            self._tell(row, "", "error", Reason.of("footer_line"), next(filter(written, cells)))
        return found

    def is_footer(self, cells: Cells) -> bool:
        """Say whether a row is a line under the table, which lacks what every row needs."""
        if len(cells) < self._width:
            return False
        ours = [(memory, cells[position]) for memory, position in self._given if position < len(cells)]
        lacks = any(memory.blank is missing and not written(cell) for memory, cell in ours)
        return lacks and is_footer(cells, [cell for _, cell in ours])

    def _one(self, row: int, name: str, memory: Memory, cells: Cells) -> Any:
        if name in self._rest:
            return self._rest[name]
        cell = cells[self.columns[name]]
        try:
            return memory.read(cell)
        except Invalid as error:
            self._tell(row, name, "warning" if memory.field.doubt else "error", error.reason, cell)
            return memory.field.doubted(cell)

    def value(self, name: str, cells: Cells) -> Any:
        """Return what a row says of one thing, though it may be refused; None where that cannot be read."""
        if name in self._rest:
            return self._rest[name]
        if len(cells) != self._width:
            return None
        try:
            return self._memories[self.names.index(name)].read(self._arranged.extended(cells)[self.columns[name]])
        except Invalid:
            return None

    def knows(self, name: str) -> bool:
        """Say whether a value has a column or was declared for the whole file."""
        return name in self.columns or name in self._constants

    def again(self, row: int, cells: Cells) -> list[Finding]:
        """Return every error of a row that was checked before, in its shape and noted since; nothing is counted."""
        shadow = copy.copy(self)
        shadow._forget()
        shadow.values(row, cells)
        return [one for one in shadow.findings if one.severity == "error"] + self._notes.of(row)


def _without(layout: Layout, declared: Mapping[str, str]) -> Layout:
    """Return the layout without what is said otherwise for this one file."""
    said = {name: value for name, value in layout.fixed.items() if name not in declared}
    return layout if len(said) == len(layout.fixed) else replace(layout, fixed=said)
