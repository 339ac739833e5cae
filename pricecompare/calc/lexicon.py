"""Drugs by what people type: Chinese, a brand, pinyin or its initials, a code; held in memory, built once.

What is searched are the distinct names, brands, makers, forms and specs, not the entries: a catalogue of 280,000 codes
has some thousand names. A hit has a grade (the whole, the beginning, the inside; words found apart; close ones) and a
rank: kind * KIND + field * STEP + place in the text. `MATCHED` names the fields.
"""

from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.amounts import Specs
from pricecompare.calc.entries import CODE_FIELDS, Entry, code_key, column, in_order
from pricecompare.calc.finds import Finds, Hits
from pricecompare.calc.folding import Asked, asked, folded, plain
from pricecompare.calc.likeness import Alike, Scores, close_codes
from pricecompare.calc.lines import EXACT, KIND, NONE, PREFIX, STEP, WITHIN, Codes, Lines, Ranks
from pricecompare.calc.sounds import Sounds

SHORTEST_CODE_PREFIX = 4
LEAST_LIKENESS, LEAST_OF_SHORT, NOTHING_IS_LIKE = 70, 80, 101
"""Of 100: for most words, for those of two characters or less than six letters, and for shorter ones and numbers."""
FEW = 5
"""Close ones are looked for when a single word found fewer than these, none of them beginning with it."""

MATCHED = (*CODE_FIELDS, "name", "brand", *["pinyin"] * 3, *["maker"] * 2, *["form"] * 2, "spec", "close")
"""By which field an entry was found; of several the first is told. Makers and forms are found by syllables, too."""

NAME, BRAND, SPOKEN, MAKER, FORM, SPEC = (field * STEP for field in (4, 5, 6, 9, 11, 13))
CLOSE = len(MATCHED) - 1

APART, ALIKE = 3, 6
"""Grades of words found apart (one for each kind of the best word), and of close ones (one for each four points)."""

POINTS = 4


class Found(NamedTuple):
    """What a query finds, by position: grades, ranks (`NONE` where it is not found) and fields."""

    grades: Ranks
    ranks: Ranks
    fields: Ranks


