"""Markets unpacked: what every question about a market needs again is made once, for as long as the market is held."""

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import Sellers, tiers, unpacked
from pricecompare.calc.stocked import is_there
from pricecompare.models import MarketRow
from pricecompare.services.grounds.atlas import Ground

MOST_WRITTEN = {"offers": 40, "prices": 400}
"""How many are held as they were written: the cheapest near somebody are so near others, too."""

WRITTEN = 7000 + 900 * MOST_WRITTEN["offers"]
"""How many bytes these may take; of prices some twenty are asked for."""


class Queue(NamedTuple):
    """Sellers by tier and price: where each stands among all, and in the ground; the first `fresh` are not stale."""

    sellers: NDArray[np.int32]
    slots: NDArray[np.int32]
    fresh: int


class Stall(MarketRow):
    """A market row that remembers what was made of it; one that differs in any column starts anew."""

    @classmethod
    def of(cls, row: MarketRow) -> "Stall":
        """Return a row as a stall, or the stall that it is."""
        return row if isinstance(row, cls) else cls._make(row)

    @cached_property
    def table(self) -> Sellers:
        """All sellers (read-only)."""
        return unpacked(self.sellers, layout=self.layout)

    @cached_property
    def in_stock(self) -> NDArray[np.int32]:
        """The positions of sellers who have the drug there."""
        return is_there(self.table["stock"]).nonzero()[0].astype(np.int32)

    @cached_property
    def _slots(self) -> dict[str, tuple[Ground, NDArray[np.int32]]]:
        return {}

    def slots(self, ground: Ground) -> NDArray[np.int32]:
        """Return where the pharmacy of each seller stands in the ground of its region; the last one is remembered."""
        known = self._slots.get("last")
        if known is None or known[0] is not ground:
            known = self._slots["last"] = ground, ground.positions(self.table["pharmacy"])
        return known[1]

    @cached_property
    def _written(self) -> dict[str, tuple[tuple[object, ...], dict[int, Any]]]:
        return {}

    def written(self, what: str, *basis: object) -> dict[int, Any]:
        """Return what of a sort was written before on the same `basis`; another basis, or too much, starts anew."""
        known = self._written.get(what)
        if known is None or known[0] != basis or len(known[1]) >= MOST_WRITTEN[what]:
            known = self._written[what] = basis, {}
        return known[1]

    @cached_property
    def _tiers(self) -> dict[str, tuple[tuple[int, int], NDArray[np.int8]]]:
        return {}

    def tiers(self, today: int, max_age: int) -> NDArray[np.int8]:
        """Return the tier of each seller on a day, prices over `max_age` days old being stale; read-only."""
        known = self._tiers.get("last")
        if known is None or known[0] != (today, max_age):
            stale = is_stale(self.table["observed"], today=today, max_age=max_age)
            known = self._tiers["last"] = (today, max_age), tiers(stale, self.table["mark"])
        return known[1]

    @cached_property
    def _queue(self) -> dict[str, tuple[tuple[Ground, bool, int, int], Queue]]:
        return {}

    def queue(self, ground: Ground, *, in_stock: bool, today: int, max_age: int) -> Queue:
        """Return the sellers, or those who have the drug there, in the order of price; the last one is remembered."""
        asked = ground, in_stock, today, max_age
        known = self._queue.get("last")
        if known is None or known[0] != asked:
            known = self._queue["last"] = asked, self._queued(*asked)
        return known[1]

    def _queued(self, ground: Ground, in_stock: bool, today: int, max_age: int) -> Queue:
        these = is_there(self.table["stock"]).nonzero()[0] if in_stock else np.arange(len(self.table))
        there = self.table.take(these)
        stale = is_stale(there["observed"], today=today, max_age=max_age)
        # As one number, tier and price are sorted in a third of the time of two keys.
        order = ((tiers(stale, there["mark"]).astype(np.int64) << 32) + there["fen"]).argsort()
        slots = ground.positions(there["pharmacy"].take(order))
        return Queue(these.take(order).astype(np.int32), slots, len(these) - int(np.count_nonzero(stale)))

    @property
    def size(self) -> int:
        """How many bytes it may take, all being remembered."""
        return WRITTEN + len(self.sellers) + (4 * 4 + 1) * len(self.table)
