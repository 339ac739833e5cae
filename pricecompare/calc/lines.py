"""Many short texts held as one, so that a search looks at all of them with a few array operations."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

NONE = 1 << 20
"""The rank of what was not found; sums of some dozens of ranks stay within 32 bits."""

STEP = 64
"""How many places in a line are told apart; hits further on count as the last of them."""

KIND = 16 * STEP
"""How far apart the kinds of hits are: between them is room for sixteen fields, each `STEP` ranks wide."""

EXACT, PREFIX, WITHIN = 0, 1, 2
"""How a hit lies in its line; ranks are one of these times `KIND`, plus the place of the hit."""

Ranks = NDArray[np.int32]


class Lines:
    """Lines to be searched; each is a sequence of units (characters, or syllables) at which a hit may begin.

    >>> Lines([["a", "mo"], ["mo"], ["tamo"]]).ranks("mo").tolist() == [WITHIN * KIND + 1, EXACT * KIND, NONE]
    True
    """

    def __init__(self, lines: Sequence[Sequence[str]]):
        units = [unit for line in lines for unit in (*line, "\n")]
        widths = np.fromiter(map(len, units), np.int32, len(units))
        self._characters = _numbers("".join(units))
        self._begins = np.cumsum(widths, dtype=np.int32) - widths
        heads = self._characters[self._begins]
        self._by_head = np.argsort(heads, kind="stable").astype(np.int32)
        found, starts = np.unique(heads[self._by_head], return_index=True)
        bounds = [*starts.tolist(), len(heads)]
        self._bounds = {head: slice(*bounds[at : at + 2]) for at, head in enumerate(found.tolist())}
        lengths = np.fromiter((len(line) + 1 for line in lines), np.int32, len(lines))
        self._firsts = np.cumsum(lengths, dtype=np.int32) - lengths
        self._none = np.full(len(self._firsts), NONE, np.int32)
        self._none.flags.writeable = False

    def ranks(self, word: str) -> Ranks:
        """Return the rank of each line's best hit of a word that is not empty; `NONE` where it does not occur."""
        units, ends = self._hits(word)
        if not len(units):
            return self._none
        lines = np.searchsorted(self._firsts, units, side="right") - 1
        places = units - self._firsts[lines]
        kinds = np.where(places > 0, WITHIN, np.where(self._characters[ends] == ord("\n"), EXACT, PREFIX))
        ranks = self._none.copy()
        # Later assignments win, so in reverse the first hit of a line does, which is its best.
        ranks[lines[::-1]] = (kinds * KIND + np.minimum(places, STEP - 1))[::-1]
        return ranks

    def none(self) -> Ranks:
        """Return the ranks of what no line has, to be read only."""
        return self._none

    def texts(self) -> list[str]:
        """Return the lines as they are searched."""
        return self._characters.tobytes().decode("utf-32-le").split("\n")[:-1]

    def _hits(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the units at which the word begins, and the characters behind its end there."""
        units = self._by_head[self._bounds.get(ord(word[0]), slice(0))]
        ends = self._begins[units] + 1
        for character in map(ord, word[1:]):
            if not len(units):
                break
            goes_on = self._characters[ends] == character
            units, ends = units[goes_on], ends[goes_on] + 1
        return units, ends


class Codes:
    """Codes of entries in order, for exact look-ups and look-ups by prefix; an empty code belongs to none.

    >>> codes = Codes(["b1", "", "a1", "b2", "a1"])
    >>> codes.owners("a1").tolist(), codes.owners("b", prefix=True).tolist()
    ([2, 4], [0, 3])
    """

    def __init__(self, codes: Sequence[str]):
        owners = sorted((number for number, code in enumerate(codes) if code), key=codes.__getitem__)
        self._owners = np.array(owners, np.int32)
        self._joined = "".join(codes[number] for number in owners)
        self._ends = np.cumsum([0, *(len(codes[number]) for number in owners)])

    def owners(self, code: str, *, prefix: bool = False) -> NDArray[np.int32]:
        """Return the positions of the entries with that code, or with codes that begin so."""
        places = range(len(self._owners))
        first = bisect_left(places, code, key=self._code)
        last = (
            bisect_left(places, code + "\U0010ffff", key=self._code)
            if prefix
            else bisect_right(places, code, key=self._code)
        )
        return self._owners[first:last]

    def texts(self) -> list[str]:
        """Return the codes in order, one per entry that has one."""
        return [self._code(place) for place in range(len(self._owners))]

    def _code(self, place: int) -> str:
        return self._joined[self._ends[place] : self._ends[place + 1]]


def _numbers(text: str) -> NDArray[np.uint32]:
    """Return the text's characters as numbers."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)
