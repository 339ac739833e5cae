"""How like texts are, for typing errors: a rough choice by what texts have in common, then rapidfuzz."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, LCSseq

Scores = NDArray[np.float32]

PART = 0.9
"""What likeness to a part of a text counts, against 1 for likeness to the whole."""

ELSEWHERE = 0.96
"""What likeness counts to a text that begins with another character: people seldom get the first one wrong."""

ABBREVIATED = 75.0
SHORTEST_ABBREVIATION = 3
"""What a text counts that has all characters of a word in their order, and how many those must be."""

_ROUNDING = 0.01

MOST_ERRORS = 3
SHORTEST_CODE = 8
CANDIDATES = 48
"""How many texts are looked at closely."""


class Alike:
    """Texts to be found by what is like them, quickly: only those that share most with a word are looked at closely.

    >>> Alike(["阿莫西林", "阿莫仙", "头孢"]).scores("阿莫西淋").round().tolist()
    [77.0, 57.0, 0.0]
    """

    def __init__(self, texts: Sequence[str], *, gram: int = 1):
        self._texts, self._gram = texts, gram
        owners: dict[str, list[int]] = {}
        for number, text in enumerate(texts):
            for part in set(_grams(text, gram)):
                owners.setdefault(part, []).append(number)
        self._owners = {part: np.array(numbers, np.int32) for part, numbers in owners.items()}

    def scores(self, word: str, *, least: float = 0) -> Scores:
        """Return how like each text is to a word: 0 to 100, and 0 for those that were not looked at closely.

        What is below `least` may be 0 as well, and costs less then.
        """
        scores = np.zeros(len(self._texts), np.float32)
        near = self._candidates(word)
        if len(near):
            texts = [self._texts[number] for number in near.tolist()]
            scores[near] = likeness(word, texts, least=least)
            if not word.isascii():
                scores[near] = np.maximum(scores[near], abbreviated(word, texts))
        return scores

    def _candidates(self, word: str) -> NDArray[np.intp]:
        """Return the texts that share most with a word."""
        lists = [self._owners[part] for part in Counter(_grams(word, self._gram)) if part in self._owners]
        if not lists:
            return np.zeros(0, np.intp)
        shared = np.bincount(np.concatenate(lists), minlength=len(self._texts))
        least = 1 if len(shared) <= CANDIDATES else max(1, np.partition(shared, -CANDIDATES)[-CANDIDATES])
        near = np.flatnonzero(shared >= least)
        return near[np.argsort(-shared[near], kind="stable")][: 2 * CANDIDATES]


def abbreviated(word: str, texts: Sequence[str]) -> Scores:
    """Return `ABBREVIATED` for each text that has all characters of a word in their order, 0 for others.

    >>> abbreviated("狂犬疫苗", ["人用狂犬病疫苗", "疫苗"]).tolist()
    [75.0, 0.0]
    """
    if len(word) < SHORTEST_ABBREVIATION:
        return np.zeros(len(texts), np.float32)
    common = process.cdist([word], texts, scorer=LCSseq.similarity, score_cutoff=len(word))[0]
    return np.where(common == len(word), np.float32(ABBREVIATED), np.float32(0))


def likeness(word: str, texts: Sequence[str], *, least: float = 0) -> Scores:
    """Return how like each text is to a word: 0 to 100, by the Indel ratio of rapidfuzz.

    The best part of a text as long as the word counts nine tenths; texts shorter than the word are taken whole.
    What begins with another character counts a little less. What is below `least` may be told as 0.

    >>> likeness("amxln", ["amxljn", "amxl", "bx"]).round().tolist()
    [91.0, 89.0, 27.0]
    """
    enough = max(least - _ROUNDING, 0)
    best = process.cdist([word], texts, scorer=fuzz.ratio, score_cutoff=enough)[0]
    # Parts cost ten times as much as the whole, and a shorter text has none.
    long = [at for at, text in enumerate(texts) if len(text) >= len(word)]
    if long:
        some = [texts[at] for at in long]
        part = process.cdist([word], some, scorer=fuzz.partial_ratio, score_cutoff=enough / PART)[0] * np.float32(PART)
        best[long] = np.maximum(best[long], part)
    begins = np.array([text[:1] == word[:1] for text in texts], np.bool_)
    return np.where(begins, best, best * np.float32(ELSEWHERE))


def close_codes(code: str, codes: Sequence[str], *, limit: int) -> list[str]:
    """Return the codes with at most three characters wrong, missing, added or swapped with the next, closest first.

    Nothing is close to what does not look like a code: at least eight Latin letters and digits, a digit among them.

    >>> close_codes("xj01caa04a0001", ["xj01caa040a001", "xj01caa040a002", "za01aax0558010"], limit=5)
    ['xj01caa040a001', 'xj01caa040a002']
    """
    if not looks_like_a_code(code):
        return []
    near = process.extract(code, codes, scorer=OSA.distance, score_cutoff=MOST_ERRORS, limit=None)
    return [text for text, _, _ in sorted(near, key=lambda found: (found[1], found[0]))[:limit]]


def looks_like_a_code(word: str) -> bool:
    """Return whether a word has at least eight Latin letters and digits, a digit among them, and nothing else."""
    return len(word) >= SHORTEST_CODE and word.isascii() and any(map(str.isdigit, word))


def _grams(text: str, length: int) -> list[str]:
    """Return the parts of a text of that length; a shorter text is one part."""
    return [text[at : at + length] for at in range(max(len(text) - length + 1, 1))]
