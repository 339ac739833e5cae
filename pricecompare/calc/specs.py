"""What a specification (规格) says, read only where there is one way to read it.

A wrong reading makes every later comparison wrong, so that in doubt a text is not read: `spec` raises Invalid with why.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from pricecompare.calc.amounts import AMOUNT, Amount, amount, plain
from pricecompare.calc.counts import DOSES, SINGLES, Count, counted
from pricecompare.calc.sayings import said
from pricecompare.errors import Invalid

NOTHING = frozenset(("", "无", "-", "/", "复方", "不详", "详见说明书", "见说明书"))
"""Specifications that say no amount."""

_BRACKET = re.compile(r"\(([^()]*)\)")
_SEVERAL = re.compile(r"\([0-9一二三四五]\)|[;~]|[0-9]-[0-9]|①|或")
_CALCULATED = re.compile(r"以.{1,40}计|按.{1,40}计算?")
_LESS_SUGAR = r"(?:无|低|含|不含|无添加)(?:蔗)?糖型?"
_NOTE = re.compile(
    rf"{_LESS_SUGAR}|薄膜衣片?|糖衣片?|素片|水丸|水蜜丸|大蜜丸|小蜜丸|蜜丸|浓缩丸|浓缩水丸|浓缩水蜜丸|笔芯|特充|预填充|预充式"
)
_EACH = re.compile(r"每(片|粒|丸|袋|支|瓶|包|枚|贴)([0-9].*)")
_DOSES = re.compile(r"([1-9][0-9]{0,3})(揿|喷|吸)")
_SPRAYED = re.compile(
    r"每[瓶罐支]([1-9][0-9]{0,3})(揿|喷|吸)[,;]每\2(?:含(?:[^0-9,;]{0,20}[^0-9,;A-Za-z])?)?([0-9.]+(?:μg|ug|mcg|mg|微克|毫克))"
)
_RATIO = re.compile(r"1:([1-9][0-9]{1,5})")
_SOLID = re.compile("片|胶囊")
_MEASURED = re.compile("片|胶囊|注射|针")
_HEAVIEST = 4000
"""Milligrams: what weighs more is no ingredient of a compound but what it is in."""

_SOFT = re.compile("乳膏|软膏|凝胶|眼膏|膏剂|霜")


@dataclass(frozen=True, slots=True)
class Spec:
    """What one unit of a drug holds, and how many units make a pack where the text says that too.

    `content` is the amount of each ingredient in a unit, `fill` the volume or weight of the unit itself. With `bare`
    the text names one mass without saying which of the two it is; it stands in `content`. `also` says the same
    in another unit (50万单位), as crude drug or in per cent, `notes` what sets units apart besides (无糖型).
    """

    content: tuple[Amount, ...] = ()
    fill: Amount | None = None
    bare: bool = False
    also: tuple[Amount, ...] = ()
    notes: tuple[str, ...] = ()
    doses: int | None = None
    units: int | None = None
    unit: str = ""

    @property
    def unit_is_known(self) -> bool:
        """Whether the text says how much a unit holds; a strength alone (0.1%) does not."""
        return self.fill is not None or any(one.unit != "%" for one in self.content)

    @property
    def strength(self) -> "Spec":
        """What must be equal for two packs to hold units of the same specification: all but the pack."""
        return replace(self, units=None, unit="")


@lru_cache(maxsize=65_536)
def spec(text: str, *, form: str = "") -> Spec:
    """Return what a specification says; the dosage `form` decides between readings of two masses (10g:0.3g).

    Raises Invalid: spec_empty when it names no amount, spec_several when it lists more than one specification,
    spec_count when its counts do not make a pack, spec_ambiguous for what can be read in two ways, else spec_unclear.

    >>> spec("0.25g×24粒").units, spec("10ml:0.1g").content[0].value, spec("每袋装10g").fill.unit
    (24, Decimal('100.0'), 'mg')
    """
    written = plain(text)
    if written is None:
        raise Invalid("spec_unclear", value=text)
    if written in NOTHING:
        raise Invalid("spec_empty", value=text)
    if _SEVERAL.search(written):
        raise Invalid("spec_several", value=text)
    sprayed = _SPRAYED.fullmatch(written)
    if sprayed:
        written = f"{sprayed[3]}×{sprayed[1]}{sprayed[2]}"
    if _SEVERAL.search(written):
        raise Invalid("spec_several", value=text)
    brackets = _BRACKET.findall(written)
    first, *factors = _BRACKET.sub("", written).split("×")
    first, container = _contained(first)
    unit = _noted(_unit_of(first, form, text), brackets, text)
    return _packed(replace(unit, unit=unit.unit or container), factors, text)


def _contained(first: str) -> tuple[str, str]:
    """Return the part before the first × without the unit it is said of: 100ml/瓶, 每支10ml."""
    if each := _EACH.fullmatch(first):
        return each[2], each[1]
    amounts, separator, container = first.rpartition("/")
    return (amounts, container) if separator and container in SINGLES | DOSES else (first, "")


def _packed(unit: Spec, factors: list[str], text: str) -> Spec:
    """Return a unit with the pack that the factors after it make."""
    of = Count(1, unit.unit, "")
    if factors and (doses := _DOSES.fullmatch(factors[0])) and of.unit in ("", doses[2]):
        unit, factors, of = replace(unit, doses=int(doses[1])), factors[1:], Count(1, "", "")
    pack = counted(of, factors)
    if pack is None or of.unit in DOSES:
        raise Invalid("spec_count", value=text)
    return replace(unit, units=pack.number if factors else None, unit=pack.unit)


def _unit_of(first: str, form: str, text: str) -> Spec:
    """Return what a unit holds by the part of a text that says so."""
    if (saying := said(first)) is not None:
        return Spec(saying.content, saying.fill, notes=saying.notes, unit=saying.unit)
    if ratio := _RATIO.fullmatch(first):
        # One part in a thousand is 1 g in 1000 ml (中国药典, 凡例).
        return Spec((Amount((100 / Decimal(ratio[1])).quantize(Decimal("1e-9")).normalize(), "%"),))
    if (filled := _named_in(first)) is not None:
        return filled
    signs = set(re.findall(r"[:/+]", first))
    amounts = [amount(part) for part in re.split(r"[:/+]", first)]
    known = tuple(one for one in amounts if one is not None)
    if len(known) < len(amounts) or len(signs) > 1:
        raise Invalid("spec_unclear" if re.search(AMOUNT, text, re.I) else "spec_empty", value=text)
    return _alone(known[0]) if len(known) == 1 else _together(known, signs.pop(), form, text)


def _named_in(first: str) -> Spec | None:
    """Return named ingredients in a volume: 250ml:葡萄糖12.5g与氯化钠2.25g."""
    volume, _, names = first.partition(":")
    fill, saying = amount(volume), said(f"含{names}")
    if fill is None or fill.unit != "ml" or saying is None or saying.fill or saying.unit:
        return None
    return Spec(saying.content, fill)


def _alone(only: Amount) -> Spec:
    """Return what a single amount says: a volume fills, units and per cent are a strength, a mass may be either."""
    if only.unit == "ml":
        return Spec(fill=only)
    return Spec((only,), bare=only.unit == "mg")


def _together(amounts: tuple[Amount, ...], sign: str, form: str, text: str) -> Spec:
    """Return what several amounts say: ingredients, or one is what the others are in."""
    fills = [one for one in amounts if one.unit == "ml"]
    shares = [one for one in amounts if one.unit == "%"]
    if sign != "+" and len(fills) == 1 and (amounts[0] in fills or len(amounts) == 2):
        if len(amounts) == 2 or not shares:
            return Spec(tuple(one for one in amounts if one is not fills[0]), fills[0])
    elif sign == ":" and len(amounts) == 2 and amounts[0].unit == "mg" and amounts[1] in shares:
        return Spec((amounts[1],), amounts[0])
    elif not fills and not shares:
        return _masses(amounts, sign, form, text)
    raise Invalid("spec_unclear", value=text)


def _masses(amounts: tuple[Amount, ...], sign: str, form: str, text: str) -> Spec:
    """Return what masses and units say: ingredients of a compound, or a weight and what it holds.

    What a weight holds is lighter than the weight. 0.5g:20mg may be either, where the form does not decide, and
    0.5g:50万单位 even one amount said twice.
    """
    first, *rest = amounts
    alike = len({one.unit for one in amounts}) == 1
    lighter = all(one.unit != "mg" or one.value < first.value for one in rest)
    if _SOFT.search(form) and first.unit == "mg" and len(rest) == 1 and lighter and sign != "+":
        return Spec((rest[0],), first)
    heaviest = max(one.value for one in amounts)
    surely = sign == ":" and not lighter and heaviest <= _HEAVIEST and (not form or bool(_MEASURED.search(form)))
    if sign == "+" or (alike and (surely or _SOLID.search(form))):
        return Spec(amounts)
    raise Invalid("spec_ambiguous", value=text)


def _noted(unit: Spec, brackets: list[str], text: str) -> Spec:
    """Return a unit with what brackets add to it."""
    for bracket in brackets:
        if _NOTE.fullmatch(bracket) or _CALCULATED.fullmatch(bracket):
            unit = replace(unit, notes=(*unit.notes, bracket))
        elif (more := _more(unit, bracket)) is not None:
            unit = more
        else:
            raise Invalid("spec_unclear", value=text)
    return unit


def _more(unit: Spec, bracket: str) -> Spec | None:
    """Return a unit with an amount that a bracket adds; None when it contradicts or may mean anything."""
    if unit.also:
        return None
    parts = [amount(part) for part in bracket.split(":")]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        saying = said(bracket)
        return replace(unit, also=saying.content) if saying and saying.content and not unit.content else None
    if len(known) > 1:
        return replace(unit, content=tuple(known), bare=False) if _sum_is(unit, known) else None
    return (
        _share(unit, known[0]) if "%" in {known[0].unit, *(one.unit for one in unit.content)} else _also(unit, known[0])
    )


def _sum_is(unit: Spec, parts: list[Amount]) -> bool:
    """Say whether ingredients make up the one mass that a unit is said to hold: 4.5g(4g:0.5g)."""
    masses = unit.bare and all(part.unit == "mg" for part in parts)
    return masses and sum(part.value for part in parts) == unit.content[0].value


def _share(unit: Spec, other: Amount) -> Spec | None:
    """Return a unit whose strength is said in per cent: of a fill, or once more beside an amount that agrees."""
    if not unit.content and other.unit == "%":
        return replace(unit, content=(other,))
    if unit.fill is None and other.unit == "ml" and len(unit.content) == 1:
        return replace(unit, fill=other)
    if unit.fill is None or len(unit.content) != 1 or unit.content[0].unit != "mg" or other.unit != "%":
        return None
    # Per cent of a volume are grams in 100 ml.
    grams = 1000 if unit.fill.unit == "ml" else 1
    agrees = unit.content[0].value * 100 == other.value * unit.fill.value * grams
    return replace(unit, also=(other,)) if agrees else None


def _also(unit: Spec, same: Amount) -> Spec | None:
    """Return a unit of which an amount is said once more in another unit; of the same sort it would be another one."""
    own = {one.unit for one in unit.content}
    # 2ml:80mg(8万单位): a mass beside a fill might be another fill, units are always content.
    plainly = len(own) == 1 and same.unit not in own | {"ml"} and (unit.fill is None or same.unit in ("U", "IU"))
    return replace(unit, also=(same,)) if plainly else None
