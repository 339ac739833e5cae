"""Payment standards in the store."""

from collections.abc import Iterable

from pricecompare.models import Standard
from pricecompare.store.base import Base


class Standards(Base):
    """What insurance pays at most."""

    def standards(self) -> list[Standard]:
        """Return every standard, confidential ones too: never for an answer to the public."""
        return [_standard(row) for row in self._rows("standards")]

    def public_standards(self, drug_id: int) -> list[Standard]:
        """Return the standards of a drug that may be published, in the order of regions and days."""
        return [_standard(row) for row in self._rows("public_standards", drug_id=drug_id)]

    def standards_of_winners(self) -> list[Standard]:
        """Return the standards that may be published of drugs that won a central purchase somewhere, drug by drug."""
        return [_standard(row) for row in self._rows("standards_of_winners")]

    def put_standards(self, standards: Iterable[Standard]) -> None:
        """Add standards or replace those of the same drug, region and first day."""
        self._many("put_standard", (one._asdict() | {"confidential": int(one.confidential)} for one in standards))


def _standard(row: tuple) -> Standard:
    return Standard._make((*row[:-1], bool(row[-1])))
