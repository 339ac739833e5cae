"""How many units make a pack, from the factors of a specification: 7片/板 × 2板/盒."""

import re
from typing import NamedTuple

_SOLID = ("片", "粒", "丸", "枚", "贴", "条", "块", "锭")
_HOLDERS = ("袋", "支", "瓶", "包", "安瓿", "针", "筒", "管", "罐", "板", "小盒", "小瓶", "小袋", "桶", "听")
SINGLES = frozenset((*_SOLID, *_HOLDERS))
"""What a unit or what holds units may be called."""

DOSES = frozenset(("揿", "喷", "吸"))
"""What is taken of a unit that holds many: they are no units of a pack."""

_OUTER = frozenset((*_HOLDERS, "盒"))
_SPELT = re.compile(
    rf"([1-9][0-9]{{0,4}})({'|'.join(sorted(SINGLES, key=len, reverse=True))}|'?[sS])?(?:/(\w{{1,2}}))?"
)
MOST = 100_000


class Count(NamedTuple):
    """So many units, what they are called, and what holds them; empty where it is not said."""

    number: int
    unit: str
    holder: str


def counted(of: Count, factors: list[str]) -> Count | None:
    """Return how many units the factors make, the inner ones first; None when they do not make a pack.

    Each factor counts what the one before it fills. Boxes are not counted: ×2盒 is more than one pack.

    >>> counted(Count(1, "", ""), ["7片/板", "2板/盒"])
    Count(number=14, unit='片', holder='盒')
    >>> counted(Count(1, "", ""), ["7片/板", "2瓶"]) is None
    True
    """
    pack = of
    for place, factor in enumerate(factors):
        found = _factor(factor)
        if found is None or not _fits(pack, found, first=place == 0, several=len(factors) > 1):
            return None
        pack = Count(pack.number * found.number, pack.unit or found.unit, found.holder)
    # A small box is seldom the pack that is sold.
    return pack if 0 < pack.number <= MOST and not pack.holder.startswith("小") else None


def _factor(text: str) -> Count | None:
    """Return what one factor counts."""
    found = _SPELT.fullmatch(text)
    if not found or (found[3] and found[3] not in _OUTER):
        return None
    unit = "" if not found[2] or found[2] in SINGLES - {*_SOLID, *_HOLDERS} else found[2].lower()
    return Count(int(found[1]), "" if unit.endswith("s") else unit, found[3] or "")


def _fits(inner: Count, outer: Count, *, first: bool, several: bool) -> bool:
    """Say whether `outer` may count what `inner` made."""
    if first:
        return (not inner.unit or inner.unit == outer.unit) and (bool(outer.unit) or not several)
    if inner.holder:
        return outer.unit == inner.holder
    return outer.unit in _HOLDERS
