"""The catalogue's search texts held in memory, reloaded when the database says that drugs changed."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.codes import same_product
from pricecompare.calc.entries import Entry
from pricecompare.calc.facets import Facets
from pricecompare.calc.lexicon import Lexicon
from pricecompare.calc.suggesting import Suggestions
from pricecompare.models import Drug
from pricecompare.services.answers import views
from pricecompare.store import Store


class Shown(dict[int, dict[str, Any]]):
    """Drugs as they are shown, by position in the lexicon; each is made when it is first asked for, to be read only."""

    def __init__(self, drugs: list[Drug]):
        self._drugs = drugs

    def __missing__(self, position: int) -> dict[str, Any]:
        made = self[position] = views.drug(self._drugs[position])
        return made


class Vocabulary(NamedTuple):
    """What a catalogue can be searched by, as of a `version` of it; `drug_ids` are in the lexicon's order."""

    lexicon: Lexicon
    known: dict[int, Drug]
    facets: Facets
    suggestions: Suggestions
    shown: Shown
    drug_ids: NDArray[np.int64]
    version: int = 0


@dataclass(slots=True)
class Words:
    """The newest vocabulary; replaced whole, so readers need no lock."""

    _known: Vocabulary | None = None

    def of(self, store: Store, version: int) -> Vocabulary:
        """Return the vocabulary of that version of the catalogue."""
        if self._known is None or self._known.version != version:
            self._known = vocabulary(store.drugs())._replace(version=version)
        return self._known


def vocabulary(drugs: list[Drug]) -> Vocabulary:
    """Return what a catalogue can be searched by."""
    lexicon = Lexicon([_entry(drug) for drug in drugs])
    ids = np.array([entry.drug_id for entry in lexicon.entries], np.int64)
    known = {drug.id: drug for drug in drugs}
    shown = Shown([known[entry.drug_id] for entry in lexicon.entries])
    return Vocabulary(lexicon, known, Facets(lexicon.entries), Suggestions(lexicon), shown, ids)


def product_key(drug: Drug) -> str:
    """Return what all packs of one product share.

    The code of a Chinese patent medicine has no published parts: its name, form, spec and maker say what it is.
    """
    return same_product(drug.code) or "\t".join((drug.name, drug.form, drug.spec, drug.maker))


def _entry(drug: Drug) -> Entry:
    return Entry(
        drug_id=drug.id,
        code=drug.code,
        name=drug.name,
        brand=drug.brand,
        maker=drug.maker,
        approval_no=drug.approval_no,
        standard_code=drug.standard_code,
        barcode=drug.barcode,
        form=drug.form,
        spec=drug.spec,
        pack=f"{drug.pack_count or ''}{drug.unit}",
        product=product_key(drug),
        prescription=drug.prescription,
        insurance_class=drug.insurance_class,
    )
