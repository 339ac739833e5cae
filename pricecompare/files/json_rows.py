"""Rows of a JSON file, a list of objects, {"rows": [...]} or one object after the other, parsed object by object."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NoReturn, TextIO

from pricecompare.errors import Unreadable
from pricecompare.files.source import Source
from pricecompare.files.tables import Form, Limits, Row, Table, column_names, is_filled
from pricecompare.files.text import Text, text
from pricecompare.schemas.headers import REASONS, plain
from pricecompare.schemas.layout import PLAIN, Layout

PIECE = 1 << 20
BLANK = re.compile(r"[ \t\r\n]*")
SURROGATE = re.compile("[\ud800-\udfff]")
RETURNED = tuple(map(plain, REASONS))

Record = tuple[tuple[str, Any], ...]


def table(source: Source, *, encoding: str | None, limits: Limits, layout: Layout = PLAIN) -> Table:
    """Return the table in the JSON file `source`: columns in order of first appearance.

    Objects of a list are numbered from 1, objects one after the other by the line they start in. The file is parsed
    twice, first to check all of it and to know its columns; neither pass holds more than a piece. What the layout
    drops is gone before anything else is looked at.
    """
    found = text(source, encoding=encoding or layout.encoding or None, longest_line=None)
    records = _Records(found, limits, layout)
    names = _names(records, limits)
    rows = _rows(records, names)
    first = next(rows, None)
    if first is None:
        raise Unreadable("no_rows")
    columns = column_names(names, limits, layout)
    return Table(columns, chain([first], rows), Form("json", found.encoding, found.marked))


def _names(records: "_Records", limits: Limits) -> list[str]:
    names: dict[str, None] = {}
    for number, record in records:
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


def _rows(records: "_Records", names: list[str]) -> Iterator[Row]:
    for number, record in records:
        values = dict(record)
        if any(map(is_filled, values.values())):
            yield number, tuple([values.get(name, "") for name in names])


class _Records:
    """The objects of a file with their numbers, each time anew, without what is to be dropped from them."""

    def __init__(self, source: Text, limits: Limits, layout: Layout):
        self._source = source
        self._limits = limits
        self._layout = layout
        self._kept: dict[str, bool] = {}
        self._lines = self._is_lines()

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        for number, record in self._all():
            # Not an object, or one that gives a name twice, is refused by who looks at it.
            yield number, tuple(pair for pair in record if self._keeps(pair[0])) if _is_object(record) else record

    def _keeps(self, name: str) -> bool:
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = not self._layout.drops(name) and plain(name) not in RETURNED
        return kept

    def _is_lines(self) -> bool:
        """Say whether the file is objects one after the other: a second one follows, or a flat one stands alone."""
        with self._source.opened() as file:
            stream = _Stream(file, self._limits.record)
            if stream.next_character() != "{":
                return False
            try:
                record = stream.value()
            except Unreadable:
                return False
            nested = [name for name, value in record if isinstance(value, tuple | list) and self._keeps(name)]
            return stream.next_character() == "{" or not nested and bool(record)

    def _all(self) -> Iterator[tuple[int, Any]]:
        with self._source.opened() as file:
            stream = _Stream(file, self._limits.record)
            if self._lines:
                while stream.next_character():
                    yield stream.line(), stream.value()
                return
            start = stream.next_character()
            yield from enumerate(_list_called_rows(stream) if start == "{" else _list(stream), 1)
            if stream.next_character():
                stream.refuse()


def _is_object(record: Any) -> bool:
    return isinstance(record, tuple)


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
        self._at = self._counted = 0
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
        raise Unreadable("bad_json", line=self._line_of(self._at if at is None else at))

    def line(self) -> int:
        """Return the line of the next value."""
        self._line = self._line_of(self._at)
        self._counted = self._at
        return self._line

    def _line_of(self, at: int) -> int:
        return self._line + self._held.count("\n", self._counted, at)

    def _more(self) -> bool:
        piece = self._file.read(PIECE)
        self.line()
        self._held = self._held[self._at :] + piece
        self._at = self._counted = 0
        return bool(piece)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=tuple, parse_constant=_no_constant)
