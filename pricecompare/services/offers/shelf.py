"""Drugs that were asked about, held in memory until the database says that drugs changed."""

from dataclasses import dataclass

from pricecompare.models import Drug
from pricecompare.store import Store


@dataclass(slots=True)
class Shelf:
    """The drugs asked about since the catalogue changed, by code; a full shelf is emptied."""

    most: int = 10_000
    _known: tuple[int, dict[str, Drug]] | None = None

    def drug(self, store: Store, code: str, version: int) -> Drug | None:
        """Return the drug with that code in that version of the catalogue."""
        if self._known is None or self._known[0] != version or len(self._known[1]) >= self.most:
            # Replaced whole, so readers need no lock.
            self._known = (version, {})
        drugs = self._known[1]
        if (found := drugs.get(code)) is None and (found := store.drug(code)) is not None:
            drugs[code] = found
        return found
