"""The drugs of a catalogue as they are searched: each field's distinct texts once, and which of them each drug has."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.folding import folded

CODE_FIELDS = ("code", "approval_no", "standard_code", "barcode")

Numbers = NDArray[np.intp]


class Entry(NamedTuple):
    """One drug as it is searched for; an empty text is not searched."""

    drug_id: int
    code: str
    name: str
    brand: str
    maker: str
    approval_no: str
    standard_code: str
    barcode: str
    form: str = ""
    spec: str = ""
    pack: str = ""
    product: str = ""
    prescription: str = ""
    insurance_class: str = ""


class Column(NamedTuple):
    """Distinct texts as they are searched, how the first entry writes each, and the number of each entry's text."""

    texts: list[str]
    written: list[str]
    numbers: Numbers


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries by the length of their names, then by name and code: what comes first among equals."""
    fold = cache(folded)
    return sorted(entries, key=lambda entry: (len(fold(entry.name)), fold(entry.name), entry.code))


def column(values: Sequence[str], *, read: bool = True) -> Column:
    """Return the distinct ones of the values of entries; `read` as names are, or else as they stand.

    >>> column(["A片", "a 片", "B"]).written
    ['A片', 'B']
    """
    fold = cache(folded if read else str)
    written: dict[str, str] = {}
    for value in values:
        written.setdefault(fold(value), value)
    texts = list(written)
    places = {text: number for number, text in enumerate(texts)}
    numbers = np.array([places[fold(value)] for value in values], np.intp)
    return Column(texts, list(written.values()), numbers)


def code_key(code: str, field: str) -> str:
    """Return what codes of a field are compared by: without 国药准字, and barcodes without leading zeros."""
    if field == "approval_no":
        return code.removeprefix("批准文号").removeprefix("国药准字").removeprefix("号")
    return code.lstrip("0") if field == "barcode" else code  # a UPC is an EAN with a zero before it
