"""Specifications that are sentences: 每袋装10g, 每8丸相当于饮片3g, 每片含氨氯地平5mg."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from pricecompare.calc.amounts import AMOUNT, Amount, amount

_ONE = "片|粒|丸|袋|支|瓶|包|枚|贴|安瓿|管|筒|块|锭"
_CRUDE = "饮片|生药|总药材|药材|原药材|原生药|总生药|总饮片"
_COATED = r"(?:(薄膜衣片?|糖衣片?|素片|大蜜丸|小蜜丸|水蜜丸|水丸|浓缩丸|蜜丸)[,:]?)?"

_FILLED = re.compile(rf"{_COATED}每(?:([0-9]{{1,4}})|一)?({_ONE})(?:装药?|净?重|内装|装量)为?({AMOUNT})", re.I)
_WORTH = re.compile(rf"{_COATED}(?:每(?:([0-9]{{1,4}})|一)?({_ONE}))?相当于({_CRUDE})({AMOUNT})", re.I)
_HOLDS = re.compile(rf"(?:(?:每({_ONE}))?(?:中含有?|含有?))?(.*)", re.I | re.S)
# After a letter nobody can tell where the name ends: 维生素D3125IU is 125 IU of 维生素D3.
_PART = re.compile(rf"([^\d,:()%]{{1,19}}[^\d,:()%\-a-zα-ω])为?({AMOUNT})", re.I)
_NO_NAME = re.compile(f"每|相当|重|装|量|规格|约|净|含|色|内服|外用|{_ONE}")
"""What stands in no name of a substance: such words say something else than what one unit holds."""


class Saying(NamedTuple):
    """What a sentence says of one unit, called `unit`; else as in specs.Spec."""

    content: tuple[Amount, ...]
    fill: Amount | None
    notes: tuple[str, ...]
    unit: str


def said(text: str) -> Saying | None:
    """Return what a sentence says of one unit; None for what is no sentence of a kind known here.

    >>> said("每10丸重1.5g").fill
    Amount(value=Decimal('1.5E+2'), unit='mg', of='')
    >>> [one.of for one in said("碘化铵1.5mg、薄荷油4.4mg").content]
    ['碘化铵', '薄荷油']
    """
    if found := _FILLED.fullmatch(text):
        one = _each(found, found[4])
        return Saying((), one, _notes(found), found[3]) if one else None
    if found := _WORTH.fullmatch(text):
        one = _each(found, found[5])
        return Saying((replace(one, of=found[4]),), None, _notes(found), found[3] or "") if one else None
    return _named(text)


def _notes(found: re.Match[str]) -> tuple[str, ...]:
    return (found[1],) if found[1] else ()


def _each(found: re.Match[str], written: str) -> Amount | None:
    """Return what one of so many units weighs or holds, to twelve decimals: 3g of 8 and 6g of 16 are one number."""
    whole, number = amount(written), int(found[2] or 1)
    if whole is None or not number or whole.unit not in ("mg", "ml"):
        return None
    return replace(whole, value=(whole.value / number).quantize(Decimal("1e-12")).normalize())


def _named(text: str) -> Saying | None:
    """Return ingredients by name: 每片含A 500mg与B 2.5mg. One alone must be said to be held."""
    found = _HOLDS.fullmatch(text)
    assert found is not None
    parts = re.split(r"[、,+]|和|与|及", found[2])
    known = [part for part in map(_PART.fullmatch, parts) if part is not None and not _NO_NAME.search(part[1])]
    content = [one for part in known if (one := amount(part[2], part[1])) is not None and one.unit not in ("ml", "%")]
    if len(content) < len(parts) or (len(parts) == 1 and found[2] == text):
        return None
    return Saying(tuple(sorted(content, key=lambda one: one.of)), None, (), found[1] or "")
