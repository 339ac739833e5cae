"""How like texts are, for "did you mean": the typing errors that a search would miss."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

Scores = NDArray[np.float32]

PART = 0.9
"""What likeness to a part of a text counts, against 1 for likeness to the whole."""

MOST_ERRORS = 3
SHORTEST_CODE = 8


def likeness(word: str, texts: Sequence[str]) -> Scores:
    """Return how like each text is to a word: 0 to 100, by the Indel ratio of rapidfuzz.

    The best part of a text as long as the word counts nine tenths; texts shorter than the word are taken whole.

    >>> likeness("amxln", ["amxljn", "amxl", "bx"]).round().tolist()
    [91.0, 89.0, 29.0]
    """
    whole = process.cdist([word], texts, scorer=fuzz.ratio)[0]
    part = process.cdist([word], texts, scorer=fuzz.partial_ratio)[0] * np.float32(PART)
    long_enough = np.fromiter(map(len, texts), np.int64, len(texts)) >= len(word)
    return np.where(long_enough, np.maximum(whole, part), whole)


def close_codes(code: str, codes: Sequence[str], *, limit: int) -> list[str]:
    """Return the codes with at most three characters wrong, missing, added or swapped with the next, closest first.

    Nothing is close to what does not look like a code: at least eight Latin letters and digits, a digit among them.

    >>> close_codes("xj01caa04a0001", ["xj01caa040a001", "xj01caa040a002", "za01aax0558010"], limit=5)
    ['xj01caa040a001', 'xj01caa040a002']
    """
    if len(code) < SHORTEST_CODE or not code.isascii() or not any(map(str.isdigit, code)):
        return []
    near = process.extract(code, codes, scorer=OSA.distance, score_cutoff=MOST_ERRORS, limit=None)
    return [text for text, _, _ in sorted(near, key=lambda found: (found[1], found[0]))[:limit]]
