"""Which province a region belongs to, and changes of markets province by province."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pricecompare.calc.market import Sellers
from pricecompare.models import NATIONAL, Region
from pricecompare.services.markets.sellers import Changes, Heaps


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
