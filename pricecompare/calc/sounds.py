"""Texts by their pinyin: the initials of their characters, whole syllables, and mixtures with the characters."""

from collections.abc import Sequence
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.likeness import Alike, Scores
from pricecompare.calc.lines import NONE, STEP, Lines, Ranks
from pricecompare.calc.pinyin import spellings
from pricecompare.calc.shorthand import Shorthand

Number = TypeVar("Number", np.int32, np.float32)

SYLLABLES, MIXED = STEP, 2 * STEP
"""What is added to the ranks of hits in whole syllables, and in mixtures; hits in initials have nothing added."""

_PAIR = 2


class Sounds:
    """The pinyin of texts; where a text can be spelled in several ways, each way finds it.

    >>> sounds = Sounds(["阿莫西林", "枳壳"])
    >>> [int(sounds.ranks(word)[0]) for word in ("mx", "xilin")]
    [2049, 2114]
    """

    def __init__(self, texts: Sequence[str], *, closely: int | None = None):
        """Spell the texts; mixtures and likeness are asked of the first `closely` only, or of all."""
        ways = [spellings(text) for text in texts]
        counts = np.fromiter(map(len, ways), np.intp, len(ways))
        self._firsts = np.cumsum(counts) - counts
        self._closely = len(texts) if closely is None else closely
        self._ways = [(text, way) for text, of_text in zip(texts, ways, strict=True) for way in of_text]
        self._initials = Lines([[syllable[0] for syllable in way] for _, way in self._ways])
        self._syllables = Lines([way for _, way in self._ways])
        self._ways = self._ways[: int(counts[: self._closely].sum())]

    def ranks(self, word: str) -> Ranks:
        """Return the rank of each text; a word begins where a syllable does, but may end within one."""
        return self._best(np.minimum(self._initials.ranks(word), self._syllables.ranks(word) + SYLLABLES), np.minimum)

    def mixed(self, word: str) -> Ranks:
        """Return the rank of each text for a mixture of characters, syllables and initials."""
        return self._best(np.minimum(self._shorthand.ranks(word) + MIXED, NONE), np.minimum)

    def likeness(self, word: str, *, least: float = 0) -> Scores:
        """Return how like the pinyin of each text is to that of a word, or to the word if that is in Latin letters.

        What is below `least` may be told as 0.
        """
        spelled = "".join(spellings(word)[0])
        scores = self._like_syllables.scores(spelled, least=least)
        if spelled == word:
            scores = np.maximum(scores, self._like_initials.scores(word, least=least))
        return self._best(scores, np.maximum)

    @cached_property
    def _shorthand(self) -> Shorthand:
        return Shorthand([text for text, _ in self._ways], [way for _, way in self._ways])

    @cached_property
    def _like_syllables(self) -> Alike:
        return Alike(["".join(way) for _, way in self._ways], gram=_PAIR)

    @cached_property
    def _like_initials(self) -> Alike:
        return Alike(["".join(syllable[0] for syllable in way) for _, way in self._ways])

    def _best(self, of_ways: NDArray[Number], better: np.ufunc) -> NDArray[Number]:
        """Return the best of each text's ways."""
        firsts = self._firsts if len(of_ways) > len(self._ways) else self._firsts[: self._closely]
        return better.reduceat(of_ways, firsts) if len(of_ways) else of_ways
