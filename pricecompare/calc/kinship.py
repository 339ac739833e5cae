"""Which drugs are packs of one thing: the pack a drug is, and whether two drugs differ in the pack or maker alone.

What is doubtful is never put together: a wrong group makes every number after it wrong, a missing one shows less.
"""

import re
import unicodedata
from functools import lru_cache

from pricecompare.calc.codes import same_product
from pricecompare.calc.packs import Pack
from pricecompare.calc.specs import Spec, spec
from pricecompare.errors import Invalid
from pricecompare.models import Drug

_COUNTABLE = frozenset("片 粒 丸 枚 贴 锭".split())
"""Units that are alike when their specification is: a bottle or a bag may be larger than another."""

_BOXES = frozenset("盒 瓶 袋 支 包 板 罐 桶 听 筒 管".split())
_COUNTED_FORM = re.compile("片|胶囊|丸")
_SOLID = re.compile("片|胶囊")


@lru_cache(maxsize=262_144)
def plain(text: str) -> str:
    """Return a text as it is compared: NFKC, without blanks, small letters.

    >>> plain("复方氨基酸注射液（18AA-Ⅱ）") == plain("复方氨基酸注射液(18AA-II)")
    True
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def family_name(drug: Drug) -> tuple[str, str]:
    """Return what all members of a generic group share at least: generic name (salts kept) and dosage form."""
    return plain(drug.name), plain(drug.form)


def pack(drug: Drug) -> Pack:
    """Return the pack that a drug is, from its specification and its own columns.

    Raises Invalid: what `spec` raises, pack_unknown when nobody says how many units there are or how much one holds,
    pack_differs when specification and columns contradict each other.
    """
    found = _read(drug.code.startswith("X"), drug.spec, drug.form, drug.pack_count, drug.unit)
    if isinstance(found, Invalid):
        raise found.with_traceback(None)
    return found


@lru_cache(maxsize=65_536)
def _read(western: bool, written: str, form: str, count: int | None, unit: str) -> Pack | Invalid:
    """Return the pack that these words mean, or why they mean none: a catalogue has few of them, again and again."""
    try:
        said = spec(written, form=form)
        if not said.unit_is_known:
            raise Invalid("pack_unknown", value=written)
        return _counted(western, written, form, count, unit, said)
    except Invalid as error:
        return error


def same_generic(one: Drug, two: Drug) -> bool:
    """Say whether two drugs are the same generic, form and specification, of any maker and in any pack.

    Only drugs whose specification can be read are; how they are written does not matter (0.25g, 250mg).
    """
    if family_name(one) != family_name(two):
        return False
    specs = _spec(one), _spec(two)
    return None not in specs and specs[0] == specs[1]


def same_goods(one: Drug, two: Drug) -> bool:
    """Say whether two drugs are one product of one maker in any pack.

    A western code says so by itself in its parts, which the catalogue must not contradict; for a Chinese patent
    medicine name, form, specification and maker must be equal.
    """
    if family_name(one) != family_name(two):
        return False
    keys = same_product(one.code), same_product(two.code)
    if keys[0] != keys[1]:
        return False
    if keys[0] is None:
        return bool(one.maker) and plain(one.maker) == plain(two.maker) and same_generic(one, two)
    return same_generic(one, two) or _alike(one, two)


def pack_of_goods(drug: Drug) -> Pack:
    """Return the pack that a drug is among packs of its own product, as `pack`.

    A specification that cannot be read says nothing, and need not: all packs of the product have the same one. That
    holds for units one can count (片, 粒, 丸 …); bottles of unknown size have no scale in common.
    """
    try:
        return pack(drug)
    except Invalid:
        if drug.pack_count is None or drug.unit not in _COUNTABLE or not _says_nothing(drug):
            raise
        return Pack(Spec(), drug.pack_count, drug.unit)


def _alike(one: Drug, two: Drug) -> bool:
    """Say whether two packs of one western product can be counted, and have their specification in the same words."""
    return plain(one.spec) == plain(two.spec) and all(
        drug.pack_count is not None and drug.unit in _COUNTABLE and _says_nothing(drug) for drug in (one, two)
    )


def _says_nothing(drug: Drug) -> bool:
    """Say whether a specification cannot be read; one that can is held to what it says."""
    try:
        spec(drug.spec, form=drug.form)
    except Invalid as error:
        return error.code in ("spec_empty", "spec_unclear", "spec_ambiguous")
    return False


def _spec(drug: Drug) -> Spec | None:
    """Return what a unit of a drug holds; None where that cannot be read or the pack is not plain."""
    try:
        return pack(drug).spec
    except Invalid:
        return None


def _counted(western: bool, written: str, form: str, own: int | None, unit: str, said: Spec) -> Pack:
    """Return a pack once specification and columns agree on how many units of what it has."""
    solid = western and bool(_SOLID.search(form))
    if said.units is not None and own == 1 and unit != said.unit and unit in _BOXES:
        # One box of 24 capsules: the column counts boxes.
        own, unit = said.units, said.unit
    if said.units is not None and own is not None and own != said.units:
        raise Invalid("pack_differs", value=written, count=own)
    if said.unit and unit and said.unit != unit:
        raise Invalid("pack_differs", value=written, count=f"{own or ''}{unit}")
    count = own if own is not None else said.units
    # Tablets or pills in boxes or bottles of nobody knows how many.
    boxed = unit in _BOXES and said.unit != unit and bool(_COUNTED_FORM.search(form))
    if count is None or boxed:
        raise Invalid("pack_unknown", value=written)
    return Pack(said.strength, count, unit or said.unit, solid)
