"""A pharmacy's prices of one kind told again from all its lists: after late words, corrections and retractions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pricecompare.calc.packing import CHANGED, EFFECT, GONE, LATE, LAYOUT, NEW, SEEN, packed, unpacked
from pricecompare.calc.quotes import QUOTE, Quotes, keys_of, parts
from pricecompare.calc.timeline import OFFER, Said, Timeline, timeline
from pricecompare.models import KINDS
from pricecompare.store import Store

Drugs = np.ndarray
"""Ids of drugs, shape (n,)."""


@dataclass(frozen=True, slots=True)
class Told:
    """How the present differs from what it was.

    `priced` are drugs that are new or have another price; `moved` are offers as they are now, 0 fen for those that are
    gone; `confirmed` says that the whole list was last seen at another time than before, `rewritten` that the past is
    told differently.
    """

    effects: np.ndarray
    moved: Quotes
    confirmed: bool
    rewritten: bool

    def count(self, *whats: int) -> int:
        """Return how many effects are of these sorts."""
        return int(np.isin(self.effects["what"], whats).sum())

    @property
    def priced(self) -> Drugs:
        """The drugs that are new or have another price."""
        return self.effects["drug"][np.isin(self.effects["what"], (NEW, CHANGED))]


class Retelling:
    """One pharmacy and kind (`pair`), told from the lists that count now; use inside `writing`."""

    def __init__(self, store: Store, pair: int, region_of: dict[int, int], *, max_age: int):
        self.store = store
        self.pharmacy, self.kind = pair >> 2, KINDS[pair & 3]
        self.region = region_of[self.pharmacy]
        rows = store.lists_of_pharmacy(self.region, self.pharmacy, self.kind)
        self.lists = [
            Said(upload, full_at, unpacked(quotes, layout=layout)) for upload, full_at, layout, quotes in rows
        ]
        self.max_age = max_age

    def tell(self, upload_id: int, drugs: Drugs, *, whole: bool, taken_back: Said | None = None) -> Told:
        """Write offers, history and runs anew, of `drugs` or of the `whole` list, and as an effect what that changed.

        It changes because of what the upload says, or said until it was `taken_back`.
        """
        line = self._line(self.lists)
        others = [one for one in self.lists if one.upload != upload_id]
        was = self._line(sorted([*others, taken_back], key=lambda one: one.upload) if taken_back else others)
        before = self._offers()
        about = np.unique(np.concatenate([drugs, *(self._drugs(before, line) if whole else [])]))
        self._write_history(line, about)
        confirmed = self._write_runs(line)
        effects = self._write_offers(_about(before, about), _about(line.offers, about), about)
        self._keep_effects(effects, upload_id)
        # What is fresh depends on when the list was last seen as a whole.
        touched = effects[effects["what"] != LATE] if not confirmed else effects
        shown = line.offers if confirmed else _about(line.offers, touched["drug"])
        return Told(
            effects, self._moved(shown, effects["drug"][effects["what"] == GONE]), confirmed, _differ(line, was)
        )

    def _line(self, lists: list[Said]) -> Timeline:
        return timeline(lists, max_age=self.max_age, vouched=self.store.vouched(self.pharmacy, self.kind))

    def unheard(self, quotes: Quotes, upload_id: int) -> Drugs:
        """Return the drug of each of `quotes` that no other upload had said."""
        names = ("observed", "fen", "stock")
        others = (one.quotes for one in self.lists if one.upload != upload_id)
        said = {one for these in others for one in _rows(these["drug"], *(these[name] for name in names))}
        drugs = parts(quotes["key"])[1]
        new = [one not in said for one in _rows(drugs, *(quotes[name] for name in names))]
        return drugs[np.array(new, bool)]

    def _drugs(self, before: np.ndarray, line: Timeline) -> list[Drugs]:
        return [before["drug"], line.steps["drug"], *(one.quotes["drug"] for one in self.lists)]

    def _offers(self) -> np.ndarray:
        """Return what is stored, as OFFER."""
        rows = self.store.offers_of_pharmacy(self.region, self.pharmacy)
        these = [(drug, fen, seen, stock, held) for drug, kind, fen, stock, held, seen in rows if kind == self.kind]
        return np.array(these, OFFER)

    def _write_history(self, line: Timeline, about: Drugs) -> None:
        self.store.delete_history((self.region, drug, self.kind, self.pharmacy) for drug in about.tolist())
        self.store.load_changes(
            (self.region, drug, self.kind, self.pharmacy, since, fen, None if seen < 0 else seen, held, upload)
            for drug, since, fen, seen, held, upload in _about(line.steps, about).tolist()
        )

    def _write_offers(self, before: np.ndarray, after: np.ndarray, about: Drugs) -> np.ndarray:
        """Write the offers that differ; return what became of each drug, as EFFECT."""
        old = {row[0]: row for row in before.tolist()}
        new = {row[0]: row for row in after.tolist()}
        moved = [row for drug, row in new.items() if old.get(drug) != row]
        gone = [row for drug, row in old.items() if drug not in new]
        where = (self.region, self.pharmacy)
        self.store.put_offers(
            (*where, drug, self.kind, fen, stock, held, seen) for drug, fen, seen, stock, held in moved
        )
        self.store.delete_offers((*where, row[0], self.kind) for row in gone)
        effects = [_effect(row, old.get(row[0])) for row in moved]
        effects += [(drug, GONE, 0, fen, seen, stock, 0) for drug, fen, seen, stock, _ in gone]
        touched = {effect[0] for effect in effects}
        effects += [
            (drug, LATE, fen, fen, seen, stock, held)
            for drug, fen, seen, stock, held in (new[drug] for drug in about.tolist() if drug in new.keys() - touched)
        ]
        return np.sort(np.array(effects, EFFECT), order="drug")

    def _keep_effects(self, effects: np.ndarray, upload_id: int) -> None:
        full_at = next((one.full_at for one in self.lists if one.upload == upload_id), None)
        self.store.load_effects([(upload_id, self.pharmacy, self.kind, full_at, LAYOUT, packed(effects))])

    def _moved(self, offers: np.ndarray, gone: Drugs) -> Quotes:
        quotes = np.zeros(len(offers) + len(gone), QUOTE)
        drugs = np.concatenate([offers["drug"], gone])
        quotes["key"] = keys_of(self.pharmacy, drugs, KINDS.index(self.kind))
        for name in ("fen", "observed", "stock", "held"):
            quotes[name][: len(offers)] = offers[name]
        return np.sort(quotes, order="key")

    def _write_runs(self, line: Timeline) -> bool:
        """Write when the list was seen as a whole; return whether it was last seen at another time than was known."""
        where: dict[str, Any] = {"region_id": self.region, "kind": self.kind, "pharmacy_id": self.pharmacy}
        before = self.store.confirmed(self.region, self.pharmacy).get(self.kind)
        self.store.delete_runs(**where)
        self.store.put_runs({**where, "since_at": first, "until_at": last} for first, last in line.runs)
        return before != (line.runs[-1][1] if line.runs else None)


def _differ(line: Timeline, was: Timeline) -> bool:
    """Say whether two timelines tell the past differently."""
    return line.runs != was.runs or not np.array_equal(line.steps, was.steps)


def _about(rows: np.ndarray, drugs: Drugs) -> np.ndarray:
    return rows[np.isin(rows["drug"], drugs)]


def _rows(*columns: np.ndarray) -> Iterable[tuple[int, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def _effect(row: tuple, old: tuple | None) -> tuple:
    """Return what became of one offer, as EFFECT."""
    drug, fen, seen, stock, held = row
    before = old[1] if old else 0
    return drug, NEW if not old else CHANGED if before != fen else SEEN, fen, before, seen, stock, held
