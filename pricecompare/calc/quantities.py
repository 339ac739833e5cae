"""Strengths and packs as people type them (0.25g, 250毫克, 24粒), found in specs however they are written there."""

import re
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from pricecompare.calc.lines import Lines, Ranks

_MASS_AND_VOLUME = {
    "mg": ("1", "mg"), "毫克": ("1", "mg"), "g": ("1000", "mg"), "克": ("1000", "mg"), "ug": ("0.001", "mg"),
    "μg": ("0.001", "mg"), "mcg": ("0.001", "mg"), "微克": ("0.001", "mg"), "ml": ("1", "ml"), "毫升": ("1", "ml"),
    "l": ("1000", "ml"), "升": ("1000", "ml"),
}  # fmt: skip
_UNITS = "|".join(sorted(_MASS_AND_VOLUME, key=len, reverse=True))
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,6})?"
_AMOUNT = re.compile(rf"({_NUMBER})\s*({_UNITS})(?![a-z])")
_DIGIT = re.compile("[0-9]")
_TIMES = re.compile(r"(?<=[^0-9\s])x(?=[0-9])")
_UNIT_OF_TEXT = re.compile(rf"{_NUMBER}|[^\W_]|%")

QUANTITY = rf"{_NUMBER}(?:{_UNITS}|[%粒片丸袋支瓶盒贴枚]|iu|万|单位)"
"""Pattern of a number with a unit, in small letters."""


class Specs:
    """Specs in small, half-width characters, to be searched for quantities; a hit never begins inside a number.

    >>> specs = Specs(["0.25g 24粒", "10.25g", "250mg"])
    >>> [bool(rank < 1 << 20) for rank in specs.ranks("0.25克")], [bool(rank < 1 << 20) for rank in specs.ranks("0.2")]
    ([True, False, True], [True, False, False])
    """

    def __init__(self, specs: Sequence[str]):
        self._written = Lines([_units(spec) for spec in specs])
        self._brought = Lines([_units(in_one_unit(spec)) for spec in specs])

    def ranks(self, word: str) -> Ranks:
        """Return the rank of each spec for a word as it was written."""
        ranks = _ranks(self._written, word)
        return np.minimum(ranks, _ranks(self._brought, in_one_unit(word))) if _DIGIT.search(word) else ranks


def _ranks(lines: Lines, word: str) -> Ranks:
    text = "".join(_units(word))
    return lines.ranks(text) if text else lines.none()


def in_one_unit(text: str) -> str:
    """Return a text with masses in mg and volumes in ml.

    >>> in_one_unit("0.25g×24粒"), in_one_unit("10毫升:0.1克"), in_one_unit("50ug")
    ('250mg×24粒', '10ml:100mg', '0.05mg')
    """
    return _AMOUNT.sub(lambda found: _brought(found[1], found[2]), text)


def _brought(number: str, unit: str) -> str:
    factor, into = _MASS_AND_VOLUME[unit]
    return f"{(Decimal(number) * Decimal(factor)).normalize():f}{into}"


def _units(text: str) -> list[str]:
    """Return numbers and single characters: where a hit may begin. Between two numbers x is a sign."""
    return _UNIT_OF_TEXT.findall(_TIMES.sub("", text))
