"""Every key of a layout, and how its value is read."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pricecompare.errors import Invalid
from pricecompare.models import DATUMS, KINDS
from pricecompare.schemas.headers import read_of
from pricecompare.schemas.layout import EXCEL, Filter, word
from pricecompare.schemas.mistakes import Mistakes
from pricecompare.schemas.rows import ROWS
from pricecompare.schemas.templates import template

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FORMATS = ("csv", "json", "sheet")
MODES = ("changes", "full")
SEPARATOR = re.compile(r"[^\w\s\"']|\t", re.ASCII)
DATE = re.compile(r"(?:%[YymdHMSfz%]|[^%])+")
TITLE_LINES = 100

Part = Callable[["Reading", str, Any], Any]


class Reading:
    """One text on its way to a layout."""

    def __init__(self, written: dict[str, Any]):
        self.written = written
        self.mistakes = Mistakes()
        self.what = self.mistakes.choice("what", written.get("what"), ROWS)
        schema = ROWS[self.what]().fields if self.what else {}
        self.fields = {name: read_of(field) for name, field in schema.items()}
        # A field goes by its name in the program or, as people know it, by that of its column.
        self.names = {field.headers[0]: name for name, field in self.fields.items()} | {n: n for n in self.fields}

    def by_field(self, name: str, value: Any, read: Callable[[str, str, Any], Any]) -> dict[str, Any]:
        """Return a table whose keys are fields, by the names the program has for them."""
        table = self.mistakes.table(name, value)
        self.mistakes.unknown(f"{name}.", table, self.names)
        known = {
            self.names[key]: read(f"{name}.{key}", self.names[key], one)
            for key, one in table.items()
            if key in self.names
        }
        return {name: {key: one for key, one in known.items() if one is not None}}

    def ours(self, where: str, name: str, value: Any) -> str | None:
        """Return a value in our own words, as the field itself would read it; None when it cannot."""
        if isinstance(value, str | int) and not isinstance(value, bool):
            try:
                self.fields[name].read(str(value))
            except Invalid as error:
                self.mistakes.note(where, "layout_bad_word", reason=error.reason.en, reason_zh=error.reason.zh)
                return None
            return str(value)
        self.mistakes.note(where, "layout_bad_value", value=str(value), example='"text"')
        return None


def _title(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    table = reading.mistakes.table(name, value)
    reading.mistakes.unknown("title.", table, ("zh", "en"))
    return {f"title_{key}": reading.mistakes.text(f"title.{key}", table.get(key)) for key in ("zh", "en")}


def _name(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    good = isinstance(value, str) and len(value) <= 60 and NAME.fullmatch(value)
    if not good:
        reading.mistakes.note(name, "layout_bad_value", value=str(value), example='"chain-prices"')
    return {name: value if good else ""}


def _separator(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    good = isinstance(value, str) and value.isascii() and SEPARATOR.fullmatch(value)
    if not good:
        reading.mistakes.note(name, "layout_bad_value", value=str(value), example='"|"')
    return {name: value if good else ""}


def _encoding(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    # Codecs such as "hex" give bytes; only decoding refuses them.
    reading.mistakes.tried(name, value, lambda one: b"a".decode(one, "replace"), '"gb18030"')
    return {name: value}


def _dates(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    found = reading.mistakes.texts(name, value)
    for one in found:
        year, month = "%Y" in one or "%y" in one, "%m" in one
        day = "%d" in one or reading.what == "sales"
        if one != EXCEL and not (DATE.fullmatch(one) and year and month and day):
            reading.mistakes.note(name, "layout_bad_value", value=one, example='"%d/%m/%Y %H:%M", "excel"')
    return {name: found}


def _zone(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    reading.mistakes.tried(name, value, ZoneInfo, '"Asia/Shanghai"')
    return {name: value}


def _scale(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    def exact(one: Any) -> Decimal:
        # A float of TOML is not exact any more: 0.1 must be written as text.
        if isinstance(one, bool | float) or not 0 < (found := Decimal(one)) <= 1_000_000:
            raise ValueError(one)
        return found

    return {name: reading.mistakes.tried(name, value, exact, '"0.1"') or Decimal(1)}


def _headers(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    return reading.by_field(name, value, lambda where, _, one: reading.mistakes.texts(where, one))


def _values(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    def words(where: str, field: str, table: Any) -> Mapping[str, str]:
        pairs = reading.mistakes.table(where, table).items()
        found = {word(theirs): reading.ours(f"{where}.{theirs}", field, ours) for theirs, ours in pairs}
        return {theirs: ours for theirs, ours in found.items() if ours is not None}

    return reading.by_field(name, value, words)


def _compose(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    example = '"P99000{id:0>6}"'
    return reading.by_field(name, value, lambda where, _, one: reading.mistakes.tried(where, one, template, example))


def _multiply(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    def factors(where: str, field: str, pair: Any) -> tuple[str, ...] | None:
        columns = reading.mistakes.texts(where, pair)
        if len(columns) == 2 and reading.fields[field].means == "money":
            return columns
        reading.mistakes.note(where, "layout_bad_value", value=str(pair), example='amount = ["price", "count"]')
        return None

    return reading.by_field(name, value, factors)


def _filters(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    found = []
    for at, one in enumerate(value if isinstance(value, list) else [value], 1):
        where = f"{name}[{at}]"
        table = reading.mistakes.table(where, one)
        reading.mistakes.unknown(f"{where}.", table, ("column", "keep", "drop"))
        if ("keep" in table) == ("drop" in table):
            reading.mistakes.note(where, "layout_bad_value", value=", ".join(table), example='keep = ["a", ""]')
            continue
        column = reading.mistakes.text(f"{where}.column", table.get("column"))
        words = reading.mistakes.texts(where, table.get("keep", table.get("drop")))
        found.append(Filter(column, frozenset(map(word, words)), "keep" in table))
    return {name: tuple(found)}


def _expect(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    table = reading.mistakes.table(name, value).items()
    return {name: {column: frozenset(map(word, reading.mistakes.texts(f"{name}.{column}", w))) for column, w in table}}


def _one_of(*choices: str) -> Part:
    return lambda reading, name, value: {name: reading.mistakes.choice(name, value, choices)}


def _default(*choices: str) -> Part:
    """Return the reading of what stands where no column says it, for rows that have such a value."""

    def read(reading: Reading, name: str, value: Any) -> dict[str, Any]:
        if name not in reading.fields:
            reading.mistakes.note(name, "layout_not_here", what=reading.what)
        return {name: reading.mistakes.choice(name, value, choices)}

    return read


def _text(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    return {name: reading.mistakes.text(name, value)}


def _texts(reading: Reading, name: str, value: Any) -> dict[str, Any]:
    return {name: reading.mistakes.texts(name, value)}


def _whole(low: int, high: int) -> Part:
    return lambda reading, name, value: {name: reading.mistakes.whole(name, value, low, high)}


FREE = ("name", "version", "title")
PARTS: dict[str, Part | None] = {
    "name": _name, "version": _whole(1, 1_000_000), "what": None, "title": _title,
    "format": _one_of(*FORMATS), "separator": _separator, "encoding": _encoding,
    "quotes": lambda reading, name, value: {name: reading.mistakes.flag(name, value)},
    "title_lines": _whole(0, TITLE_LINES),
    "headers": _headers, "dates": _dates, "zone": _zone, "decimal": _one_of(".", ","), "scale": _scale,
    "kind": _default(*KINDS), "datum": _default(*DATUMS), "mode": _one_of(*MODES),
    "fixed": lambda reading, name, value: reading.by_field(name, value, reading.ours),
    "values": _values, "compose": _compose, "multiply": _multiply, "filters": _filters, "expect": _expect,
    "key": _texts, "drop": _texts, "surplus": _text,
}  # fmt: skip
"""Every key of a layout."""
