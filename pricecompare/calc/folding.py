"""What people type, read: one writing for letters, digits and characters, words, and what a scanner sends."""

import re
import unicodedata
from typing import NamedTuple

from pricecompare.calc.quantities import QUANTITY
from pricecompare.calc.traditional import SIMPLIFIED
from pricecompare.errors import Invalid

LONGEST_QUERY = 64

_LINK = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]*://")
_LONGEST_LINK = 2000
_DIGITS = re.compile(r"[0-9]+")
_CODE_LENGTHS = {8, 12, 13, 14}
_ELEMENT = re.compile(r"(?:\][A-Za-z][0-9])?\(?01\)?([0-9]{14})")
_SPLIT = re.compile(rf"(?<=[^\W\d_])(?={QUANTITY})")


class Asked(NamedTuple):
    """A query as it is looked for: the whole of it folded, and its words, folded and as they were written."""

    whole: str
    words: tuple[str, ...]
    written: tuple[str, ...]


def folded(text: str) -> str:
    """Return the letters and digits of a text alone: full-width ones plain, capitals small, characters simplified.

    >>> folded("注射用 血栓通（冻干）Ａ-1"), folded("維生素Ｃ膠囊")
    ('注射用血栓通冻干a1', '维生素c胶囊')
    """
    if text.isascii() and text.isalnum():
        return text.lower()
    return "".join(filter(str.isalnum, plain(text))).replace("ü", "v")


def plain(text: str) -> str:
    """Return a text in small, simplified, half-width characters, with all its punctuation."""
    small = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return small.translate(SIMPLIFIED)


def asked(query: str) -> Asked:
    """Return a query as it is looked for; raises `Invalid`: query_too_long (64 characters), empty_query.

    A quantity is a word of its own, also without a blank before it. Of a scanned address or GS1 element string only
    the code in it counts.

    >>> asked("阿莫西林0.25g, XJ01").written
    ('阿莫西林', '0.25g,', 'xj01')
    >>> asked("https://example.com/01/06901234567892?10=A7").whole
    '06901234567892'
    """
    query = scanned(query)
    if len(query.strip()) > LONGEST_QUERY:
        raise Invalid("query_too_long", field="q", limit=LONGEST_QUERY)
    separate = _SPLIT.sub(" ", plain(query)).split()
    pairs = [(word, written) for written in separate if (word := folded(written))]
    if not pairs:
        raise Invalid("empty_query", field="q")
    words, written = zip(*pairs, strict=True)
    return Asked("".join(words), words, written)


def scanned(query: str) -> str:
    """Return the barcode in what a scanner read from a two-dimensional code; any other query as it is.

    Sources: GS1 Digital Link (an address with the GTIN in it) and GS1 General Specifications (element strings, 01
    before the GTIN). Digits with a wrong check digit are no barcode.
    """
    if element := _ELEMENT.match(query.strip()):
        return element[1] if _is_gtin(element[1]) else query
    if _LINK.match(query) and len(query) <= _LONGEST_LINK:
        return next(filter(_is_gtin, _DIGITS.findall(query)), query)
    return query


def _is_gtin(digits: str) -> bool:
    """Return whether digits are as many as a GTIN has, the last of them its GS1 check digit."""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return len(digits) in _CODE_LENGTHS and weighed % 10 == 0
