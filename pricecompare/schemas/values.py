"""Fields that read a value as people write it, by one function of calc each."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError, fields, missing

from pricecompare.calc import days
from pricecompare.calc.hours_in_chinese import hours_text
from pricecompare.calc.money import figures
from pricecompare.calc.stocked import of_packs
from pricecompare.errors import Invalid
from pricecompare.models import SERVICES

Cell = str | int | float | None


class Read(fields.Field):
    """A value read by `read`, which raises Invalid for what it cannot take.

    With `doubt` a value that cannot be read is remarked on instead of refused: "keep" keeps its text,
    "drop" takes the default. `headers` are the names this value has in files, the first one ours, most telling first.
    `means` is money, number, moment or month where a layout may say how these are written; `blank` is what a blank cell
    stands for where the column has to be there all the same. `many` reads many cells as `read`
    does one, or returns None.
    """

    def __init__(
        self,
        read: Callable[[Any], Any],
        *headers: str,
        doubt: str = "",
        means: str = "",
        blank: Any = missing,
        many: Callable[[Sequence[str]], list[Any] | None] | None = None,
        **options: Any,
    ):
        super().__init__(**options)
        self.read = read
        self.many = many
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
    try:
        # Python alone reads 1_000 as a thousand.
        return float(figures(str(value)).replace("_", "?")) if text(value) else None
    except ValueError:
        raise Invalid("bad_number", value=str(value)) from None


def stock(value: Cell) -> int:
    """Return a stock as `calc.stocked` keeps it: words for yes and no, or a number of packs.

    >>> stock("有货"), stock("0"), stock(12), stock("无"), stock("-")
    (1, 2, 14, 2, 0)
    """
    plain = name(value).lower() if name(value) in _STOCK else text(value).lower()
    if plain in _STOCK:
        return _STOCK[plain]
    try:
        packs = number(value)
    except Invalid:
        raise Invalid("bad_stock", value=str(value)) from None
    if packs is None or not 0 <= packs <= 1_000_000_000:
        raise Invalid("bad_stock", value=str(value))
    return of_packs(packs)


def hours(value: Cell) -> str:
    """Return opening hours as OpenStreetMap spells them, "" for what stands for nothing.

    >>> hours("周一至周五 8:30-21:00"), hours("无")
    ('Mo-Fr 08:30-21:00', '')
    """
    return hours_text(text(value))


def day(value: Cell) -> str | None:
    """Return a day in China as ISO text; None for what stands for nothing.

    >>> day("2026/10/1"), day("无")
    ('2026-10-01', None)
    """
    plain = text(value)
    return days.date_of(days.instant(plain)).isoformat() if plain else None


def services(value: Cell) -> frozenset[str]:
    """Return which of models.SERVICES a cell names, between commas, blanks and the like.

    >>> sorted(services("双通道、24小时营业"))
    ['24h', 'dual_channel']
    """
    named = [one for one in re.split(r"[,;、|/\s]+", text(value).lower()) if one]
    unknown = [one for one in named if one not in _SERVICES]
    if unknown:
        raise Invalid("bad_choice", value=unknown[0], choices=", ".join(_SERVICES))
    return frozenset(_SERVICES[one] for one in named)


_SERVICES = {
    **{name: name for name in SERVICES},
    "24小时": "24h", "24小时营业": "24h", "双通道": "dual_channel", "电子处方": "e_prescription",
    "电子处方流转": "e_prescription", "移动支付": "mobile_payment", "医保移动支付": "mobile_payment",
}  # fmt: skip


_STOCK = {
    **dict.fromkeys(("", "unknown", "未知"), 0),
    **dict.fromkeys(("in", "yes", "true", "有", "有货", "是"), 1),
    **dict.fromkeys(("out", "no", "false", "缺货", "无货", "无", "否"), 2),
}
