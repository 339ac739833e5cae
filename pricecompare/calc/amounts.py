"""Amounts as specifications write them: a number and a unit, brought to one unit of each sort."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

_ONE = Decimal(1)
_UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("mg", "毫克"), ("mg", _ONE)),
    **dict.fromkeys(("g", "克"), ("mg", Decimal(1000))),
    **dict.fromkeys(("kg", "千克", "公斤"), ("mg", Decimal(1_000_000))),
    **dict.fromkeys(("μg", "ug", "mcg", "微克"), ("mg", Decimal("0.001"))),
    **dict.fromkeys(("ng", "纳克"), ("mg", Decimal("0.000001"))),
    **dict.fromkeys(("ml", "毫升"), ("ml", _ONE)),
    **dict.fromkeys(("l", "升"), ("ml", Decimal(1000))),
    **dict.fromkeys(("iu", "国际单位"), ("IU", _ONE)),
    **dict.fromkeys(("u", "单位"), ("U", _ONE)),
    "cfu": ("CFU", _ONE),
    "axaiu": ("AXaIU", _ONE),
    "%": ("%", _ONE),
}
"""What each unit is called here, and how many of those it is. Units (U) and international units (IU) stay apart: they
are the same for some substances only."""

_MYRIADS = {"": _ONE, "万": Decimal(10_000), "百万": Decimal(1_000_000), "亿": Decimal(100_000_000)}
# 05mg is more often 0.5mg than 5mg.
_NUMBER = r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))

AMOUNT = rf"(?:{_NUMBER})(?:百万|万|亿)?(?:{_UNIT})"
"""What an amount looks like, for patterns that match in capitals and small letters alike."""

_AMOUNT = re.compile(rf"({_NUMBER})(百万|万|亿)?({_UNIT})", re.IGNORECASE)
_SPLIT_NUMBER = re.compile(r"(?<=[0-9.])\s+(?=[0-9.])")
# An x may belong to a unit (AXaIU): it multiplies only where a number follows.
_MANY_SIGNS = re.compile(r"[×✕✖╳*]|[xX](?=[0-9])")


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of something: `unit` is mg, ml, U, IU, CFU, AXaIU or %; `of` names the substance where the text does."""

    value: Decimal
    unit: str
    of: str = ""


def plain(text: str) -> str | None:
    """Return a specification in one spelling: NFKC, no blanks, × for every sign of multiplication.

    None where a blank stands within a number, so that nobody can tell whether it is one number or two.

    >>> plain("２０ｍｇ ＊ 7片"), plain("1 000mg")
    ('20mg×7片', None)
    """
    wide = unicodedata.normalize("NFKC", text).strip()
    if _SPLIT_NUMBER.search(wide):
        return None
    return _MANY_SIGNS.sub("×", "".join(wide.split())).replace("，", ",").replace("；", ";")


def amount(text: str, of: str = "") -> Amount | None:
    """Return what a text such as 0.25g or 50万单位 says; None for anything else, and for nothing of it.

    >>> amount("0.25g")
    Amount(value=Decimal('250.00'), unit='mg', of='')
    """
    found = _AMOUNT.fullmatch(text)
    if not found:
        return None
    unit, size = _UNITS[found[3].lower()]
    value = Decimal(found[1]) * _MYRIADS[found[2] or ""] * size
    return Amount(value, unit, of) if value > 0 else None
