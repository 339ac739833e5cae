"""Rows of a JSON file, a list of objects or {"rows": [...]}, parsed object by object however large the file is."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn, TextIO

from pricecompare.errors import Unreadable
from pricecompare.files.tables import Limits, Row, Table, column_names, is_filled
from pricecompare.files.text import Text, text

PIECE = 1 << 20
BLANK = re.compile(r"[ \t\r\n]*")
SURROGATE = re.compile("[\ud800-\udfff]")


def table(path: Path, *, encoding: str | None, limits: Limits) -> Table:
    """Return the table in the JSON file `path`: columns in order of first appearance, rows numbered from 1.

    The file is parsed twice, first to check all of it and to know its columns; neither pass holds more than a piece.
    """
    source = text(path, encoding=encoding, longest_line=None)
    names = _names(source, limits)
    rows = _rows(source, names, limits)
    first = next(rows, None)
    if first is None:
        raise Unreadable("no_rows")
    return Table(column_names(names, limits), chain([first], rows))


def _names(source: Text, limits: Limits) -> list[str]:
    names: dict[str, None] = {}
    for number, record in enumerate(_records(source, limits), 1):
        _refuse_ill_formed(record, number)
        names.update(dict.fromkeys(name for name, _ in record))
        if len(names) > limits.columns:
            raise Unreadable("too_many_columns", found=len(names), limit=limits.columns)
    return list(names)


def _refuse_ill_formed(record: Any, number: int) -> None:
    """Raise Unreadable unless `record`, parsed with objects as tuples of pairs, is a flat object of storable values."""
    if not isinstance(record, tuple):
        raise Unreadable("not_an_object", row=number)
    if len(dict(record)) < len(record):
        raise Unreadable("duplicate_keys", row=number)
    for name, value in record:
        if isinstance(value, tuple | list):
            raise Unreadable("nested_value", row=number, value=name)
        for written in (name, value):
            if isinstance(written, str) and ("\0" in written or not written.isascii() and SURROGATE.search(written)):
                raise Unreadable("bad_character", row=number)


def _rows(source: Text, names: list[str], limits: Limits) -> Iterator[Row]:
    for number, record in enumerate(_records(source, limits), 1):
        values = dict(record)
        if any(map(is_filled, values.values())):
            yield number, tuple([values.get(name, "") for name in names])


def _records(source: Text, limits: Limits) -> Iterator[Any]:
    with source.opened() as file:
        stream = _Stream(file, limits.record)
        if stream.next_character() == "{":
            yield from _list_called_rows(stream)
        else:
            yield from _list(stream)
        if stream.next_character():
            stream.refuse()


def _list(stream: "_Stream") -> Iterator[Any]:
    stream.take("[")
    if stream.next_character() == "]":
        stream.take("]")
        return
    yield stream.value()
    while stream.take(",]") == ",":
        yield stream.value()


def _list_called_rows(stream: "_Stream") -> Iterator[Any]:
    seen = set()
    stream.take("{")
    while True:
        name = stream.value()
        if not isinstance(name, str) or name in seen:
            stream.refuse()
        seen.add(name)
        stream.take(":")
        if name == "rows":
            yield from _list(stream)
        else:
            stream.value()
        if stream.take(",}") == "}":
            break
    if "rows" not in seen:
        raise Unreadable("no_list")


class _Stream:
    """JSON text as values and single characters; it holds one piece of the file and the value being read."""

    def __init__(self, file: TextIO, longest: int):
        self._file = file
        self._longest = longest
        self._held = ""
        self._at = 0
        self._line = 1

    def next_character(self) -> str:
        """Return the next character that is not blank, without taking it; "" at the end."""
        while True:
            self._at = BLANK.match(self._held, self._at).end()  # type: ignore[union-attr]
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def take(self, expected: str) -> str:
        """Take the next character, which must be in `expected`."""
        character = self.next_character()
        if not character or character not in expected:
            self.refuse()
        self._at += 1
        return character

    def value(self) -> Any:
        """Take the next value; objects are tuples of (name, value), so that no name is lost."""
        self.next_character()
        while True:
            try:
                value, end = DECODER.raw_decode(self._held, self._at)
            except RecursionError:
                self.refuse()
            except ValueError as error:
                if len(self._held) - self._at > self._longest or not self._more():
                    self.refuse(getattr(error, "pos", None))
            else:
                # A number may go on in the next piece.
                if end < len(self._held) or not self._more():
                    self._at = end
                    return value

    def refuse(self, at: int | None = None) -> NoReturn:
        """Raise Unreadable with the line of position `at`, or of the next character."""
        raise Unreadable("bad_json", line=self._line + self._held.count("\n", 0, self._at if at is None else at))

    def _more(self) -> bool:
        piece = self._file.read(PIECE)
        self._line += self._held.count("\n", 0, self._at)
        self._held = self._held[self._at :] + piece
        self._at = 0
        return bool(piece)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=_no_constant)
