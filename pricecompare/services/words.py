"""The catalogue's search texts held in memory, reloaded when the database says that drugs changed."""

from dataclasses import dataclass

from pricecompare.calc.lexicon import Entry, Lexicon
from pricecompare.models import Drug
from pricecompare.store import Store


@dataclass(slots=True)
class Words:
    """The newest lexicon and the drugs it speaks of; replaced whole, so readers need no lock."""

    _known: tuple[int, Lexicon, dict[int, Drug]] | None = None

    def of(self, store: Store, version: int) -> tuple[Lexicon, dict[int, Drug]]:
        """Return the lexicon of that version of the catalogue, and its drugs by id."""
        if self._known is None or self._known[0] != version:
            drugs = {drug.id: drug for drug in store.drugs()}
            self._known = (version, Lexicon([_entry(drug) for drug in drugs.values()]), drugs)
        return self._known[1], self._known[2]


def _entry(drug: Drug) -> Entry:
    return Entry(
        drug.id, drug.code, drug.name, drug.brand, drug.maker, drug.approval_no, drug.standard_code, drug.barcode
    )
