"""Groups of drugs in the store: what people said, with all they said before."""

from collections.abc import Iterable

from pricecompare.models import GroupWord
from pricecompare.store.base import Base


class Groups(Base):
    """Which drugs belong together where somebody said so."""

    def groups(self) -> list[GroupWord]:
        """Return what counts now, in the order of drug ids."""
        return [GroupWord(*row) for row in self._rows("groups")]

    def groups_of_drug(self, drug_id: int) -> list[tuple[GroupWord, int]]:
        """Return all that was said of one drug and the second it came at, newest first."""
        return [(GroupWord(*row[:-1]), row[-1]) for row in self._rows("groups_of_drug", drug_id=drug_id)]

    def put_groups(self, words: Iterable[GroupWord]) -> None:
        """Add what an upload says; what was said before stays."""
        self._many("put_group", (word._asdict() for word in words))
