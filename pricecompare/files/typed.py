"""Lists written as files: CSV for spreadsheets, JSON for programs; the same rows are the same bytes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import orjson

from pricecompare.calc import days
from pricecompare.calc.money import yuan
from pricecompare.files.write import csv_lines, shielded
from pricecompare.models.listing import Column

Row = Sequence[Any]
WRITERS: dict[str, Callable[[Any], str]] = {"moment": days.iso, "money": yuan}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list to be written: rows are read once, as they are written, and `about` is asked for after the last."""

    title: str
    columns: tuple[Column, ...]
    lang: str
    rows: Iterable[Row]
    about: Callable[[], Mapping[str, Any]]


def shown(column: Column, value: Any) -> Any:
    """Return a value as an answer has it: money as text in yuan, an instant as ISO 8601.

    >>> shown(Column("price", "价格", "Price", "money"), 1250)
    '12.50'
    """
    write = WRITERS.get(column.type)
    return value if value is None or write is None else write(value)


class Lines(Protocol):
    """What lines are written to: a file, or what looks on as they go by."""

    def writelines(self, lines: Iterable[bytes], /) -> None:
        """Write lines one after the other."""


def write_csv(target: Lines, sheet: Sheet) -> None:
    """Write a list as CSV: UTF-8 with the mark by which Excel knows it, no cell that a spreadsheet would run.

    Money is yuan with two decimals, an instant ISO 8601 in China's time, a truth value 1 or 0, None nothing. A text
    that begins like a formula has an apostrophe in front; one that had apostrophes before that has one more.
    """
    headers = [column.header(sheet.lang) for column in sheet.columns]
    target.writelines(line.encode("utf-8", "replace") for line in csv_lines(headers, _cells(sheet), bom=True))


def _cells(sheet: Sheet) -> Iterator[list[Any]]:
    for row in sheet.rows:
        yield [_cell(column, value) for column, value in zip(sheet.columns, row, strict=True)]


def _cell(column: Column, value: Any) -> Any:
    if column.type in ("text", "code"):
        return shielded(value)
    return int(value) if isinstance(value, bool) else shown(column, value)


def write_json(target: BinaryIO, sheet: Sheet) -> None:
    """Write a list as one JSON object: its columns, its rows, each an object on a line of its own, and what it is.

    Money is a number in yuan with two decimals, an instant ISO 8601 in China's time.
    """
    columns = [{"name": one.name, "title": one.header(sheet.lang), "type": one.type} for one in sheet.columns]
    target.write(b'{"title":' + orjson.dumps(sheet.title) + b',"columns":' + orjson.dumps(columns) + b',"rows":[')
    names = [column.name for column in sheet.columns]
    for number, row in enumerate(sheet.rows):
        values = map(_number, sheet.columns, row)
        target.write((b",\n" if number else b"\n") + orjson.dumps(dict(zip(names, values, strict=True))))
    target.write(b'\n],"manifest":' + orjson.dumps(sheet.about()) + b"}\n")


def _number(column: Column, value: Any) -> Any:
    """Return a value for JSON; an amount keeps both decimals, which a float would lose."""
    if column.type == "money" and value is not None:
        return orjson.Fragment(yuan(value))
    return shown(column, value)
