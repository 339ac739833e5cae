"""Values of one column that were read before."""

from collections.abc import Sequence
from typing import Any

from marshmallow import missing

from pricecompare.errors import Invalid
from pricecompare.schemas.reading import Reader
from pricecompare.schemas.values import Read


class Memory(dict[Any, Any]):
    """Values by the cell they were read from; what cannot be read is not kept.

    `blank` is what stands for a blank cell, marshmallow's `missing` where nothing does.
    """

    def __init__(self, field: Read, read: Reader, blank: Any):
        self.field = field
        self.reader = read
        self.blank = blank
        self.most = 200_000

    @property
    def plain(self) -> bool:
        """Whether cells are read as the field reads them, whatever the layout."""
        return self.reader is self.field.read

    def learn(self, cells: Sequence[Any]) -> None:
        """Read the cells not seen before together, where the field can do that and each is plainly written."""
        if self.field.many is None or not self.plain:
            return
        new = [*set(cells).difference(self)]
        if len(self) + len(new) <= self.most and (values := self.field.many(new)) is not None:
            self.update(zip(new, values, strict=True))

    def __missing__(self, cell: Any) -> Any:
        value = self.read(cell)
        if len(self) < self.most and isinstance(cell, str):
            self[cell] = value
        return value

    def read(self, cell: Any) -> Any:
        """Return the value of a cell that need not have been seen before."""
        if cell is not None and not (isinstance(cell, str) and not cell.strip()):
            return self.reader(cell)
        if self.blank is missing:
            raise Invalid("missing_value")
        return self.blank
