"""Rows of a price list as quotes: many together where nothing is wrong with any of them, otherwise one by one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.quotes import QUOTE, Quotes, offer_key
from pricecompare.files.tables import Block
from pricecompare.schemas.checking import Cells
from pricecompare.services.ingest.taken import Batch
from pricecompare.services.markets.pile import Pile

TOGETHER = 1000
"""Rows that are looked at together: one that is wrong costs so many the slow way."""

AHEAD_SECONDS = 600
"""How far a sender's clock may be ahead of ours."""


def heap_up(batch: Batch, pile: Pile) -> int:
    """Put the rows of known pharmacies and drugs on a pile; return how many rows are from the future."""
    reading = Reading.of(batch)
    for block in batch.table.blocks(TOGETHER):
        quotes = reading.together(block)
        pile.add(np.array(list(reading.one_by_one(block.rows)), QUOTE) if quotes is None else quotes)
        batch.told("rows", batch.check.rows, 0)
    return reading.future


@dataclass(slots=True)
class Reading:
    """How the rows of one file become quotes: the ids of pharmacies and drugs, and the last second that may be told."""

    batch: Batch
    places: dict[str, int]
    drugs: dict[str, int]
    latest: int
    own: frozenset[int] | None
    future: int = 0

    @classmethod
    def of(cls, batch: Batch) -> "Reading":
        """Return how the rows of `batch` are read."""
        store, registers = batch.desk.store, batch.desk.registers
        versions = store.versions()
        places = registers.pharmacies(store, versions)
        own = None if batch.mine is None else frozenset(places[code] for code in batch.mine if code in places)
        return cls(batch, places, registers.drugs(store, versions), batch.desk.now() + AHEAD_SECONDS, own)

    def together(self, block: Block) -> Quotes | None:
        """Return rows as quotes; None when one of them cannot be taken as it is, and nothing is counted then."""
        ids = {"pharmacy": self.places, "drug": self.drugs}
        columns = self.batch.check.together(block.columns, ids) if block.columns is not None else None
        if columns is None or None in columns[0] or None in columns[1] or not self._all_own(columns[0]):
            return None
        observed = np.array(columns[4], np.int64)
        if observed.max() > self.latest:
            return None
        self.batch.check.rows += len(observed)
        return _quotes(block.numbers, observed, columns)

    def _all_own(self, pharmacies: Iterable[int]) -> bool:
        """Say whether the file may speak of all those pharmacies."""
        return self.own is None or self.own.issuperset(pharmacies)

    def one_by_one(self, rows: Iterable[tuple[int, Cells]]) -> Iterator[tuple]:
        """Yield quotes; refuse rows of others, of a pharmacy or drug nobody knows, or of tomorrow."""
        for row, (pharmacy, drug, kind, fen, observed, stock) in self.batch.values(rows):
            place, drug_id = self.places.get(pharmacy), self.drugs.get(drug)
            if place is not None and drug_id is not None and observed <= self.latest:
                yield offer_key(place, drug_id, kind), observed, fen, stock, 0, row
                continue
            if place is None:
                self.batch.refuse(row, "pharmacy", "unknown_pharmacy", pharmacy, value=pharmacy)
            if drug_id is None:
                self.batch.refuse(row, "drug", "unknown_drug", drug, value=drug)
            if observed > self.latest:
                self.future += 1
                told = days.iso(observed)
                self.batch.refuse(row, "observed_at", "date_in_future", told, value=told)


def _quotes(numbers: Sequence[int], observed: np.ndarray, columns: list[list[Any]]) -> Quotes:
    """Return columns as quotes."""
    found = np.zeros(len(numbers), QUOTE)
    places, drugs, kinds = (np.array(column, np.int64) for column in columns[:3])
    found["key"] = offer_key(places, drugs, kinds)
    found["observed"], found["fen"], found["stock"], found["row"] = observed, columns[3], columns[5], numbers
    return found
