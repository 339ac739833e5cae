"""Facets: what the drugs that were found are, counted, to be narrowed by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.entries import Entry, Numbers, column
from pricecompare.calc.finds import Finds, Positions
from pricecompare.calc.folding import folded
from pricecompare.calc.likeness import likeness

FACETS = ("form", "spec", "maker", "prescription", "insurance_class")
"""Fields of an entry that can be counted and chosen."""

MOST_VALUES = 20
FEW = 200
"""Entries that are sooner put together than ticked off in a list of all."""

_PLACE = 32
SUGGESTED = 5


class Counted(TypedDict):
    """A value and how many results it leaves."""

    value: str
    results: int


class Facet:
    """The values of one field of the entries; `groups` says which entries are one result."""

    def __init__(self, values: Sequence[str], groups: Numbers):
        self._column = column(values)
        self._known = {text: number for number, text in enumerate(self._column.texts)}
        many = max(len(self._column.texts), 1)
        pairs, self._pair = np.unique(groups.astype(np.int64) * many + self._column.numbers, return_inverse=True)
        self._value_of_pair = pairs % many
        self._named = np.array([bool(text) for text in self._column.texts], np.bool_)
        places = sorted(range(len(self._column.texts)), key=self._column.texts.__getitem__)
        self._places = np.zeros(len(places), np.int64)
        self._places[places] = np.arange(len(places))

    def number(self, value: str) -> int | None:
        """Return the number of a value; None for one that no entry has."""
        return self._known.get(folded(value))

    def has(self, number: int, positions: Positions) -> NDArray[np.bool_]:
        """Return which entries have the value with that number."""
        return self._column.numbers[positions] == number

    def counts(self, positions: Positions, *, grouped: bool) -> list[Counted]:
        """Return the commonest values of some entries, and how many entries, or `grouped` products, have each."""
        values = self._value_of_pair[self._pairs(positions)] if grouped else self._column.numbers[positions]
        if len(values) < FEW:
            return self._of_few(values.tolist())
        counts = np.bincount(values, minlength=len(self._named))
        found = np.flatnonzero(counts[: len(self._named)] * self._named)
        if len(found) > MOST_VALUES:
            keys = self._places[found] - (counts[found] << _PLACE)
            found = found[keys <= np.partition(keys, MOST_VALUES - 1)[MOST_VALUES - 1]]
        best = sorted((-counts[at], self._places[at], self._column.written[at]) for at in found.tolist())
        return [{"value": value, "results": -int(count)} for count, _, value in best]

    def _of_few(self, values: list[int]) -> list[Counted]:
        """Return what `counts` does: a handful is counted without looking at all values there are."""
        counts = Counter(values)
        best = sorted((-counts[at], self._places[at], at) for at in counts if self._named[at])[:MOST_VALUES]
        return [{"value": self._column.written[at], "results": -count} for count, _, at in best]

    def _pairs(self, positions: Positions) -> NDArray[np.intp]:
        """Return the pairs of group and value that some entries have, each once."""
        if len(positions) < FEW:
            return np.fromiter(set(self._pair[positions].tolist()), np.intp)
        seen = np.zeros(len(self._value_of_pair), np.bool_)
        seen[self._pair[positions]] = True
        return np.flatnonzero(seen)

    def close(self, value: str) -> tuple[str, ...]:
        """Return values that are written like one that no entry has."""
        scores = likeness(folded(value), self._column.texts)
        best = np.argsort(-scores, kind="stable")[:SUGGESTED].tolist()
        return tuple(self._column.written[one] for one in best if scores[one] > 0)


class Facets:
    """All facets of a catalogue, and which of its entries are packs of one product."""

    def __init__(self, entries: Sequence[Entry]):
        self.products = column([entry.product or entry.code for entry in entries], read=False).numbers
        self._facets = {name: Facet([getattr(entry, name) for entry in entries], self.products) for name in FACETS}

    def close(self, name: str, value: str) -> tuple[str, ...]:
        """Return values of a facet that are written like one that no entry has."""
        return self._facets[name].close(value)

    def knows(self, name: str, value: str) -> bool:
        """Return whether an entry has that value."""
        return self._facets[name].number(value) is not None

    def narrowed(
        self, finds: Finds, chosen: Mapping[str, str], *, grouped: bool, also: Mapping[str, Facet] | None = None
    ) -> tuple[Finds, dict[str, list[Counted]]]:
        """Return the finds that have all `chosen` values, and the counts of each facet as if it were not chosen itself.

        A count is how many results there are when that value is chosen as well. `also` are facets of another source.
        """
        facets = self._facets | dict(also or {})
        has = {name: _has(facets[name], value, finds.positions) for name, value in chosen.items()}
        counts = {
            name: facet.counts(_where_all(finds.positions, [has[one] for one in has if one != name]), grouped=grouped)
            for name, facet in facets.items()
        }
        return (finds.kept(np.logical_and.reduce(list(has.values()))) if has else finds), counts


def _has(facet: Facet, value: str, positions: Positions) -> NDArray[np.bool_]:
    """Return which entries have a value, none of them one that no entry has."""
    number = facet.number(value)
    return np.zeros(len(positions), np.bool_) if number is None else facet.has(number, positions)


def _where_all(positions: Positions, conditions: list[NDArray[np.bool_]]) -> Positions:
    """Return the positions for which all of some conditions hold."""
    return positions[np.logical_and.reduce(conditions)] if conditions else positions
