"""What a query may be the beginning of: names, brands and makers, while somebody types."""

from typing import NamedTuple

import numpy as np

from pricecompare.calc.folding import asked
from pricecompare.calc.lexicon import Lexicon
from pricecompare.calc.lines import KIND, NONE

MOST = 10
NAME, BRAND, MAKER = SUGGESTED = ("name", "brand", "maker")

_PACKS, _LENGTH = 20, 10
"""Bits of the parts of a key under the kind of the hit: the most packs and characters that are told apart."""


class Suggestion(NamedTuple):
    """A text to search for, what it is (one of `SUGGESTED`), and how many packs have it."""

    text: str
    kind: str
    packs: int


class Suggestions:
    """The names, brands and makers of a lexicon, as they are suggested."""

    def __init__(self, lexicon: Lexicon):
        self._fields = lexicon.fields
        names, makers = lexicon.fields.names, lexicon.fields.makers
        self._texts = names.texts + makers.texts
        as_names, as_brands = (
            np.bincount(these, minlength=len(names.texts)) for these in (self._fields.named, self._fields.branded)
        )
        packs = np.concatenate([as_names + as_brands, np.bincount(makers.numbers, minlength=len(makers.texts))])
        kinds = [NAME if count else BRAND for count in as_names.tolist()] + [MAKER] * len(makers.texts)
        self._shown = list(map(Suggestion, names.written + makers.written, kinds, packs.tolist()))
        most, longest = (1 << _PACKS) - 1, (1 << _LENGTH) - 1
        lengths = np.fromiter(map(len, self._texts), np.int64, len(self._texts))
        made = np.arange(len(packs)) >= len(names.texts)
        self._keys = (made.astype(np.int64) << _PACKS | most - np.minimum(packs, most)) << _LENGTH
        self._keys |= np.minimum(lengths, longest)

    def of(self, query: str, *, limit: int = MOST) -> list[Suggestion]:
        """Return names, brands and makers that a query finds, or else names and brands that are like it.

        Order: the whole, the beginning, the inside; names and brands before makers; most packs; shorter; by text.
        Raises `Invalid`: empty_query, query_too_long.
        """
        word = asked(query).whole
        ranks = self._fields.of_texts(word)
        best = np.flatnonzero(ranks < NONE)
        keys = (ranks[best] // KIND).astype(np.int64) << _PACKS + _LENGTH + 1 | self._keys[best]
        if len(best) > limit:
            near = keys <= np.partition(keys, limit - 1)[limit - 1]
            best, keys = best[near], keys[near]
        found = sorted(zip(keys.tolist(), (self._texts[at] for at in best.tolist()), best.tolist(), strict=True))
        return [self._shown[at] for *_, at in found[:limit]] or self._close(word, limit)

    def _close(self, word: str, limit: int) -> list[Suggestion]:
        """Return the names and brands that are like a word."""
        scores = self._fields.likeness_of_names(word)
        near = sorted(np.flatnonzero(scores).tolist(), key=lambda at: (-scores[at], self._keys[at], self._texts[at]))
        return [self._shown[at] for at in near[:limit]]
