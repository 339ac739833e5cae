"""Markets unpacked: what every question about a market needs again is made once, for as long as the market is held."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc.market import Sellers, unpacked
from pricecompare.models import STOCKS, MarketRow
from pricecompare.services.atlas import Ground

IN_STOCK = STOCKS.index("in")

Asked = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Which sellers are asked about, and where their pharmacies stand in the ground."""


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
    def _known(self) -> dict[bool, tuple[Ground, Asked]]:
        return {}

    def asked(self, ground: Ground, *, in_stock: bool) -> Asked:
        """Return the sellers in the region that `ground` is of, or those who have the drug there."""
        known = self._known.get(in_stock)
        if known is None or known[0] is not ground:
            every = np.arange(len(self.table), dtype=np.int32)
            fits = every[self.table["stock"] == IN_STOCK] if in_stock else every
            known = self._known[in_stock] = ground, (fits, ground.positions(self.table["pharmacy"].take(fits)))
        return known[1]

    @property
    def size(self) -> int:
        """How many bytes it may take, all being remembered."""
        return 1000 + len(self.sellers) + 4 * 4 * len(self.table)
