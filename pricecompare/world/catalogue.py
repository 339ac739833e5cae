"""The drugs of an invented province: real generic names, forms, specs and packs, with invented makers and codes."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import count
from typing import Any, NamedTuple

from stdnum import ean

from pricecompare.models import Drug
from pricecompare.world.words import CITIES, brand_word

MAX_DRUGS = 100_000

_CORE_MAKERS = 40  # who make what the table lists
_MORE_MAKERS = 953  # a prime, so that the further makers of one drug all differ
_MAKER_LEVELS = (1.0, 0.86, 1.12, 0.93, 1.25, 0.8, 1.05)
_DOUBLE_PACK, _DOUBLE_STRENGTH = 1.95, 1.7  # domain.md, "Comparable packs"


@dataclass(frozen=True, slots=True)
class Generic:
    """One row of generics.csv: a pack that really exists, its usual price in fen and how many makers offer it."""

    substance: str
    name: str
    prefix: str
    form: str
    spec: str
    pack_count: int
    unit: str
    pack_unit: str
    price: int
    insurance_class: str
    prescription: str
    makers: int


class Item(NamedTuple):
    """A drug and the price in fen around which a market asks for it."""

    drug: Drug
    price: int


@cache
def generics() -> tuple[Generic, ...]:
    """Return the table of generic packs that comes with the package."""
    text = resources.files("pricecompare.world").joinpath("generics.csv").read_text(encoding="utf-8")
    return tuple(_generic(row) for row in csv.DictReader(text.splitlines()))


def items(drugs: int) -> tuple[Item, ...]:
    """Return `drugs` items: first what the table lists, then further makers, doubled packs and numbered strengths."""
    codes = _Codes()
    unlike: dict[str, Item] = {}
    for generic, maker in _offered():
        item = codes.item(len(unlike) + 1, generic, maker)
        unlike.setdefault(item.drug.code, item)
        if len(unlike) == drugs:
            break
    return tuple(unlike.values())


def product(code: str) -> str:
    """Return what all packs of one invented product share; packs are numbered just before the five digits of a maker.

    >>> product("XJ01CAA501A001010190001") == product("XJ01CAA501A001010290001")
    True
    """
    return code[:-7] + code[-5:]


def _generic(row: dict[str, str]) -> Generic:
    numbers = {name: int(row[name].replace(".", "")) for name in ("pack_count", "price", "makers")}
    words: dict[str, Any] = dict(row)
    return Generic(**(words | numbers))


def _offered() -> Iterator[tuple[Generic, int]]:
    """Yield generic packs with the rank of their maker, without end."""
    for generic in generics():
        yield from ((generic, rank) for rank in range(generic.makers))
    for extra in count():
        yield from ((_variant(generic, extra), generic.makers + extra) for generic in generics())


def _variant(generic: Generic, extra: int) -> Generic:
    """Return what a further maker offers: the same pack, one twice as large, or another strength."""
    if extra % 3 == 1:
        return replace(generic, pack_count=generic.pack_count * 2, price=int(generic.price * _DOUBLE_PACK))
    if extra % 3 == 2:
        spec = f"{generic.spec}（{2 + extra // 3 % 8}号规格）"
        return replace(generic, spec=spec, price=int(generic.price * _DOUBLE_STRENGTH))
    return generic


class _Numbers:
    """Gives every new thing of a group the next number, and a known thing the number it has."""

    def __init__(self) -> None:
        self._known: defaultdict[object, dict[object, int]] = defaultdict(dict)

    def __call__(self, group: object, thing: object) -> int:
        known = self._known[group]
        return known.setdefault(thing, len(known) + 1)


class _Codes:
    """The codes of drugs, in the shapes of domain.md: class, substance, form, spec, pack, maker.

    All numbers are invented: makers from 90001, substances from 501, approvals of year 99, barcodes from 699.
    """

    def __init__(self) -> None:
        self._number = _Numbers()

    def item(self, number: int, generic: Generic, rank: int) -> Item:
        """Return the item for `generic` of its maker number `rank`."""
        maker = self._maker(generic.substance, rank)
        code = self._drug_code(generic, maker)
        drug = Drug(
            id=number,
            code=code,
            name=generic.name,
            brand=brand_word(maker) if rank == 0 and maker % 4 == 0 else "",
            form=generic.form,
            spec=generic.spec,
            pack_count=generic.pack_count,
            unit=generic.unit,
            pack_unit=generic.pack_unit,
            maker=_maker_name(maker),
            approval_no=self._approval_number(generic, maker),
            standard_code=self._standard_code(code),
            barcode=_with_check_digit(f"699{number:09d}"),
            insurance_class=generic.insurance_class,
            prescription=generic.prescription,
        )
        return Item(drug, int(generic.price * _MAKER_LEVELS[rank % len(_MAKER_LEVELS)]))

    def _maker(self, substance: str, rank: int) -> int:
        place = 7 * self._number("substance", substance) + 11 * rank
        return place % _CORE_MAKERS if rank < 4 else _CORE_MAKERS + place % _MORE_MAKERS

    def _drug_code(self, generic: Generic, maker: int) -> str:
        substance = 500 + self._number("substance", generic.substance)
        made = (generic.substance, generic.form)
        form = self._number("form", generic.form)
        pack = self._number((*made, generic.spec), generic.pack_count)
        if generic.prefix.startswith("Z"):
            spec = self._number(generic.substance, (generic.form, generic.spec))
            return f"{generic.prefix}{substance}{spec:03d}{pack:02d}{90001 + maker}"
        return f"{generic.prefix}{substance}A{form:03d}{self._number(made, generic.spec):02d}{pack:02d}{90001 + maker}"

    def _approval_number(self, generic: Generic, maker: int) -> str:
        letter = "Z" if generic.prefix.startswith("Z") else "H"
        return f"国药准字{letter}99{self._number('approval', (generic.name, maker)):06d}"

    def _standard_code(self, code: str) -> str:
        maker = code[-5:]
        return _with_check_digit(f"869{maker}{self._number(maker, product(code)):05d}")


def _maker_name(maker: int) -> str:
    place = CITIES[maker % len(CITIES)]
    return f"{place}{brand_word(maker)}{('制药', '药业', '生物制药')[maker % 3]}有限公司"


def _with_check_digit(digits: str) -> str:
    return digits + ean.calc_check_digit(digits)
