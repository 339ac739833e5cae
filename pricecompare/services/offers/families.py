"""Drugs that are compared as one, held in memory until the database says that drugs or their groups changed."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from pricecompare.calc import kinship
from pricecompare.calc.packs import Difference, Pack, differences, total
from pricecompare.errors import Invalid, Reason
from pricecompare.models import Drug, GroupWord
from pricecompare.store import Store

MOST_HELD = 200_000
"""How many members families have that are held, before all are made anew."""


class Member(NamedTuple):
    """A drug of a family, its units, its K against the drug the family is of, and in which dimensions they differ."""

    drug: Drug
    units: int | None
    k: Decimal
    why: tuple[Difference, ...]


class Apart(NamedTuple):
    """A drug of the same group that has no scale in common with the drug asked for, and why."""

    drug: Drug
    reason: Reason


class Family(NamedTuple):
    """All that one drug is compared with, itself first; `alone` says why it is compared with nothing else."""

    members: tuple[Member, ...]
    apart: tuple[Apart, ...]
    alone: Reason | None


@dataclass(slots=True)
class Kin:
    """One version of a catalogue, ordered by what can belong together: a family is found without reading the rest."""

    drugs: Mapping[int, Drug]
    words: Mapping[int, GroupWord]
    _by_name: dict[tuple[str, str], list[int]] = field(init=False)
    _by_word: dict[tuple[str, str], list[int]] = field(init=False)
    _found: dict[tuple[int, str], Family] = field(init=False, default_factory=dict)
    _held: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Put drugs under their names, and under the groups people gave them."""
        self._by_name, self._by_word = defaultdict(list), defaultdict(list)
        for drug in self.drugs.values():
            self._by_name[kinship.family_name(drug)].append(drug.id)
        for word in self.words.values():
            for compare in filter(partial(getattr, word), ("product", "generic")):
                self._by_word[compare, getattr(word, compare)].append(word.drug_id)

    def family(self, drug: Drug, compare: str) -> Family:
        """Return what a drug is compared with as `product` or `generic`."""
        found = self._found.get((drug.id, compare))
        if found is None:
            if self._held > MOST_HELD:
                self._found, self._held = {}, 0
            found = self._found[drug.id, compare] = self._family(drug, compare)
            self._held += len(found.members)
        return found

    def _family(self, drug: Drug, compare: str) -> Family:
        pack_of = kinship.pack_of_goods if compare == "product" else kinship.pack
        try:
            own = pack_of(drug)
        except Invalid as error:
            return Family((Member(drug, drug.pack_count, Decimal(1), ()),), (), error.reason)
        members, apart = [Member(drug, own.count, Decimal(1), ())], []
        for other in self._others(drug, compare):
            try:
                members.append(_member(other, pack_of, own))
            except Invalid as error:
                apart.append(Apart(other, error.reason))
        return Family(tuple(members), tuple(apart), None)

    def _others(self, drug: Drug, compare: str) -> list[Drug]:
        """Return the other drugs of a drug's group: what people said, else what codes and names say."""
        if word := self._word(drug.id, compare):
            return [self.drugs[one] for one in self._by_word[compare, word] if one != drug.id]
        same = kinship.same_goods if compare == "product" else kinship.same_generic
        named = (self.drugs[one] for one in self._by_name[kinship.family_name(drug)] if one != drug.id)
        return [other for other in filter(partial(same, drug), named) if not self._word(other.id, compare)]

    def _word(self, drug_id: int, compare: str) -> str:
        """Return the group that a person gave a drug, empty for none."""
        word = self.words.get(drug_id)
        return getattr(word, compare) if word else ""


def _member(drug: Drug, pack_of: Callable[[Drug], Pack], representative: Pack) -> Member:
    pack = pack_of(drug)
    why = differences(pack, representative)
    return Member(drug, pack.count, total(why), why)


@dataclass(slots=True)
class Families:
    """The newest kin; replaced whole, so readers need no lock."""

    _known: tuple[int, Kin] | None = None

    def of(self, store: Store, version: int, drugs: Callable[[], Mapping[int, Drug]]) -> Kin:
        """Return the kin of that version of the catalogue; `drugs` is asked only when it has changed."""
        if self._known is None or self._known[0] != version:
            self._known = (version, Kin(drugs(), {word.drug_id: word for word in store.groups()}))
        return self._known[1]
