"""Drugs by what people type: Chinese, a brand, pinyin or its initials, a code; held in memory, built once.

What is searched are the distinct names, brands, makers, forms and specs, not the entries: a catalogue of 280,000 codes
has some thousand names. A hit has a grade (the whole, the beginning, the inside; words found apart; close ones) and
within it a rank (calc/fields.py).
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.entries import CODE_FIELDS, Entry, code_key, in_order
from pricecompare.calc.fields import CLOSE, Fields, Look, field_of
from pricecompare.calc.finds import NOTHING, Finds, Hits, Positions
from pricecompare.calc.folding import Asked, asked, folded
from pricecompare.calc.likeness import Scores, close_codes, looks_like_a_code
from pricecompare.calc.lines import EXACT, KIND, NONE, PREFIX, STEP, WITHIN, Codes, Ranks

SHORTEST_CODE_PREFIX = 4
FEW = 5
"""Close ones are looked for when a single word found fewer than these, none of them beginning with it."""

APART, ALIKE = 3, 6
"""Grades of words found apart (one for each kind of the best word), and of close ones (one for each four points)."""

POINTS = 4


class Lexicon:
    """The drugs of a catalogue, to be found by what people type; `entries` are in the order that positions count.

    >>> lexicon = Lexicon([Entry(7, "XJ01CAA040A001010102699", "阿莫西林胶囊", "阿莫仙", "珠海", "", "", "")])
    >>> [int(lexicon.finds(query).fields[0]) for query in ("莫西", "amxl", "阿莫仙", "xj01", "珠海", "阿末西林")]
    [4, 6, 5, 0, 9, 14]
    >>> lexicon.close_names("阿漠西淋", limit=1)
    ['阿莫西林胶囊']
    """

    def __init__(self, entries: Sequence[Entry]):
        self.entries = in_order(entries)
        self.fields = Fields(self.entries)
        self._codes = [
            Codes([code_key(folded(getattr(entry, field)), field) for entry in self.entries]) for field in CODE_FIELDS
        ]
        self._nobody = np.zeros(len(self.entries), np.int64)

    def finds(self, query: str, *, sellers: NDArray[np.int64] | None = None) -> Finds:
        """Return all that a query finds, best first; `sellers` says how many there are of each entry, in their order.

        Order: grade, sellers, field, nearer to the beginning, shorter name, name, code. What is found, and what is
        raised, is told by `hits`.
        """
        return Finds(self.hits(query), self._nobody if sellers is None else sellers)

    def hits(self, query: str) -> Hits:
        """Return all that a query finds.

        A query is looked for as a whole, without its blanks: a national drug code or at least four characters of its
        beginning, a whole approval number (国药准字 may be missing), standard code or barcode, part of a name or
        brand, their pinyin initials or their pinyin, or a mixture of these where nothing else is found. If it has
        several words, an entry that has each of them in its name, brand, maker, form, spec or their pinyin is found as
        well, but not without one in its name or brand unless nothing else is found. Where little is found, entries
        that look or sound alike follow.
        Raises `Invalid`: empty_query, query_too_long.
        """
        these = asked(query)
        whole = self.fields.look(these.whole)
        apart = [whole] if len(these.words) == 1 else list(map(self.fields.look, these.words))
        found = self._sound(these, whole, apart)
        if not len(found.positions) or (len(apart) == 1 and _few(found)):
            found = _with_close(found, self._likeness(these, apart))
        return found

    def close_names(self, query: str, *, limit: int = 5) -> list[str]:
        """Return names and brands that look or sound like a query, closest first, and drug codes like a code.

        Close is a similarity of at least 70 of 100 (rapidfuzz) to the text, to a part as long as the query, or to
        their pinyin; a code may have three characters wrong, missing, added or swapped with the next.
        Raises `Invalid`: empty_query, query_too_long.
        """
        whole, names = asked(query).whole, self.fields.names
        near = close_codes(whole, self._codes[0].texts(), limit=limit) if looks_like_a_code(whole) else []
        scores = self.fields.likeness_of_names(whole)
        close = np.flatnonzero(scores).tolist()
        best = sorted(close, key=lambda number: (-scores[number], len(names.texts[number]), names.texts[number]))
        return [*(code.upper() for code in near), *(names.written[number] for number in best)][:limit]

    def _sound(self, these: Asked, whole: Look, apart: list[Look]) -> Hits:
        """Return what the query finds as it stands, or with its words apart."""
        own = self.fields.own(whole)
        ranks = np.minimum(self._code_ranks(whole.word), own) if _may_be_code(whole.word) else own
        found = np.flatnonzero(ranks < NONE)
        hits = Hits(found, ranks[found] // KIND, ranks[found], field_of(ranks[found]))
        if len(apart) == 1 and len(found):
            return hits
        each = [own] if len(apart) == 1 else list(map(self.fields.own, apart))
        named = np.flatnonzero(reduce(np.minimum, each) < NONE)
        more = self._together(these, apart, each, among=named[ranks[named] >= NONE])
        if not len(found) and not len(more.positions):
            more = self._together(these, apart, each, among=np.arange(len(self.entries)), anywhere=True)
        return _joined(hits, more)

    def _together(
        self, these: Asked, apart: list[Look], own: list[Ranks], *, among: Positions, anywhere: bool = False
    ) -> Hits:
        """Return those of some entries that have all words, graded by the best in name or brand, or `anywhere`."""
        if not len(among):
            return NOTHING
        named = [ranks[among] for ranks in own]
        other = [self.fields.other(*word, among) for word in zip(apart, these.written, strict=True)]
        each = list(map(np.minimum, named, other))
        best = reduce(np.minimum, each if anywhere else named)
        there = np.flatnonzero(reduce(np.maximum, each) < NONE)
        total = reduce(np.add, [ranks[there] for ranks in each])
        return Hits(among[there], APART + best[there] // KIND, total, field_of(best[there]))

    def _likeness(self, these: Asked, apart: list[Look]) -> Scores:
        """Return how like the names of each entry are to the query, or to those of its words that are found nowhere."""
        whole = self.fields.likeness(these.whole)
        if len(apart) == 1:
            return whole
        return np.maximum(whole, reduce(np.minimum, map(self._word_likeness, apart, these.written)))

    def _word_likeness(self, this: Look, written: str) -> Scores:
        """Return 100 where a word is found; for one that is found nowhere, how like each entry's names are to it."""
        other = self.fields.other(this, written, np.arange(len(self.entries)))
        found = np.minimum(self.fields.own(this), other) < NONE
        return np.where(found, np.float32(100), np.float32(0)) if found.any() else self.fields.likeness(this.word)

    def _code_ranks(self, word: str) -> Ranks:
        """Return the rank of each entry by its codes."""
        ranks = np.full(len(self.entries), NONE, np.int32)
        if len(word) >= SHORTEST_CODE_PREFIX:
            ranks[self._codes[0].owners(word, prefix=True)] = PREFIX * KIND
        for field in reversed(range(len(CODE_FIELDS))):
            ranks[self._codes[field].owners(code_key(word, CODE_FIELDS[field]))] = EXACT * KIND + field * STEP
        return ranks


def _few(found: Hits) -> bool:
    """Return whether so little was found that the query may be a typing error."""
    return len(found.positions) < FEW and bool((found.grades >= WITHIN).all())


def _with_close(found: Hits, scores: Scores) -> Hits:
    """Return what was found, and behind it entries that look or sound like the query."""
    scores = scores.copy()
    scores[found.positions] = 0
    near = np.flatnonzero(scores)
    far = 100 - scores[near]
    grades = ALIKE + far.astype(np.int32) // POINTS
    return _joined(found, Hits(near, grades, (10 * far).astype(np.int32), np.full(len(near), CLOSE, np.int32)))


def _joined(first: Hits, second: Hits) -> Hits:
    return Hits(*(np.concatenate([before, behind]) for before, behind in zip(first, second, strict=True)))


def _may_be_code(word: str) -> bool:
    """Return whether a word may be a code or the beginning of one: they all have digits."""
    return any(map(str.isdigit, word))
