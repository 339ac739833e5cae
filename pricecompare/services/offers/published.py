"""Public payment standards that were asked about, held in memory until the database says that they changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from pricecompare.models import Standard
from pricecompare.store import Store


@dataclass(slots=True)
class Published:
    """The public standards of drugs asked about since any of them changed; a full memory is emptied."""

    most: int = 10_000
    _known: tuple[int, dict[int, list[Standard]]] | None = None

    def standards(self, store: Store, drug_id: int, version: int) -> Sequence[Standard]:
        """Return a drug's public standards as of that version of them; nothing is asked while there are none at all."""
        if not version:
            return ()
        if self._known is None or self._known[0] != version or len(self._known[1]) >= self.most:
            # Replaced whole, so readers need no lock.
            self._known = (version, {})
        known = self._known[1]
        if (found := known.get(drug_id)) is None:
            found = known[drug_id] = store.public_standards(drug_id)
        return found
