"""What entries say of themselves: names, brands, makers, forms and specs, each distinct text searched once for a word.

A hit has a rank: kind * KIND + field * STEP + place in the text; `MATCHED` names the fields.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pricecompare.calc.entries import CODE_FIELDS, Entry, column
from pricecompare.calc.finds import Positions
from pricecompare.calc.folding import plain
from pricecompare.calc.likeness import Alike, Scores
from pricecompare.calc.lines import KIND, NONE, STEP, Lines, Ranks
from pricecompare.calc.quantities import Specs
from pricecompare.calc.sounds import Sounds

MATCHED = (*CODE_FIELDS, "name", "brand", *["pinyin"] * 3, *["maker"] * 2, *["form"] * 2, "spec", "close")
"""By which field an entry was found; of several the first is told. Makers and forms are found by syllables, too."""

NAME, BRAND, SPOKEN, MAKER, FORM, SPEC = (field * STEP for field in (4, 5, 6, 9, 11, 13))
CLOSE = len(MATCHED) - 1

LEAST_LIKENESS, LEAST_OF_SHORT, NOTHING_IS_LIKE = 70, 80, 101
"""Of 100: for most words, for those of two characters or less than six letters, and for shorter ones and numbers."""

_LETTER = re.compile("[a-z]")


class Look(NamedTuple):
    """A word, and its ranks in all texts as they are written and as they are spoken."""

    word: str
    written: Ranks
    spoken: Ranks


class Fields:
    """The texts of entries, to be searched for words; ranks are by entry, `NONE` where a word is not found."""

    def __init__(self, entries: Sequence[Entry]):
        self.names = column([text for entry in entries for text in (entry.name, entry.brand)])
        self.named, self.branded = self.names.numbers[0::2], self.names.numbers[1::2]
        self._brands = np.unique(self.branded)
        self.makers = column([entry.maker for entry in entries])
        self._forms = column([entry.form for entry in entries])
        self._specs = column([plain(f"{entry.spec} {entry.pack}") for entry in entries], read=False)
        self._quantities = Specs(self._specs.texts)
        names = self.names.texts
        self._ends = len(names), len(names) + len(self.makers.texts)
        texts = names + self.makers.texts + self._forms.texts
        # All in one: looking through a text costs less than beginning to look.
        self._written, self._spoken = Lines(texts), Sounds(texts, closely=len(names))
        self._alike = Alike(names)
        self._liked: tuple[str, Scores] = ("", np.zeros(0, np.float32))

    def look(self, word: str) -> Look:
        """Return where a word is in names, brands, makers and forms."""
        return Look(word, self._written.ranks(word), self._spoken.ranks(word))

    def own(self, this: Look) -> Ranks:
        """Return ranks by name, brand and their pinyin.

        A mixture of characters and pinyin counts where the word is in no name or brand in any other way.
        """
        first, _ = self._ends
        written, spoken = this.written[:first], this.spoken[:first] + SPOKEN
        if min(written.min(initial=NONE), spoken.min(initial=NONE)) >= NONE:
            # Characters alone are no mixture.
            spoken = spoken if _LETTER.search(this.word) is None else self._spoken.mixed(this.word) + SPOKEN
        ranks = np.minimum(written + NAME, spoken)[self.named]
        as_brand = np.minimum(written + BRAND, spoken)
        return np.minimum(ranks, as_brand[self.branded]) if as_brand[self._brands].min(initial=NONE) < NONE else ranks

    def other(self, this: Look, as_written: str, positions: Positions) -> Ranks:
        """Return ranks of some entries by maker, form and, for a word as it was written, spec."""
        first, second = self._ends
        either = np.minimum(this.written, this.spoken)
        parts = [(either[first:second] + MAKER, self.makers), (either[second:] + FORM, self._forms)]
        # Letters alone are pinyin: in a spec they would be parts of units.
        if not (as_written.isascii() and as_written.isalpha()):
            parts.append((self._quantities.ranks(as_written) + SPEC, self._specs))
        ranks = np.full(len(positions), NONE, np.int32)
        for of_texts, these in parts:
            if of_texts.min(initial=NONE) < NONE:
                np.minimum(ranks, of_texts[these.numbers[positions]], out=ranks)
        return ranks

    def of_texts(self, word: str) -> Ranks:
        """Return the rank of each distinct name, brand and maker."""
        either = np.minimum(self._written.ranks(word), self._spoken.ranks(word))[: self._ends[1]]
        names = either[: self._ends[0]]
        if names.min(initial=NONE) >= NONE and _LETTER.search(word):
            names[:] = self._spoken.mixed(word)
        return either

    def likeness(self, word: str) -> Scores:
        """Return how like each entry's name or brand is to a word in writing or sound, 0 below what is close."""
        scores = self.likeness_of_names(word)
        return np.maximum(scores[self.named], scores[self.branded])

    def likeness_of_names(self, word: str) -> Scores:
        """Return the same for each distinct name and brand."""
        known, scores = self._liked
        if word != known or not len(scores):
            scores = self._like(word)
            # Asked for twice by whoever shows close names; replaced whole, so readers need no lock.
            self._liked = word, scores
        return scores

    def _like(self, word: str) -> Scores:
        least = least_likeness(word)
        if least >= NOTHING_IS_LIKE:
            return np.zeros(len(self.names.texts), np.float32)
        scores = np.maximum(self._alike.scores(word, least=least), self._spoken.likeness(word, least=least))
        return np.where(scores >= least, scores, np.float32(0))


def least_likeness(word: str) -> int:
    """Return how like a text must be to a word: the shorter it is, the more are like it by chance."""
    if 2 * sum(map(str.isdigit, word)) > len(word):
        return NOTHING_IS_LIKE
    short, enough = (3, 6) if word.isascii() else (2, 3)
    return LEAST_LIKENESS if len(word) >= enough else LEAST_OF_SHORT if len(word) >= short else NOTHING_IS_LIKE


def field_of(ranks: Ranks) -> Ranks:
    """Return by which field ranks are; of no meaning where nothing was found."""
    return np.minimum(ranks // STEP % (KIND // STEP), CLOSE)
