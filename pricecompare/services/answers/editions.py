"""When regions last changed and when data versions were made, held in memory."""

from dataclasses import dataclass, field

from pricecompare.store import Store


@dataclass(slots=True)
class Editions:
    """When regions last changed and when versions came, held in memory until the database says that something did."""

    most: int = 10_000
    _regions: tuple[int, dict[int, tuple[int, int]]] | None = None
    _taken: dict[int, int | None] = field(default_factory=dict)

    def regions(self, store: Store, version: int) -> dict[int, tuple[int, int]]:
        """Return which version last changed a region's pharmacies, and its prices, as of that data version."""
        if self._regions is None or self._regions[0] != version:
            # Replaced whole, so readers need no lock.
            self._regions = version, store.region_versions()
        return self._regions[1]

    def taken_at(self, store: Store, version: int) -> int | None:
        """Return the second at which the upload came that made a data version; None for none or one without."""
        if version not in self._taken:
            if len(self._taken) >= self.most:
                self._taken = {}
            self._taken[version] = store.version_taken_at(version)
        return self._taken[version]
