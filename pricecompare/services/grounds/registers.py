"""Ids of pharmacies and drugs by their codes, held in memory and read again when the database says they changed."""

from dataclasses import dataclass

from pricecompare.models import Versions
from pricecompare.store import Store

Places = dict[str, tuple[int, int]]
"""Id and pooling region of each pharmacy by its code."""


@dataclass(slots=True)
class Registers:
    """What every price list needs of the registers; each is replaced whole, so readers need no lock."""

    _places: tuple[int, Places, dict[int, int], dict[str, int]] | None = None
    _drugs: tuple[int, dict[str, int]] | None = None

    def places(self, store: Store, versions: Versions) -> Places:
        """Return id and pooling region of each pharmacy by its code."""
        return self._known_places(store, versions)[1]

    def region_of(self, store: Store, versions: Versions) -> dict[int, int]:
        """Return the pooling region of each pharmacy by its id."""
        return self._known_places(store, versions)[2]

    def pharmacies(self, store: Store, versions: Versions) -> dict[str, int]:
        """Return the id of each pharmacy by its code."""
        return self._known_places(store, versions)[3]

    def drugs(self, store: Store, versions: Versions) -> dict[str, int]:
        """Return the id of each drug by its code."""
        if self._drugs is None or self._drugs[0] != versions.drugs:
            self._drugs = (versions.drugs, store.drug_ids())
        return self._drugs[1]

    def _known_places(self, store: Store, versions: Versions) -> tuple[int, Places, dict[int, int], dict[str, int]]:
        if self._places is None or self._places[0] != versions.places:
            places = store.pharmacy_places()
            ids = {code: place[0] for code, place in places.items()}
            self._places = (versions.places, places, dict(places.values()), ids)
        return self._places
