"""What a query may be the beginning of: names, brands and makers, while somebody types."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.finds import Positions
from pricecompare.calc.folding import asked
from pricecompare.calc.lexicon import Lexicon
from pricecompare.calc.lines import KIND, NONE

MOST = 10
NAME, BRAND, MAKER = SUGGESTED = ("name", "brand", "maker")

_SELLERS, _PACKS, _LENGTH = 22, 20, 10
"""Bits of the parts of a key under the kind of the hit: the most sellers, packs and characters that are told apart."""


Crowd = Callable[[Positions], NDArray[np.int64]]
"""Says how many pharmacies sell each entry of a lexicon, by position, rightly for the positions it is asked about."""


class Suggestion(NamedTuple):
    """A text to search for, what it is (one of `SUGGESTED`), how many packs have it, and who sells the one most sold.

    `sellers` is None where nobody said how many they are.
    """

    text: str
    kind: str
    packs: int
    sellers: int | None = None


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
        self._made = (np.arange(len(packs)) >= len(names.texts)).astype(np.int64)
        self._keys = most - np.minimum(packs, most) << _LENGTH | np.minimum(lengths, longest)

    def of(self, query: str, *, limit: int = MOST, sellers: Crowd | None = None) -> list[Suggestion]:
        """Return names, brands and makers that a query finds, or else names and brands that are like it.

        Order: the whole, the beginning, the inside; names and brands before makers; most sellers of any one pack, if
        `sellers` says how many; most packs; shorter; by text. Raises `Invalid`: empty_query, query_too_long.
        """
        word = asked(query).whole
        ranks = self._fields.of_texts(word)
        found = np.flatnonzero(ranks < NONE)
        if not len(found):
            return self._close(word, limit, sellers)
        sorts = ranks[found].astype(np.int64) // KIND << 1 | self._made[found]
        if len(found) > limit:
            # Who sells what need be known of those sorts alone that can be among the first.
            some = sorts <= np.partition(sorts, limit - 1)[limit - 1]
            found, sorts = found[some], sorts[some]
        crowds = self._crowds(found, sellers)
        keys = sorts << _SELLERS | (1 << _SELLERS) - 1 - crowds
        keys = keys << _PACKS + _LENGTH | self._keys[found]
        last = np.partition(keys, limit - 1)[limit - 1] if len(found) > limit else keys.max()
        near = np.flatnonzero(keys <= last).tolist()
        told = sorted(near, key=lambda at: (keys[at], self._texts[found[at]]))[:limit]
        return [self._told(int(found[at]), crowds[at], sellers) for at in told]

    def _close(self, word: str, limit: int, sellers: Crowd | None) -> list[Suggestion]:
        """Return the names and brands that are like a word: most like, most sellers, most packs."""
        scores = self._fields.likeness_of_names(word)
        found = np.flatnonzero(scores)
        crowds = self._crowds(found, sellers)
        ranked = zip((-scores[found]).tolist(), (-crowds).tolist(), self._keys[found].tolist(), strict=True)
        keys = [(*key, self._texts[at]) for key, at in zip(ranked, found.tolist(), strict=True)]
        near = sorted(range(len(found)), key=keys.__getitem__)[:limit]
        return [self._told(int(found[at]), crowds[at], sellers) for at in near]

    def _told(self, text: int, crowd: np.int64, sellers: Crowd | None) -> Suggestion:
        return self._shown[text] if sellers is None else self._shown[text]._replace(sellers=int(crowd))

    def _crowds(self, found: NDArray[np.intp], sellers: Crowd | None) -> NDArray[np.int64]:
        """Return how many pharmacies sell the most sold pack of each text; 0 where nobody says how many."""
        crowds = np.zeros(len(self._texts), np.int64)
        if sellers is None or not len(found):
            return crowds[found]
        wanted = np.zeros(len(self._texts), np.bool_)
        wanted[found] = True
        columns = self._fields.named, self._fields.branded, self._fields.makers.numbers + len(self._fields.names.texts)
        positions = np.flatnonzero(np.logical_or.reduce([wanted[column] for column in columns]))
        counts = np.minimum(sellers(positions)[positions], (1 << _SELLERS) - 1)
        for column in columns:
            np.maximum.at(crowds, column[positions], counts)
        return crowds[found]
