"""All that is asked for one drug in one province, put together while many are looked at twice."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from pricecompare.calc.appraisal import Book
from pricecompare.calc.market import Sellers
from pricecompare.models import NATIONAL, Region
from pricecompare.services.markets.sellers import Changes, Heaps

SellersOf = Callable[[int, str, int, dict[int, Sellers]], dict[int, Sellers]]
"""Returns the sellers of (drug, kind, province) by region, given those that are new."""

MOST_HELD = 500_000
"""Sellers whose books are held between the two looks at them; what is beyond is put together twice."""


def province_of(region_id: int) -> int:
    """Return the province of a region: the wider area of every comparison.

    >>> province_of(440305)
    44
    """
    return region_id // 10_000


def upwards(places: Mapping[int, Region], region_id: int) -> list[int]:
    """Return a region and all it lies in, the whole country last."""
    found, at = [], region_id if region_id in places else None
    while at is not None:
        found.append(at)
        at = places[at].parent_id
    # A file of regions may leave provinces out.
    return [*found, province_of(region_id) * 10_000, NATIONAL]


def blocks(heaps: Heaps) -> Iterator[tuple[tuple[int, str], dict[int, dict[int, Sellers]]]]:
    """Yield changes by (province, kind), each by drug, then region."""
    for changes in heaps():
        yield from _by_province(changes).items()


def _by_province(changes: Changes) -> dict[tuple[int, str], dict[int, dict[int, Sellers]]]:
    found: dict[tuple[int, str], dict[int, dict[int, Sellers]]] = defaultdict(lambda: defaultdict(dict))
    for (region_id, drug_id, kind), these in changes.items():
        found[province_of(region_id), kind][drug_id][region_id] = these
    return found


class Books:
    """The books of drugs: `made` of what `sellers_of` puts together, and held for the next look while there is room."""

    def __init__(self, made: Callable[[dict[int, Sellers], str], Book], sellers_of: SellersOf):
        self._made = made
        self._sellers_of = sellers_of
        self._held: dict[tuple[int, int, str], tuple[Book, list[int]]] = {}
        self._room = MOST_HELD

    def of(self, drug_id: int, province: int, kind: str, new: dict[int, Sellers]) -> tuple[Book, list[int]]:
        """Return one drug's book and its regions."""
        if (held := self._held.pop((drug_id, province, kind), None)) is not None:
            self._room += len(held[0].sellers)
            return held
        these = self._sellers_of(drug_id, kind, province, new)
        found = self._made(these, kind), list(these)
        if len(found[0].sellers) <= self._room:
            self._room -= len(found[0].sellers)
            self._held[drug_id, province, kind] = found
        return found
