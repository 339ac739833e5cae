"""What an operator watches: how much came, what waits, how old prices are."""

from typing import NamedTuple

from pricecompare.store.base import Base


class Queues(NamedTuple):
    """What waits: files that came, files to be confirmed, reports that nobody has looked at."""

    uploads_waiting: int
    uploads_quarantined: int
    reports_new: int


class Measures(Base):
    """Counts for an operator; none of them says anything about a person."""

    def rows_by_subject(self) -> list[tuple[str, int, int]]:
        """Return (subject, rows taken, rows refused) of all files so far."""
        return [(what, int(taken), int(refused)) for what, taken, refused in self._rows("rows_by_subject")]

    def queues(self) -> Queues:
        """Return how much waits."""
        return Queues(*self._rows("queues")[0])

    def flags_by_class(self) -> list[tuple[int, str, int]]:
        """Return (region, class, how many) of all flags."""
        return self._rows("flags_by_class")

    def prices_versions(self) -> dict[int, int]:
        """Return the data version that last changed the prices of each pooling region."""
        return dict(self._rows("prices_versions"))

    def newest_list(self, region_id: int) -> int | None:
        """Return when the newest price list of a region was taken; None when there is none."""
        return self._rows("newest_list", region_id=region_id)[0][0]
