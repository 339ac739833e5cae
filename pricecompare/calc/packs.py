"""Packs brought to one scale by 药品差比价规则 (发改价格〔2011〕2452号; domain.md, "Comparable packs").

A pack X times the representative one costs K times as much: K = 1.7^log2 X for the content of a unit, 1.9^log2 X for
its fill, 1.95^log2 X for the number of units; where several differ they are multiplied in that order. A price divided
by K is on the scale of the representative pack. Nothing is rounded but for display.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from math import prod

from pricecompare.calc.amounts import Amount
from pricecompare.calc.money import yuan
from pricecompare.calc.specs import Spec
from pricecompare.errors import Invalid

BASES = {"content": Decimal("1.7"), "fill": Decimal("1.9"), "count": Decimal("1.95")}
"""What twice as much costs, by dimension, in the order in which they are applied."""

_DIGITS = 40
_NOISE = Decimal("1e-9")
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack: what a unit of it holds, how many there are and what they are called.

    `solid` says that a mass the text leaves bare is the content of a unit: a tablet of 0.25g does not weigh that.
    """

    spec: Spec
    count: int
    unit: str = ""
    solid: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One dimension (content, fill or count) in which a pack differs: how many times the other, and its K."""

    dimension: str
    ratio: Decimal
    k: Decimal


@lru_cache(maxsize=65_536)
def factor(dimension: str, ratio: Decimal) -> Decimal:
    """Return K of a pack that is `ratio` (> 0) times the representative one in one dimension, unrounded.

    >>> factor("count", Decimal(2)), factor("count", Decimal(4))
    (Decimal('1.95'), Decimal('3.8025'))
    """
    with localcontext() as context:
        context.prec = _DIGITS
        doublings = ratio.ln() / Decimal(2).ln()
        whole = doublings.to_integral_value()
        # A power of two has an exact K, which decides how a half fen is rounded.
        return BASES[dimension] ** (whole if Decimal(2) ** whole == ratio else doublings)


def differences(this: Pack, representative: Pack) -> tuple[Difference, ...]:
    """Return in which dimensions a pack differs from the representative one, in the order of BASES; () for none.

    Raises Invalid (packs_apart) for what no K is known for: other substances or units, another concentration together
    with another fill, or a mass of which nobody can tell whether it is content or fill.
    """
    if this.unit and representative.unit and this.unit != representative.unit:
        raise Invalid("packs_apart")
    ratios = {
        **_of_units(this, representative),
        "count": Decimal(this.count) / representative.count,
    }
    found = ((name, ratios[name]) for name in BASES if ratios.get(name, _ONE) != _ONE)
    return tuple(Difference(name, ratio, factor(name, ratio)) for name, ratio in found)


def total(these: tuple[Difference, ...]) -> Decimal:
    """Return K of all differences together; 1 without any.

    >>> total((Difference("content", Decimal(2), Decimal("1.7")), Difference("count", Decimal(2), Decimal("1.95"))))
    Decimal('3.315')
    """
    return prod((one.k for one in these), start=_ONE)


def normalised(fen: int, k: Decimal) -> Decimal:
    """Return a price on the scale of the representative pack, in fen with its fractions."""
    return fen / k


def shown(fen: Decimal) -> str:
    """Return fen with fractions as yuan with two decimals, HALF_UP.

    >>> shown(1000 * factor("count", Decimal(4)))
    '38.03'
    """
    # What the last of forty digits leaves must not turn a half into less than one.
    return yuan(int(fen.quantize(_NOISE, ROUND_HALF_UP).quantize(_ONE, ROUND_HALF_UP)))


def _of_units(this: Pack, other: Pack) -> dict[str, Decimal]:
    """Return how many times the content and the fill of another unit this one has."""
    one, two = this.spec.strength, other.spec.strength
    if one == two:
        return {}
    if (one.notes, one.doses) != (two.notes, two.doses) or one.also or two.also or one.bare != two.bare:
        raise Invalid("packs_apart")
    if one.bare and not (this.solid and other.solid):
        raise Invalid("packs_apart")
    content, fill = _times(one.content, two.content), _times(_fill(one), _fill(two))
    if one.content and one.fill:
        return _of_solution(one, content, fill)
    return {"content": content, "fill": fill}


def _of_solution(one: Spec, content: Decimal, fill: Decimal) -> dict[str, Decimal]:
    """Return the one dimension in which two fills with a named content differ: how strong they are, or how large."""
    share = any(amount.unit == "%" for amount in one.content)
    if fill == _ONE:
        return {"content": content}
    if content == (_ONE if share else fill):
        return {"fill": fill}
    raise Invalid("packs_apart")


def _fill(one: Spec) -> tuple[Amount, ...]:
    return (one.fill,) if one.fill else ()


def _times(these: tuple[Amount, ...], those: tuple[Amount, ...]) -> Decimal:
    """Return how many times other amounts these are, all of them the same number of times."""
    if [(one.unit, one.of) for one in these] != [(one.unit, one.of) for one in those]:
        raise Invalid("packs_apart")
    ratios = {one.value / two.value for one, two in zip(these, those, strict=True)}
    if len(ratios) > 1:
        raise Invalid("packs_apart")
    return ratios.pop() if ratios else _ONE
