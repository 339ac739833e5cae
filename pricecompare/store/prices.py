"""Offers, their history, and the markets made of them, in the store."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pricecompare.models import MarketKey, MarketRow
from pricecompare.store.base import Base
from pricecompare.store.columns import Column

OFFER = ("region_id", "pharmacy_id", "drug_id", "kind", "fen", "stock", "held", "observed_at")
CHANGE = ("region_id", "drug_id", "kind", "pharmacy_id", "since_at", "fen", "seen_before", "held", "upload_id")
SPREAD = ("province_id", "kind", "drug_id", "spread", "quotes")
VALUES = ("drug_id", "fen", "stock", "held", "observed_at")

Numbers = dict[str, NDArray[np.int64]]
"""Columns of whole numbers, by name."""


class Prices(Base):
    """What is asked, what was asked, and what follows from it."""

    def offers_of_pharmacy(self, region_id: int, pharmacy_id: int) -> list[tuple]:
        """Return (drug_id, kind, fen, stock, held, observed_at) of one pharmacy's list, by drug and kind."""
        return self._rows("offers_of_pharmacy", region_id=region_id, pharmacy_id=pharmacy_id)

    def offers_of_lists(self, lists: Iterable[tuple[int, int, str]]) -> list[Numbers]:
        """Return the columns drug_id, fen, stock, held and observed_at of what stands on each of `lists`, by drug.

        A list is (region_id, pharmacy_id, kind).
        """
        asked = (dict(zip(("region_id", "pharmacy_id", "kind"), one, strict=True)) for one in lists)
        return [_columns(rows) for rows in self._each("offers_of_list", asked)]

    def offer(self, region_id: int, pharmacy_id: int, drug_id: int, kind: str) -> tuple[int, int, int, int] | None:
        """Return (fen, stock, held, observed_at) of what a pharmacy asks for one drug now."""
        return self._row("offer", region_id=region_id, pharmacy_id=pharmacy_id, drug_id=drug_id, kind=kind)

    def offers_of_region(self, region_id: int) -> Iterator[tuple]:
        """Yield (pharmacy_id, drug_id, kind, fen, stock, held, observed_at) of a region, by pharmacy and drug."""
        return self._stream("offers_of_region", region_id=region_id)

    def load_offer_columns(self, *columns: Column) -> None:
        """Add new offers, given column by column as in OFFER."""
        self.engine.load_columns("offer", dict(zip(OFFER, columns, strict=True)))

    def put_offers(self, rows: Iterable[tuple]) -> None:
        """Replace offers, columns as in OFFER."""
        self._many("put_offer", (dict(zip(OFFER, row, strict=True)) for row in rows))

    def delete_offers(self, keys: Iterable[tuple]) -> None:
        """Take offers off, given as (region_id, pharmacy_id, drug_id, kind)."""
        self._many("delete_offer", (dict(zip(OFFER[:4], key, strict=True)) for key in keys))

    def load_changes(self, rows: Iterable[tuple]) -> None:
        """Append to the history, columns as in CHANGE."""
        self.engine.load("price_change", CHANGE, rows)

    def load_change_columns(self, *columns: Column) -> None:
        """Append to the history, given column by column as in CHANGE."""
        self.engine.load_columns("price_change", dict(zip(CHANGE, columns, strict=True)))

    def history(self, region_id: int, pharmacy_id: int, drug_id: int, kind: str) -> list[tuple]:
        """Return (since_at, fen, seen_before, held, upload_id) of every step of one price, oldest first."""
        return self._rows("history", region_id=region_id, pharmacy_id=pharmacy_id, drug_id=drug_id, kind=kind)

    def history_of_drug(self, key: MarketKey) -> list[tuple]:
        """Return (pharmacy_id, since_at, fen, seen_before, held, upload_id) of one drug's prices in a region."""
        return self._rows("history_of_drug", **key._asdict())

    def changes_of_region(self, region_id: int) -> Iterator[tuple]:
        """Yield (drug_id, kind, pharmacy_id, since_at, fen, held, upload_id) of every step of a region's prices."""
        return self._stream("changes_of_region", region_id=region_id)

    def drugs_told_of(self, region_id: int, kind: str) -> list[int]:
        """Return the drugs for which any price of a kind was ever told in a region."""
        return [drug_id for (drug_id,) in self._rows("drugs_told_of", region_id=region_id, kind=kind)]

    def delete_history(self, keys: Iterable[tuple]) -> None:
        """Forget the steps of prices, given as (region_id, drug_id, kind, pharmacy_id), to write them anew."""
        self._many("delete_history", (dict(zip(CHANGE[:4], key, strict=True)) for key in keys))

    def release_history(self, keys: Iterable[tuple]) -> None:
        """Let prices that hold now be held no more, given as (region_id, drug_id, kind, pharmacy_id, fen)."""
        names = (*CHANGE[:4], "fen")
        self._many("release_history", (dict(zip(names, key, strict=True)) for key in keys))

    def vouched(self, pharmacy_id: int, kind: str) -> set[tuple[int, int]]:
        """Return (drug_id, fen) of a pharmacy's prices that a person confirmed."""
        return set(self._rows("vouched_of_pharmacy", pharmacy_id=pharmacy_id, kind=kind))

    def put_vouched(self, rows: Iterable[dict[str, Any]]) -> None:
        """Keep that a person confirmed prices."""
        self._many("put_vouched", rows)

    def median_of(self, key: MarketKey) -> tuple[int, float | None]:
        """Return how many prices count in a market, and their median in fen; (0, None) for no market."""
        return self.medians_of([key])[0]

    def medians_of(self, keys: Iterable[MarketKey]) -> list[tuple[int, float | None]]:
        """Return `median_of` each of `keys`."""
        return [rows[0] if rows else (0, None) for rows in self._each("median_of", (key._asdict() for key in keys))]

    def market(self, key: MarketKey) -> MarketRow | None:
        """Return one drug's market in one region."""
        row = self._row("market", **key._asdict())
        return MarketRow(*row) if row else None

    def markets(self, keys: Iterable[MarketKey]) -> list[MarketRow | None]:
        """Return many markets at once, in the order of `keys`."""
        found = self._each("market", (key._asdict() for key in keys))
        return [MarketRow(*rows[0]) if rows else None for rows in found]

    def has_market(self, region_id: int) -> bool:
        """Say whether a region has any market."""
        return self._row("has_market", region_id=region_id) is not None

    def market_keys(self, region_id: int) -> list[MarketKey]:
        """Return which markets a region has."""
        return [MarketKey(*row) for row in self._rows("market_keys", region_id=region_id)]

    def sellers_since(self, version: int) -> list[tuple]:
        """Return (region_id, kind, drug_id, sellers) of the markets that were written after a data version."""
        return self._rows("sellers_since", version=version)

    def market_count(self) -> int:
        """Return how many markets there are."""
        return int(self._rows("market_count")[0][0])

    def ageing(self, today: str) -> list[MarketKey]:
        """Return the markets in which a price that counts has become stale by `today`."""
        return [MarketKey(*row) for row in self._rows("ageing", today=today)]

    def put_markets(self, markets: Iterable[tuple[MarketKey, MarketRow]]) -> None:
        """Add or replace markets."""
        self._many("put_market", (key._asdict() | row._asdict() for key, row in markets))

    def load_markets(self, markets: Iterable[tuple[MarketKey, MarketRow]]) -> None:
        """Add new markets."""
        self.engine.load("market", (*MarketKey._fields, *MarketRow._fields), ((*key, *row) for key, row in markets))

    def update_markets(self, markets: Iterable[tuple[MarketKey, MarketRow]]) -> None:
        """Replace markets that age on the same day as before."""
        self._many("update_market", (key._asdict() | row._asdict() for key, row in markets))

    def delete_markets(self, keys: Iterable[MarketKey]) -> None:
        """Remove markets that have no sellers any more."""
        self._many("delete_market", (key._asdict() for key in keys))

    def spreads(self, province_id: int, kind: str) -> list[tuple[int, float, int]]:
        """Return (drug_id, spread, quotes) of every drug of a province."""
        return self._rows("spreads", province_id=province_id, kind=kind)

    def spreads_of(self, province_id: int, kind: str, drug_ids: Iterable[int]) -> dict[int, tuple[float, int]]:
        """Return (spread, quotes) by drug, of those drugs that have one."""
        where = {"province_id": province_id, "kind": kind}
        rows = self._about(drug_ids, "spread", "spreads_between", key="drug_id", **where)
        return {drug: (spread, quotes) for drug, spread, quotes in rows}

    def every_spread(self, province_id: int, kind: str) -> list[float]:
        """Return the spread of every drug of a province, in no order."""
        return [row[0] for row in self._rows("every_spread", province_id=province_id, kind=kind)]

    def spreads_within(self, province_id: int, kind: str, low: float, high: float) -> tuple[int, int, int]:
        """Return how many drugs of a province have a spread, below `low`, and of `high` at most."""
        n, below, within = self._rows("spreads_within", province_id=province_id, kind=kind, low=low, high=high)[0]
        return n, below, within

    def load_spreads(self, province_id: int, kind: str, spreads: Iterable[tuple[int, float, int]]) -> None:
        """Add spreads of drugs that have none yet."""
        self.engine.load("drug_spread", SPREAD, ((province_id, kind, *one) for one in spreads))

    def put_spreads(self, province_id: int, kind: str, spreads: Iterable[tuple[int, float, int]]) -> None:
        """Add or replace spreads of drugs."""
        where = {"province_id": province_id, "kind": kind}
        self._many("put_spread", ({**where, "drug_id": d, "spread": s, "quotes": n} for d, s, n in spreads))

    def delete_spreads(self, province_id: int, kind: str, drug_ids: Iterable[int]) -> None:
        """Remove the spreads of drugs that have none any more."""
        where = {"province_id": province_id, "kind": kind}
        self._many("delete_spread", ({**where, "drug_id": drug_id} for drug_id in drug_ids))

    def typical_spread(self, province_id: int, kind: str) -> float | None:
        """Return the usual spread the flags of a province were made with."""
        row = self._row("typical_spread", province_id=province_id, kind=kind)
        return row[0] if row else None

    def put_typical_spread(self, province_id: int, kind: str, spread: float) -> None:
        """Keep the usual spread of a province."""
        self._do("put_typical_spread", province_id=province_id, kind=kind, spread=spread)


def _columns(rows: list[tuple[int, int, int]]) -> Numbers:
    """Return (drug_id, fen, stock and held in one, observed_at) as columns."""
    drugs, asked, observed = np.fromiter(chain.from_iterable(rows), np.int64, 3 * len(rows)).reshape(-1, 3).T
    return dict(zip(VALUES, (drugs, asked >> 8, asked >> 1 & 127, asked & 1, observed), strict=True))
