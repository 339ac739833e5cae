"""Drugs by what people type: Chinese, a brand, pinyin or its initials, a code; held in memory, built once.

What is searched are the distinct names, brands and makers, not the entries: a catalogue of 280,000 codes has some
thousand names. A match is ranked by one number, tier * STEP + place in the text; `TIERS` names what each tier found.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, reduce
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.likeness import close_codes, likeness
from pricecompare.calc.lines import NONE, STEP, Codes, Lines, Ranks
from pricecompare.calc.sounds import Sounds
from pricecompare.errors import Invalid

LONGEST_QUERY = 64
SHORTEST_CODE_PREFIX = 4
LEAST_LIKENESS = 70

CODE_FIELDS = ("code", "approval_no", "standard_code", "barcode")
TIERS = (*CODE_FIELDS, "code", *["name"] * 3, *["brand"] * 3, *["pinyin"] * 6)
"""What a tier's matches were found by, best first: whole codes, the beginning of a drug code, then texts, each by the
whole, the beginning and the inside; pinyin initials come before whole syllables."""

CODE_PREFIX, NAME, BRAND, INITIALS, SYLLABLES, MAKER = (tier * STEP for tier in (4, 5, 8, 11, 14, 17))
SCATTERED = 20 * STEP  # the words of a query found apart come after all that found it whole


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


class Match(NamedTuple):
    """A drug that a query found, and by which of its fields (one of `TIERS`)."""

    drug_id: int
    matched: str


class Matches(Sequence[Match]):
    """All that a query found, best first; a `Match` is made when it is looked at, so a page of many costs little."""

    def __init__(self, drug_ids: NDArray[np.int64], tiers: NDArray[np.int32]):
        self._drug_ids, self._tiers = drug_ids, tiers

    def __len__(self) -> int:
        return len(self._drug_ids)

    def __iter__(self) -> Iterator[Match]:
        return iter(self[:])

    @overload
    def __getitem__(self, place: int) -> Match: ...
    @overload
    def __getitem__(self, place: slice) -> list[Match]: ...
    def __getitem__(self, place: int | slice) -> Match | list[Match]:
        """Return one match, or those of a slice."""
        if isinstance(place, slice):
            pairs = zip(self._drug_ids[place].tolist(), self._tiers[place].tolist(), strict=True)
            return [Match(drug_id, TIERS[tier]) for drug_id, tier in pairs]
        return Match(int(self._drug_ids[place]), TIERS[self._tiers[place]])


def folded(text: str) -> str:
    """Return the letters and digits of a text alone, full-width ones plain and capitals small.

    >>> folded("注射用 血栓通（冻干）Ａ-1")
    '注射用血栓通冻干a1'
    """
    if text.isascii() and text.isalnum():
        return text.lower()
    small = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(filter(str.isalnum, small)).replace("ü", "v")


def words(query: str) -> list[str]:
    """Return the folded words of a query; raises `Invalid`: query_too_long (64 characters), empty_query.

    >>> words("阿莫西林, XJ01")
    ['阿莫西林', 'xj01']
    """
    if len(query.strip()) > LONGEST_QUERY:
        raise Invalid("query_too_long", field="q", limit=LONGEST_QUERY)
    found = [word for word in map(folded, query.split()) if word]
    if not found:
        raise Invalid("empty_query", field="q")
    return found


class Lexicon:
    """The drugs of a catalogue, to be found by what people type.

    >>> lexicon = Lexicon([Entry(7, "XJ01CAA040A001010102699", "阿莫西林胶囊", "阿莫仙", "珠海", "", "", "")])
    >>> [lexicon.matches(query)[0].matched for query in ("莫西", "amxl", "阿莫仙", "xj01", "珠海 胶囊")]
    ['name', 'pinyin', 'brand', 'code', 'name']
    >>> lexicon.close_names("阿漠西淋", limit=1)
    ['阿莫西林胶囊']
    """

    def __init__(self, entries: Sequence[Entry]):
        fold = cache(folded)
        ordered = sorted(entries, key=lambda entry: (len(fold(entry.name)), fold(entry.name), entry.code))
        self._drug_ids = np.array([entry.drug_id for entry in ordered], np.int64)
        self._codes = [
            Codes([_code_key(folded(getattr(entry, field)), field) for entry in ordered]) for field in CODE_FIELDS
        ]
        written = {fold(text): text for entry in reversed(ordered) for text in (entry.brand, entry.name)}
        self._names = _numbers(written, (fold(entry.name) for entry in ordered))
        self._brands = _numbers(written, (fold(entry.brand) for entry in ordered))
        self._written = list(written.values())
        self._texts, self._sounds = Lines(list(written)), Sounds(list(written))
        makers = dict.fromkeys(fold(entry.maker) for entry in ordered)
        self._made_by = _numbers(makers, (fold(entry.maker) for entry in ordered))
        self._makers = Lines(list(makers))

    def matches(self, query: str) -> Matches:
        """Return all that a query finds, best first.

        A query is looked for as a whole, without its blanks: a national drug code or at least four characters of its
        beginning, a whole approval number (国药准字 may be missing), standard code or barcode, part of a name or
        brand, their pinyin initials or their pinyin. If it has several words, an entry that has each of them in its
        name, brand, their pinyin or its maker matches as well, but not by its maker alone.
        Among equals: the hit nearer to the beginning, the shorter name, then by name and code.
        Raises `Invalid`: empty_query, query_too_long.
        """
        separate = words(query)
        whole = "".join(separate)
        ranks = np.minimum(self._code_ranks(whole), self._text_ranks(whole))
        tiers = ranks // STEP
        if len(separate) > 1:
            total, best = self._scattered_ranks(separate)
            tiers = np.where(ranks < NONE, tiers, best // STEP)
            ranks = np.where(ranks < NONE, ranks, total)
        found = np.flatnonzero(ranks < NONE)
        found = found[np.argsort(ranks[found], kind="stable")]
        return Matches(self._drug_ids[found], tiers[found])

    def close_names(self, query: str, *, limit: int = 5) -> list[str]:
        """Return names and brands that look or sound like a query, closest first, and drug codes like a code.

        Close is a similarity of at least 70 of 100 (rapidfuzz) to the text, to a part as long as the query, or to
        their pinyin; a code may have three characters wrong, missing, added or swapped with the next.
        Raises `Invalid`: empty_query, query_too_long.
        """
        whole = "".join(words(query))
        codes = [code.upper() for code in close_codes(whole, self._codes[0].texts(), limit=limit)]
        return [*codes, *self._like(whole, limit)][:limit]

    def _like(self, word: str, limit: int) -> list[str]:
        """Return the names and brands most like a word in writing or sound; among equals the shorter first."""
        texts = self._texts.texts()
        scores = np.maximum(likeness(word, texts), self._sounds.likeness(word))
        close = np.flatnonzero(scores >= LEAST_LIKENESS).tolist()
        best = sorted(close, key=lambda number: (-scores[number], len(texts[number]), texts[number]))
        return [self._written[number] for number in best[:limit]]

    def _code_ranks(self, word: str) -> Ranks:
        """Return the rank of each entry by its codes."""
        ranks = np.full(len(self._drug_ids), NONE, np.int32)
        if len(word) >= SHORTEST_CODE_PREFIX:
            ranks[self._codes[0].owners(word, prefix=True)] = CODE_PREFIX
        for tier in reversed(range(len(CODE_FIELDS))):
            ranks[self._codes[tier].owners(_code_key(word, CODE_FIELDS[tier]))] = tier * STEP
        return ranks

    def _text_ranks(self, word: str) -> Ranks:
        """Return the rank of each entry by its name, its brand and their pinyin."""
        as_written, as_spoken = self._texts.ranks(word), self._sounds.ranks(word) + INITIALS
        as_name, as_brand = np.minimum(as_written + NAME, as_spoken), np.minimum(as_written + BRAND, as_spoken)
        return np.minimum(as_name[self._names], as_brand[self._brands])

    def _scattered_ranks(self, separate: list[str]) -> tuple[Ranks, Ranks]:
        """Return each entry's rank by words found apart, and that of its best word."""
        each = [
            np.minimum(self._text_ranks(word), (self._makers.ranks(word) + MAKER)[self._made_by]) for word in separate
        ]
        best, worst = reduce(np.minimum, each), reduce(np.maximum, each)
        return np.where((worst < NONE) & (best < MAKER), SCATTERED + sum(each), NONE), best


def _code_key(code: str, field: str) -> str:
    """Return what codes of a field are compared by: without 国药准字, and barcodes without leading zeros."""
    if field == "approval_no":
        return code.removeprefix("国药准字")
    return code.lstrip("0") if field == "barcode" else code  # a UPC is an EAN with a zero before it


def _numbers(texts: Iterable[str], chosen: Iterable[str]) -> NDArray[np.int32]:
    """Return the position among `texts` of each chosen one."""
    numbers = {text: number for number, text in enumerate(texts)}
    return np.array([numbers[text] for text in chosen], np.int32)
