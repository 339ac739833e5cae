"""Fields that read a value as people write it, by one function of calc each."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, missing

from pricecompare.errors import Invalid

Cell = str | int | float | None


class Read(fields.Field):
    """A value read by `read`, which raises Invalid for what it cannot take.

    With `doubt` a value that cannot be read is remarked on instead of refused: "keep" keeps its text,
    "drop" takes the default. `headers` are the names this value has in files, the first one ours, most telling first.
    `means` is money, number, moment or month where a layout may say how these are written; `blank` is what a blank cell
    stands for where the column has to be there all the same.
    """

    def __init__(
        self,
        read: Callable[[Any], Any],
        *headers: str,
        doubt: str = "",
        means: str = "",
        blank: Any = missing,
        **options: Any,
    ):
        super().__init__(**options)
        self.read = read
        self.blank = options.get("load_default", missing) if blank is missing else blank
        self.headers = headers
        self.doubt = doubt
        self.means = means

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        try:
            return self.read(value)
        except Invalid as error:
            if self.doubt:
                return self.doubted(value)
            raise ValidationError(str(error)) from None

    def doubted(self, value: Any) -> Any:
        """Return what stands for a value that cannot be read but does not refuse its row."""
        return text(value) if self.doubt == "keep" else self.load_default


def text(value: Cell) -> str:
    """Return a cell as text, NFKC and without surrounding blanks; 无 and dashes stand for nothing.

    >>> text(" 片剂（含片） "), text("无"), text(12), text(None)
    ('片剂(含片)', '', '12', '')
    """
    plain = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip()
    return "" if plain in _NOTHING else plain


_NOTHING = {"无", "-", "--", "—", "/", "NULL", "null", "None"}


def of_text(read: Callable[[str], Any]) -> Callable[[Cell], Any]:
    """Return `read` for a cell of any type, seen as text."""

    def read_cell(value: Cell) -> Any:
        return read(str(value))

    return read_cell


def code(read: Callable[[str], str]) -> Callable[[Cell], str]:
    """Return `read` for a cell of any type, seen as text; what stands for nothing stays nothing."""

    def read_cell(value: Cell) -> str:
        return read(str(value)) if text(value) else ""

    return read_cell


def name(value: Cell) -> str:
    """Return a name as written, without surrounding blanks."""
    return str(value).strip()


def choice(names: Mapping[str, Any]) -> Callable[[Cell], Any]:
    """Return a reader of one of `names`, upper and lower case alike."""

    def read(value: Cell) -> Any:
        plain = text(value).lower()
        if plain not in names:
            raise Invalid("bad_choice", value=str(value), choices=", ".join(names))
        return names[plain]

    return read


def count(value: Cell) -> int | None:
    """Return a whole number of units, above zero and at most a million; None for what stands for nothing."""
    units = number(value)
    if units is None:
        return None
    if not 1 <= units <= 1_000_000 or units != int(units):
        raise Invalid("bad_count", value=str(value))
    return int(units)


def number(value: Cell) -> float | None:
    """Return a number in any range; None for what stands for nothing.

    >>> number(" 22.5 "), number("NULL"), number(12)
    (22.5, None, 12.0)
    """
    plain = text(value)
    try:
        # Python alone reads 1_000 as a thousand.
        return float(plain.replace("_", "?")) if plain else None
    except ValueError:
        raise Invalid("bad_number", value=str(value)) from None


def stock(value: Cell) -> int:
    """Return the position in models.STOCKS: words for yes and no, or a number of packs.

    >>> stock("有货"), stock("0"), stock(12), stock("无"), stock("-")
    (1, 2, 1, 2, 0)
    """
    plain = name(value).lower() if name(value) in _STOCK else text(value).lower()
    if plain in _STOCK:
        return _STOCK[plain]
    try:
        packs = number(plain)
    except Invalid:
        raise Invalid("bad_stock", value=str(value)) from None
    if packs is None or not 0 <= packs <= 1_000_000_000:
        raise Invalid("bad_stock", value=str(value))
    return 1 if packs else 2


_STOCK = {
    **dict.fromkeys(("", "unknown", "未知"), 0),
    **dict.fromkeys(("in", "yes", "true", "有", "有货", "是"), 1),
    **dict.fromkeys(("out", "no", "false", "缺货", "无货", "无", "否"), 2),
}
