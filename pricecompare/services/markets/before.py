"""Markets as they are stored, read once though a refresh needs them twice: to change them, then to see what differs."""

from collections.abc import Collection, Iterable

from pricecompare.models import MarketKey, MarketRow
from pricecompare.store import Store

MOST_HELD = 10_000_000
"""Bytes of markets that are remembered until they are written; what is beyond is read twice."""


class Before:
    """What is stored of markets; use inside `writing`, and write each market only once."""

    def __init__(self, store: Store):
        self._store = store
        self._bare: dict[int, bool] = {}
        self._held: dict[MarketKey, MarketRow | None] = {}
        self._room = MOST_HELD
        self.believed = True
        """Whether a digest of flags stands for them: who makes all anew looks at the flags themselves."""

    def is_bare(self, region_id: int) -> bool:
        """Say whether a region had no market at all when it was first asked about: nothing of it need be read."""
        if region_id not in self._bare:
            self._bare[region_id] = not self._store.has_market(region_id)
        return self._bare[region_id]

    def looked_at(self, keys: Iterable[MarketKey]) -> dict[MarketKey, MarketRow | None]:
        """Return what is stored of markets that will be asked for again, remembered as far as there is room."""
        found = self._read(keys)
        for key, row in found.items():
            if key not in self._held and (size := _size(row)) <= self._room:
                self._room -= size
                self._held[key] = row
        return found

    def flags_digest(self, key: MarketKey) -> bytes | None:
        """Return the digest of a market's flags as they are stored; None where it is not remembered or not believed."""
        row = self._held.get(key) if self.believed else None
        return row.flags_digest if row else None

    def last_seen(self, keys: Collection[MarketKey]) -> dict[MarketKey, MarketRow | None]:
        """Return what is stored of markets that are written next, and forget them."""
        found = {key: self._held.pop(key) for key in keys if key in self._held}
        self._room += sum(map(_size, found.values()))
        return found | self._read(key for key in keys if key not in found)

    def _read(self, keys: Iterable[MarketKey]) -> dict[MarketKey, MarketRow | None]:
        """Read markets together: a server answers many questions in the time of one."""
        known = [key for key in keys if not self.is_bare(key.region_id)]
        return dict(zip(known, self._store.markets(known), strict=True))


def _size(row: MarketRow | None) -> int:
    return 100 if row is None else 500 + len(row.sellers)