class Lexicon:
    """The drugs of a catalogue, to be found by what people type; `entries` are in the order that positions count.

    >>> lexicon = Lexicon([Entry(7, "XJ01CAA040A001010102699", "阿莫西林胶囊", "阿莫仙", "珠海", "", "", "")])
    >>> [MATCHED[lexicon.finds(query).fields[0]] for query in ("莫西", "amxl", "阿莫仙", "xj01", "珠海", "阿末西林")]
    ['name', 'pinyin', 'brand', 'code', 'maker', 'close']
    >>> lexicon.close_names("阿漠西淋", limit=1)
    ['阿莫西林胶囊']
    """

    def __init__(self, entries: Sequence[Entry]):
        self.entries = in_order(entries)
        self._codes = [
            Codes([code_key(folded(getattr(entry, field)), field) for entry in self.entries]) for field in CODE_FIELDS
        ]
        self.names = column([text for entry in self.entries for text in (entry.name, entry.brand)])
        self.named, self.branded = self.names.numbers[0::2], self.names.numbers[1::2]
        texts = self.names.texts
        self._texts, self._sounds, self._alike = Lines(texts), Sounds(texts), Alike(texts)
        self.makers = column([entry.maker for entry in self.entries])
        forms = column([entry.form for entry in self.entries])
        self._makers = Lines(self.makers.texts), Sounds(self.makers.texts)
        self._more = [
            *((search.ranks, MAKER, self.makers) for search in self._makers),
            *((search.ranks, FORM, forms) for search in (Lines(forms.texts), Sounds(forms.texts))),
        ]
        self._specs = column([plain(f"{entry.spec} {entry.pack}") for entry in self.entries], read=False)
        self._quantities = Specs(self._specs.texts)
        self._nobody = np.zeros(len(self.entries), np.int64)

    def finds(self, query: str, *, sellers: NDArray[np.int64] | None = None) -> Finds:
        """Return all that a query finds, best first; `sellers` says how many there are of each entry, in their order.

        A query is looked for as a whole, without its blanks: a national drug code or at least four characters of its
        beginning, a whole approval number (国药准字 may be missing), standard code or barcode, part of a name or
        brand, their pinyin initials or their pinyin, or a mixture of these where nothing else is found. If it has
        several words, an entry that has each of them in its name, brand, maker, form, spec or their pinyin is found as
        well, but not without one in its name or brand unless nothing else is found. Where little is found, entries
        that look or sound alike follow.
        Order: grade, sellers, field, nearer to the beginning, shorter name, name, code.
        Raises `Invalid`: empty_query, query_too_long.
        """
        these = asked(query)
        found = self._sound(these)
        at = np.flatnonzero(found.ranks < NONE)
        if not len(at) or (len(these.words) == 1 and len(at) < FEW and (found.grades[at] >= WITHIN).all()):
            found = self._with_close(these, found)
            at = np.flatnonzero(found.ranks < NONE)
        hits = Hits(at, found.grades[at], found.ranks[at], found.fields[at])
        return Finds(hits, self._nobody if sellers is None else sellers)

    def close_names(self, query: str, *, limit: int = 5) -> list[str]:
        """Return names and brands that look or sound like a query, closest first, and drug codes like a code.

        Close is a similarity of at least 70 of 100 (rapidfuzz) to the text, to a part as long as the query, or to
        their pinyin; a code may have three characters wrong, missing, added or swapped with the next.
        Raises `Invalid`: empty_query, query_too_long.
        """
        whole = asked(query).whole
        codes = [code.upper() for code in close_codes(whole, self._codes[0].texts(), limit=limit)]
        scores, texts = self._like(whole), self.names.texts
        close = np.flatnonzero(scores >= LEAST_LIKENESS).tolist()
        best = sorted(close, key=lambda number: (-scores[number], len(texts[number]), texts[number]))
        return [*codes, *(self.names.written[number] for number in best)][:limit]

    def of_texts(self, word: str) -> Ranks:
        """Return the rank of each distinct name and brand, as a name; a mixture counts where nothing else does."""
        written, spoken = self._texts.ranks(word) + NAME, self._sounds.ranks(word) + SPOKEN
        ranks = np.minimum(written, spoken)
        return self._sounds.mixed(word) + SPOKEN if ranks.min(initial=NONE) >= NONE else ranks

    def of_makers(self, word: str) -> Ranks:
        """Return the rank of each distinct maker."""
        return np.minimum(*(search.ranks(word) for search in self._makers)) + MAKER

    def _sound(self, these: Asked) -> Found:
        """Return what the query finds as it stands, or with its words apart."""
        own = self._own_ranks(these.whole)
        ranks = np.minimum(self._code_ranks(these.whole), own)
        if len(these.words) == 1 and (ranks < NONE).any():
            return Found(ranks // KIND, ranks, _fields(ranks))
        each = [own] if len(these.words) == 1 else [self._own_ranks(word) for word in these.words]
        apart, best = self._apart(these, each, anywhere=bool((ranks >= NONE).all()))
        whole = ranks < NONE
        return Found(
            np.where(whole, ranks // KIND, APART + best // KIND),
            np.where(whole, ranks, apart),
            np.where(whole, _fields(ranks), _fields(best)),
        )

    def _apart(self, these: Asked, own: list[Ranks], *, anywhere: bool) -> tuple[Ranks, Ranks]:
        """Return each entry's rank by words found apart, and that of its best word.

        One word must be in the name or brand; if no entry has one there, it may be `anywhere`.
        """
        each = [
            np.minimum(one, self._other_ranks(*word))
            for one, *word in zip(own, these.words, these.written, strict=True)
        ]
        total = np.where(reduce(np.maximum, each) < NONE, sum(each), NONE).astype(np.int32)
        best = reduce(np.minimum, own)
        named = np.where(best < NONE, total, NONE)
        if anywhere and (named >= NONE).all():
            return total, reduce(np.minimum, each)
        return named, best

    def _with_close(self, these: Asked, found: Found) -> Found:
        """Return what was found, and behind it entries that look or sound like the query."""
        scores = self._likeness(these)
        there = found.ranks < NONE
        far = np.where(scores >= LEAST_LIKENESS, 10 * (100 - scores), NONE).astype(np.int32)
        return Found(
            np.where(there, found.grades, ALIKE + (100 - scores).astype(np.int32) // POINTS),
            np.where(there, found.ranks, far),
            np.where(there, found.fields, CLOSE),
        )

    def _likeness(self, these: Asked) -> Scores:
        """Return how like the names of each entry are to the query, or to those of its words that are found nowhere."""
        whole = self._of_entries(self._like(these.whole))
        if len(these.words) == 1:
            return whole
        each = [self._word_likeness(*word) for word in zip(these.words, these.written, strict=True)]
        return np.maximum(whole, reduce(np.minimum, each))

    def _word_likeness(self, word: str, written: str) -> Scores:
        """Return 100 where a word is found; for one that is found nowhere, how like each entry's names are to it."""
        ranks = np.minimum(self._own_ranks(word), self._other_ranks(word, written))
        if (ranks < NONE).any():
            return np.where(ranks < NONE, np.float32(100), np.float32(0))
        return self._of_entries(self._like(word))

    def _of_entries(self, scores: Scores) -> Scores:
        return np.maximum(scores[self.named], scores[self.branded])

    def _like(self, word: str) -> Scores:
        """Return how like each distinct name and brand is to a word in writing or sound, 0 below what is close."""
        least = _least_likeness(word)
        if least > 100:
            return np.zeros(len(self.names.texts), np.float32)
        scores = np.maximum(self._alike.scores(word), self._sounds.likeness(word))
        return np.where(scores >= least, scores, np.float32(0))

    def _code_ranks(self, word: str) -> Ranks:
        """Return the rank of each entry by its codes."""
        ranks = np.full(len(self.entries), NONE, np.int32)
        if len(word) >= SHORTEST_CODE_PREFIX:
            ranks[self._codes[0].owners(word, prefix=True)] = PREFIX * KIND
        for field in reversed(range(len(CODE_FIELDS))):
            ranks[self._codes[field].owners(code_key(word, CODE_FIELDS[field]))] = EXACT * KIND + field * STEP
        return ranks

    def _own_ranks(self, word: str) -> Ranks:
        """Return the rank of each entry by its name, its brand and their pinyin."""
        written, spoken = self._texts.ranks(word), self._sounds.ranks(word) + SPOKEN
        if min(written.min(initial=NONE), spoken.min(initial=NONE)) >= NONE:
            spoken = self._sounds.mixed(word) + SPOKEN
        as_name, as_brand = np.minimum(written + NAME, spoken), np.minimum(written + BRAND, spoken)
        return np.minimum(as_name[self.named], as_brand[self.branded])

    def _other_ranks(self, word: str, written: str) -> Ranks:
        """Return the rank of each entry by its maker, form and spec."""
        ranks = (self._quantities.ranks(written) + SPEC)[self._specs.numbers]
        for search, field, column_ in self._more:
            np.minimum(ranks, (search(word) + field)[column_.numbers], out=ranks)
        return ranks


def _least_likeness(word: str) -> int:
    """Return how like a text must be to a word: the shorter it is, the more are like it by chance."""
    if 2 * sum(map(str.isdigit, word)) > len(word):
        return NOTHING_IS_LIKE
    short, enough = (3, 6) if word.isascii() else (2, 3)
    return LEAST_LIKENESS if len(word) >= enough else LEAST_OF_SHORT if len(word) >= short else NOTHING_IS_LIKE


def _fields(ranks: Ranks) -> Ranks:
    """Return by which field ranks are; of no meaning where nothing was found."""
    return np.minimum(ranks // STEP % (KIND // STEP), CLOSE)
