"""How widely prices lie, kept for each drug, and the usual spread of a province that every flag rests on."""

from collections.abc import Mapping

import numpy as np

from pricecompare.calc.flags import DEFAULT_RULE, typical_spread
from pricecompare.calc.spreads import Spread, is_middle
from pricecompare.store import Store

DECIMALS = 3
"""Of the usual spread, so that one upload seldom moves every flag of a province (docs/decisions.md)."""

WITHIN = 0.499 * 10**-DECIMALS
"""How far from the usual spread a number lies at most that is surely rounded to it."""


class Spreads:
    """The spreads of a store; use inside `writing`."""

    def __init__(self, store: Store):
        self._store = store
        self._moved: set[tuple[int, str]] = set()
        self.believed = True
        """Whether the usual spread stands for those it came from: who makes all anew looks at all of them."""
        self.moved = False
        """Whether the spread of a drug, or the usual one of a province, changed."""

    def keep(self, province: int, kind: str, own: Mapping[int, Spread]) -> None:
        """Keep how widely the prices of drugs lie."""
        before = self._store.spreads_of(province, kind, own)
        gone = [drug for drug, one in own.items() if not one.m and drug in before]
        other = [(drug, one.s, one.m) for drug, one in own.items() if one.m and (one.s, one.m) != before.get(drug)]
        if gone or other:
            self._store.load_spreads(province, kind, (one for one in other if one[0] not in before))
            self._store.put_spreads(province, kind, (one for one in other if one[0] in before))
            self._store.delete_spreads(province, kind, gone)
            self._moved.add((province, kind))
            self.moved = True

    def usual_moved(self, province: int, kind: str) -> bool:
        """Keep the usual spread of a province; say whether it moved."""
        before = self._store.typical_spread(province, kind)
        if self.believed and before is not None and self._stays(province, kind, before):
            return False
        spreads = np.array(self._store.every_spread(province, kind))
        usual = round(typical_spread(spreads, DEFAULT_RULE), DECIMALS)
        if usual != before:
            self._store.put_typical_spread(province, kind, usual)
            self.moved = True
        return usual != before

    def _stays(self, province: int, kind: str, usual: float) -> bool:
        """Say whether the spreads have not moved, or have the usual one in their middle: to read all costs more."""
        moved = (province, kind) in self._moved
        self._moved.discard((province, kind))
        return not moved or is_middle(*self._store.spreads_within(province, kind, usual - WITHIN, usual + WITHIN))
