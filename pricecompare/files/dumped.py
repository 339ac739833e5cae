"""Large tables written batch by batch for programs: CSV in gzip, and Parquet; the same rows are the same bytes."""

import gzip
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO, Protocol

from pricecompare.errors import Unusable
from pricecompare.files.typed import shown
from pricecompare.files.write import csv_lines, shielded
from pricecompare.models.listing import Column

LEVEL = 6
"""How hard gzip tries: a tenth larger than its best, in a third of the time."""

Batch = Sequence[Sequence[Any]]


class Writer(Protocol):
    """Writes the rows of one table to a file."""

    def write(self, rows: Batch) -> None:
        """Add some rows, each as long as there are columns."""

    def close(self) -> None:
        """Finish the file; without it there is none."""


class Csv:
    """CSV in gzip: UTF-8 without a mark, names of columns first, money in yuan, instants ISO 8601 in China's time.

    A text that a spreadsheet would run has an apostrophe in front, as in every file of ours.
    """

    def __init__(self, target: BinaryIO, columns: Sequence[Column]):
        self._columns = columns
        # Neither a name nor a time: the same rows are the same bytes.
        self._file = gzip.GzipFile("", "wb", LEVEL, target, mtime=0)
        self._put(csv_lines([column.name for column in columns], [], bom=False))

    def write(self, rows: Batch) -> None:
        """Add some rows."""
        cells = (list(map(_cell, self._columns, row)) for row in rows)
        # The first line of a table is that of its columns, which stands there already.
        lines = csv_lines([], cells, bom=False)
        next(lines)
        self._put(lines)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _put(self, lines: Any) -> None:
        self._file.write("".join(lines).encode("utf-8", "replace"))


def _cell(column: Column, value: Any) -> Any:
    if column.type in ("text", "code"):
        return shielded(value)
    return int(value) if isinstance(value, bool) else shown(column, value)


class Parquet:
    """Parquet: money as decimals of yuan, instants UTC, a row group for each batch. Raises Unusable without pyarrow."""

    def __init__(self, target: BinaryIO, columns: Sequence[Column]):
        try:
            # An extra: nobody needs it who hands out no Parquet.
            import pyarrow
            from pyarrow import parquet
        except ImportError:
            raise Unusable("no_parquet") from None
        self._arrow, self._columns = pyarrow, columns
        self._schema = pyarrow.schema([(column.name, _type(pyarrow, column.type)) for column in columns])
        self._file = parquet.ParquetWriter(target, self._schema, compression="zstd")

    def write(self, rows: Batch) -> None:
        """Add some rows."""
        cells = zip(*rows, strict=True)
        values = (list(map(_value(column.type), these)) for column, these in zip(self._columns, cells, strict=True))
        arrays = [self._arrow.array(one, field.type) for one, field in zip(values, self._schema, strict=True)]
        self._file.write_batch(self._arrow.record_batch(arrays, schema=self._schema))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def _type(arrow: Any, type: str) -> Any:
    """Return what a kind of column is in Parquet."""
    return {
        "integer": arrow.int64(),
        "money": arrow.decimal128(14, 2),
        "ratio": arrow.float64(),
        "truth": arrow.bool_(),
        "moment": arrow.timestamp("s", tz="UTC"),
        "day": arrow.date32(),
    }.get(type, arrow.string())


def _value(type: str) -> Callable[[Any], Any]:
    """Return what makes a value one of Parquet."""
    made: dict[str, Callable[[Any], Any]] = {
        "money": lambda fen: None if fen is None else Decimal(fen).scaleb(-2),
        "day": lambda day: None if day is None else date.fromisoformat(day),
    }
    return made.get(type, lambda value: value)


WRITERS: dict[str, Callable[[BinaryIO, Sequence[Column]], Writer]] = {"csv.gz": Csv, "parquet": Parquet}
MEDIA = {"csv.gz": "application/gzip", "parquet": "application/vnd.apache.parquet"}
