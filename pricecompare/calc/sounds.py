"""Texts by their pinyin: the initials of their characters, and whole syllables."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.likeness import Scores, likeness
from pricecompare.calc.lines import STEP, WITHIN, Lines, Ranks
from pricecompare.calc.pinyin import spellings

Number = TypeVar("Number", np.int32, np.float32)

SYLLABLES = (WITHIN + 1) * STEP
"""Ranks from here on are hits in whole syllables; those before are hits in initials."""


class Sounds:
    """The pinyin of texts; where a text can be spelled in several ways, each way finds it.

    >>> sounds = Sounds(["阿莫西林", "枳壳"])
    >>> [int(sounds.ranks(word)[0]) for word in ("mx", "xilin")] == [WITHIN * STEP + 1, SYLLABLES + WITHIN * STEP + 2]
    True
    """

    def __init__(self, texts: Sequence[str]):
        ways = [spellings(text) for text in texts]
        counts = np.fromiter(map(len, ways), np.intp, len(ways))
        self._firsts = np.cumsum(counts) - counts
        self._initials = Lines([[syllable[0] for syllable in way] for of_text in ways for way in of_text])
        self._syllables = Lines([way for of_text in ways for way in of_text])

    def ranks(self, word: str) -> Ranks:
        """Return the rank of each text; a word begins where a syllable does, but may end within one."""
        return self._best(np.minimum(self._initials.ranks(word), self._syllables.ranks(word) + SYLLABLES), np.minimum)

    def likeness(self, word: str) -> Scores:
        """Return how like the pinyin of each text is to that of a word, or to the word if that is in Latin letters."""
        spelled = "".join(spellings(word)[0])
        scores = likeness(spelled, self._syllables.texts())
        if spelled == word:
            scores = np.maximum(scores, likeness(word, self._initials.texts()))
        return self._best(scores, np.maximum)

    def _best(self, of_ways: NDArray[Number], better: np.ufunc) -> NDArray[Number]:
        """Return the best of each text's ways."""
        return better.reduceat(of_ways, self._firsts) if len(of_ways) else of_ways
