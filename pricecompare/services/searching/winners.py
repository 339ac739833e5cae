"""Which drugs of a catalogue are winners of volume-based procurement (集采中选), as a facet of a search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from pricecompare.calc.facets import Facet
from pricecompare.calc.standards import in_force
from pricecompare.models import Standard, Versions
from pricecompare.services.grounds.atlas import Atlas
from pricecompare.services.searching.words import Vocabulary
from pricecompare.store import Store

YES, NO = "yes", "no"

_Key = tuple[Versions, str, tuple[int, ...] | None]


@dataclass(slots=True)
class Winners:
    """The facets of the places that were asked about; replaced whole, so readers need no lock."""

    most: int = 50
    _known: dict[_Key, Facet] = field(default_factory=dict)

    def facet(
        self, store: Store, words: Vocabulary, atlas: Atlas, versions: Versions, day: str, regions: Sequence[int] | None
    ) -> Facet:
        """Return for each drug of a vocabulary whether it is a winner in one of `regions`, or of None anywhere.

        Use inside `reading`. Only what is public is looked at.
        """
        key = (_of(versions), day, None if regions is None else tuple(regions))
        if (found := self._known.get(key)) is None:
            won = set(_winners(store, atlas, day, regions)) if versions.standards else set()
            values = [YES if drug in won else NO for drug in words.drug_ids.tolist()]
            found = Facet(values, words.facets.products)
            self._known = {**(self._known if len(self._known) < self.most else {}), key: found}
        return found


def _of(versions: Versions) -> Versions:
    """Return only what winners follow from: prices change all day."""
    return Versions(**dict.fromkeys(Versions._fields, 0))._replace(
        drugs=versions.drugs, standards=versions.standards, places=versions.places
    )


def _winners(store: Store, atlas: Atlas, day: str, regions: Sequence[int] | None) -> Iterable[int]:
    """Yield the drugs of which a public standard of that sort holds."""
    ways = [atlas.upwards(region) for region in regions or ()]
    for drug, known in groupby(store.standards_of_winners(), attrgetter("drug_id")):
        these = list(known)
        if any(_won(these, way, day) for way in (ways if regions is not None else [[one.region_id] for one in these])):
            yield drug


def _won(known: list[Standard], places: Sequence[int], day: str) -> bool:
    holds = in_force(known, places, day)
    return holds is not None and holds.basis == "vbp"
