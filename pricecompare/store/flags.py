"""Flags in the store: what differs is written, what follows from their markets is put in when they are read."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from pricecompare.calc.flags import DEFAULT_RULE, shrunk_spread
from pricecompare.calc.found import CLASSES
from pricecompare.calc.reference import against_mean, distance
from pricecompare.calc.spreads import Spread
from pricecompare.models import FlagRow, MarketKey
from pricecompare.store.base import Base
from pricecompare.store.lists import NARROWS_FLAGS

FLAG = (
    "region_id", "drug_id", "kind", "pharmacy_id", "class", "grade", "strong", "counted", "fen", "observed_at",
    "ref_median", "ref_area", "ratio_median", "factor", "rule_id", "rule_version",
)  # fmt: skip
"""Columns of a flag as it is stored, all but the version that last changed it."""

PLACE = ("ratio", "after_drug", "after_pharmacy", "after_kind")
"""Where a page of flags begins."""


class Flags(Base):
    """Prices that the abnormal-price rule found."""

    def load_flags(self, flags: Iterable[tuple], version: int) -> None:
        """Add new flags, columns as in FLAG."""
        self.engine.load("flag", (*FLAG, "data_version"), ((*flag, version) for flag in flags))

    def put_flags(self, flags: Iterable[tuple], version: int) -> None:
        """Replace flags, columns as in FLAG."""
        self._many("put_flag", (dict(zip(FLAG, flag, strict=True)) | {"data_version": version} for flag in flags))

    def delete_flags(self, keys: Iterable[tuple]) -> None:
        """Remove flags, given as (region_id, drug_id, kind, pharmacy_id)."""
        self._many("delete_flag", (dict(zip(FLAG[:4], key, strict=True)) for key in keys))

    def flags_of_markets(self, keys: Iterable[MarketKey]) -> list[tuple]:
        """Return the flags of markets as they are stored, columns as in FLAG, those of each by pharmacy."""
        keys = list(keys)
        found = zip(keys, self.flags_by_market(keys), strict=True)
        return [(*key, *flag) for key, flags in found for flag in flags]

    def flags_by_market(self, keys: Iterable[MarketKey]) -> list[list[tuple]]:
        """Return the flags of each of `keys` by pharmacy, columns as in FLAG from the pharmacy on."""
        return self._each("flags_of_market", (key._asdict() for key in keys))

    def flag_of(self, region_id: int, pharmacy_id: int, drug_id: int, kind: str) -> FlagRow | None:
        """Return the flag of one price of one pharmacy; None when it is not flagged."""
        rows = self._rows("flag_of", region_id=region_id, pharmacy_id=pharmacy_id, drug_id=drug_id, kind=kind)
        return _whole(rows)[0] if rows else None

    def flags(self, region_id: int, *, most: int, after: tuple | None = None, **narrow: Any) -> list[FlagRow]:
        """Return up to `most` flags of a region, highest ratio first.

        `after` is (ratio, drug_id, pharmacy_id, kind) of the last flag seen; `narrow` may give
        ``class_`` and NARROWS_FLAGS: among them ``rule``, which made the flag or found its price too, ``state``, that
        of its case (``found`` while there is none), and ``oldest``, the first second of observation that counts.
        """
        wanted = {name: narrow.get(name) for name in NARROWS_FLAGS}
        place = dict(zip(PLACE, after or (None, 0, 0, ""), strict=True))
        classes = [narrow["class_"]] if narrow.get("class_") else CLASSES.values()
        same = {"region_id": region_id, "most": most, **wanted, **place}
        with self.reading():
            found = [row for one in classes for row in self._rows("flags", **same, **{"class": one})]
        return _whole(sorted(found, key=_rank)[:most])


def _rank(row: tuple) -> tuple:
    """Return what a row of the question `flags` is sorted by: the highest ratio first, then drug, pharmacy, kind."""
    return -row[11], row[1], row[3], row[2]


def _whole(rows: list[tuple]) -> list[FlagRow]:
    """Return the rows of the question `flags` with the numbers that follow from their markets put in."""
    scales = np.array([_scale(*row[-3:]) for row in rows])
    counted, n, total = np.array([row[-6:-3] for row in rows], np.float64).reshape(-1, 3).T
    fen, ratio = (np.array([row[at] for row in rows], np.float64) for at in (7, 11))
    others = (n - counted).astype(np.int64)
    ref_mean, ratio_mean = against_mean(fen, total - counted * fen, others)
    numbers = (others, ref_mean, ratio_mean, distance(ratio, scales, others), scales)
    return [
        _flag(row, *one) for row, one in zip(rows, zip(*(each.tolist() for each in numbers), strict=True), strict=True)
    ]


def _scale(spread: float | None, quotes: int | None, typical: float | None) -> float:
    """Return the drug's shrunk spread, by which z is measured."""
    own = Spread(spread or 0.0, quotes or 0)
    return shrunk_spread(own, DEFAULT_RULE.typical if typical is None else typical, DEFAULT_RULE)


def _flag(row: tuple, others: int, ref_mean: float, ratio_mean: float, z: float, spread: float) -> FlagRow:
    median, area, ratio, factor = row[9:13]
    measured = (z, spread) if row[4] == "high" else (None, None)
    return FlagRow._make((*row[:9], median, ref_mean, others, area, ratio, ratio_mean, *measured, factor, *row[13:24]))
