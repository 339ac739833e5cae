"""Names typed in a mixture: some characters as they are, some by their syllable, some by its first letter (阿莫xl)."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.lines import EXACT, KIND, NONE, PREFIX, STEP, WITHIN, Ranks

_LONGEST_SYLLABLE = 6

FEW = 24
"""Runs that are gone on with one by one: fewer than what an array operation costs more for."""

Units = NDArray[np.int32]


class Shorthand:
    """Texts and their syllables, to be found by a mixture of characters, syllables and initials.

    >>> texts, syllables = ["阿莫西林", "莫"], [("a", "mo", "xi", "lin"), ("mo",)]
    >>> Shorthand(texts, syllables).ranks("阿moxl").tolist() == [EXACT * KIND, NONE]
    True
    """

    def __init__(self, texts: Sequence[str], syllables: Sequence[Sequence[str]]):
        sounds = [sound for line in syllables for sound in (*line, "")]
        self._numbers = {sound: number for number, sound in enumerate(dict.fromkeys(["", *sounds]))}
        self._sounds = list(self._numbers)
        self._beginnings: dict[str, list[int]] = {}
        for sound, number in self._numbers.items():
            for end in range(2, len(sound) + 1):
                self._beginnings.setdefault(sound[:end], []).append(number)
        self._spoken = np.array([self._numbers[sound] for sound in sounds], np.int16)
        self._initials = np.array([ord(sound[0]) if sound else 0 for sound in sounds], np.int32)
        self._written = np.array([ord(sign) for text in texts for sign in (*text, "\0")], np.int32)
        lengths = np.fromiter((len(text) + 1 for text in texts), np.int32, len(texts))
        self._firsts = np.cumsum(lengths, dtype=np.int32) - lengths
        self._none = np.full(len(self._firsts), NONE, np.int32)
        self._none.flags.writeable = False
        # No run begins behind the end of a text.
        there = np.flatnonzero(self._spoken).astype(np.int32)
        self._by_sound, self._by_initial, self._by_sign = (
            Places(column[there], there) for column in (self._spoken, self._initials, self._written)
        )

    def ranks(self, word: str) -> Ranks:
        """Return the rank of each text's best hit; the last syllable of a word may lack its end."""
        many: list[list[tuple[Units, Units]]] = [[] for _ in range(len(word) + 1)]
        few: list[set[tuple[int, int]]] = [set() for _ in many]
        for units, end in self._starts(word):
            if len(units):
                many[end].append((units, units + 1))
        for at in range(1, len(word)):
            if many[at]:
                self._go_on(word, at, many, few)
            for start, unit in few[at]:
                for end in self._ends(word, at, unit):
                    few[end].add((start, unit + 1))
        rest = np.array(sorted(few[-1]), np.int32).reshape(-1, 2)
        return self._best(*_joined([*many[-1], (rest[:, 0], rest[:, 1])]))

    def _go_on(
        self, word: str, at: int, many: list[list[tuple[Units, Units]]], few: list[set[tuple[int, int]]]
    ) -> None:
        """Go on with the many runs that have come to a place of the word; a handful is left to be looked at singly."""
        starts, units = _joined(many[at])
        if len(units) <= FEW:
            few[at].update(zip(starts.tolist(), units.tolist(), strict=True))
            return
        for goes_on, end in self._steps(word, at, units):
            if goes_on.any():
                many[end].append((starts[goes_on], units[goes_on] + 1))

    def _ends(self, word: str, at: int, unit: int) -> Iterator[int]:
        """Yield where what one unit can be ends in the word, from `at` on: `_steps` of a single unit."""
        sound = self._sounds[self._spoken.item(unit)]
        if sound[:1] == word[at] or self._written.item(unit) == ord(word[at]):
            yield at + 1
        if len(sound) > 1:
            if word.startswith(sound, at):
                yield at + len(sound)
            elif len(word) > at + 1 and sound.startswith(word[at:]):
                yield len(word)

    def _starts(self, word: str) -> Iterator[tuple[Units, int]]:
        """Yield which units are what a word begins with, and where in the word that ends: `_steps` of all units."""
        written, initials = self._by_sign.of(ord(word[0])), self._by_initial.of(ord(word[0]))
        yield np.union1d(written, initials) if len(written) and len(initials) else np.append(written, initials), 1
        for end in range(2, min(_LONGEST_SYLLABLE, len(word)) + 1):
            if (number := self._numbers.get(word[:end])) is not None:
                yield self._by_sound.of(number), end
        if 2 <= len(word) <= _LONGEST_SYLLABLE:
            for number in self._beginnings.get(word, []):
                yield self._by_sound.of(number), len(word)

    def _steps(self, word: str, at: int, units: Units) -> Iterator[tuple[NDArray[np.bool_], int]]:
        """Yield which units are what stands in the word from `at` on, and where in the word that ends."""
        yield (self._written[units] == ord(word[at])) | (self._initials[units] == ord(word[at])), at + 1
        for end in range(at + 2, min(at + _LONGEST_SYLLABLE, len(word)) + 1):
            if (number := self._numbers.get(word[at:end])) is not None:
                yield self._spoken[units] == number, end
        if at + 2 <= len(word) <= at + _LONGEST_SYLLABLE:
            yield self._begun(word[at:])[self._spoken[units]], len(word)

    def _begun(self, start: str) -> NDArray[np.bool_]:
        """Return which syllables, by number, have that beginning."""
        begun = np.zeros(len(self._numbers), np.bool_)
        begun[self._beginnings.get(start, [])] = True
        return begun

    def _best(self, starts: Units, ends: Units) -> Ranks:
        """Return the rank of each text by its runs."""
        if not len(starts):
            return self._none
        lines = np.searchsorted(self._firsts, starts, side="right") - 1
        places = starts - self._firsts[lines]
        kinds = np.where(places > 0, WITHIN, np.where(self._spoken[ends] == 0, EXACT, PREFIX))
        ranks = self._none.copy()
        np.minimum.at(ranks, lines, (kinds * KIND + np.minimum(places, STEP - 1)).astype(np.int32))
        return ranks


class Places:
    """Positions by the number that stands there, each looked up without looking at the others.

    >>> Places(np.array([7, 3, 7]), np.array([10, 11, 12])).of(7).tolist()
    [10, 12]
    """

    def __init__(self, numbers: NDArray[np.integer], positions: Units):
        order = np.argsort(numbers, kind="stable")
        self._positions = positions[order]
        found, starts = np.unique(numbers[order], return_index=True)
        bounds = [*starts.tolist(), len(order)]
        self._bounds = {number: slice(*bounds[at : at + 2]) for at, number in enumerate(found.tolist())}

    def of(self, number: int) -> Units:
        """Return the positions of a number, ascending if they were given so."""
        return self._positions[self._bounds.get(number, slice(0))]


def _joined(runs: list[tuple[Units, Units]]) -> tuple[Units, Units]:
    """Return where runs begin and the units behind them as two arrays, each run once."""
    if not runs:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    starts, ends = (np.concatenate(part) for part in zip(*runs, strict=True))
    both = np.unique(starts.astype(np.int64) << 32 | ends) if len(runs) > 1 else None
    return (starts, ends) if both is None else ((both >> 32).astype(np.int32), both.astype(np.int32))
