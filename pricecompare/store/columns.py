"""New rows of a table given column by column, and as the bytes in which PostgreSQL takes them fastest."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
"""What stands before and after all rows (PostgreSQL, COPY, "Binary Format")."""

NULL = -1
"""The length of a value that is not there."""


class Words(NamedTuple):
    """A column of text in which few different words stand: `at` says which of `words` each row has."""

    words: tuple[str, ...]
    at: NDArray[np.integer[Any]]

    def __len__(self) -> int:
        return len(self.at)

    def tolist(self) -> list[str]:
        """Return the word of each row."""
        return np.array(self.words, object)[self.at].tolist()


class Perhaps(NamedTuple):
    """A column of whole numbers of which only those count that are `there`; the others are null."""

    numbers: NDArray[np.integer[Any]]
    there: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.numbers)

    def tolist(self) -> list[int | None]:
        """Return the number of each row."""
        found = self.numbers.astype(object)
        found[~self.there] = None
        return found.tolist()


Column = NDArray[np.integer[Any]] | Perhaps | Words
"""Whole numbers, or words."""

Columns = Mapping[str, Column]
"""Columns of one length, by name."""


def flat(columns: Columns) -> list[Any]:
    """Return the values of all rows, one row after the other.

    >>> flat({"id": np.array([7, 9]), "kind": Words(("a", "b"), np.array([1, 0]))})
    [7, 'b', 9, 'a']
    """
    width = len(columns)
    values: list[Any] = [None] * (width * rows_of(columns))
    for at, column in enumerate(columns.values()):
        values[at::width] = column.tolist()
    return values


def rows_of(columns: Columns) -> int:
    """Return how many rows there are."""
    return len(next(iter(columns.values())))


def copied(columns: Columns) -> bytes:
    """Return rows as a binary COPY wants them, without what stands before and after all: numbers are BIGINT.

    Each row is how many values it has, then each value with its length before it.
    """
    parts = [("n", ">i2"), *(part for at, column in enumerate(columns.values()) for part in _parts(at, column))]
    rows = np.zeros(rows_of(columns), np.dtype(parts))
    rows["n"] = len(columns)
    kept = [_filled(rows, at, column) for at, column in enumerate(columns.values())]
    if all(one is None for one in kept):
        return rows.tobytes()
    there = np.ones((len(rows), rows.itemsize), bool)
    for at, width in enumerate(kept):
        if width is not None:
            dtype, start = rows.dtype.fields[f"value{at}"][:2]  # type: ignore[index]
            there[:, start : start + dtype.itemsize] = np.arange(dtype.itemsize) < width[:, None]
    return rows.view(np.uint8).reshape(there.shape)[there].tobytes()


def _parts(at: int, column: Column) -> Iterable[tuple[str, str]]:
    """Yield the length and the value of one column, as wide as any row needs it."""
    longest = max(map(len, _bytes(column.words))) if isinstance(column, Words) else 0
    yield f"length{at}", ">i4"
    yield f"value{at}", f"S{longest}" if longest else ">i8"


def _filled(rows: NDArray[np.void], at: int, column: Column) -> NDArray[np.integer[Any]] | None:
    """Put one column into rows; return how many bytes of its value count, None where all do."""
    if isinstance(column, Words):
        words = _bytes(column.words)
        rows[f"value{at}"] = np.array(words)[column.at]
        lengths = np.array([*map(len, words)])[column.at]
        rows[f"length{at}"] = lengths
        return lengths
    rows[f"length{at}"] = 8
    if not isinstance(column, Perhaps):
        rows[f"value{at}"] = column
        return None
    rows[f"value{at}"] = column.numbers
    rows[f"length{at}"][~column.there] = NULL
    return np.where(column.there, 8, 0)


def _bytes(words: Iterable[str]) -> list[bytes]:
    return [word.encode() for word in words]


def pieces(columns: Columns, most: int) -> Iterator[Columns]:
    """Yield columns in pieces of at most `most` rows."""
    for start in range(0, rows_of(columns), most):
        yield {name: _cut(column, slice(start, start + most)) for name, column in columns.items()}


def _cut(column: Column, here: slice) -> Column:
    if isinstance(column, Words):
        return Words(column.words, column.at[here])
    return Perhaps(column.numbers[here], column.there[here]) if isinstance(column, Perhaps) else column[here]
