"""Markets and flags on their way into the store: only what differs from what is there is written."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.appraisal import Flag, Market
from pricecompare.calc.flags import DEFAULT_RULE, Rule
from pricecompare.calc.market import LAYOUT, packed
from pricecompare.calc.stats import Summary
from pricecompare.models import MarketKey, MarketRow
from pricecompare.store import Store

SUMMARY = [field.name for field in fields(Summary)]
NOTHING: dict[str, Any] = {**dict.fromkeys(SUMMARY), "n": 0}
"""The statistics of a market in which no price counts."""


class Bare:
    """Regions that had no market at all when they were first asked about: nothing of them need be read."""

    def __init__(self, store: Store):
        self._store = store
        self._known: dict[int, bool] = {}

    def of(self, region_id: int) -> bool:
        """Say whether a region had no market."""
        if region_id not in self._known:
            self._known[region_id] = not self._store.has_market(region_id)
        return self._known[region_id]


class Kept:
    """Markets as they are to be, with their flags, put together to be written at once; use inside `writing`."""

    def __init__(self, store: Store, version: int, bare: Bare, thresholds: Mapping[int, Rule]):
        self.store = store
        self.version = version
        self._bare = bare
        self._thresholds = thresholds
        self._rows: dict[MarketKey, MarketRow] = {}
        self._gone: list[MarketKey] = []
        self._flags: dict[tuple, tuple] = {}
        self.moved: list[tuple[int, int, str, int]] = []
        """Flags that came, changed or went: region, drug, kind, pharmacy."""

    def market(self, key: MarketKey, made: Market | None) -> None:
        """Put down one market, None for one that has no sellers any more."""
        if made is None:
            self._gone.append(key)
        else:
            self._rows[key] = row_of(made, self.version)

    def flags(self, drug_id: int, kind: str, found: Iterable[Flag]) -> None:
        """Put down all flags of one drug's markets."""
        for flag in found:
            key = (flag.region_id, drug_id, kind, flag.pharmacy_id)
            rule = self._thresholds.get(flag.region_id, DEFAULT_RULE)
            self._flags[key] = (*key, *_stored(flag), rule.id, rule.version)

    def write(self) -> set[MarketKey]:
        """Write what differs; return the markets that do, in their row or their flags."""
        moved = {*self._gone, *self._write_markets(), *self._write_flags()}
        self.store.delete_markets(self._gone)
        return moved

    def _write_markets(self) -> list[MarketKey]:
        """Write markets that differ from what is stored; return those that differ in more than when they age."""
        known = self._known()
        before = dict(zip(known, self.store.markets(known), strict=True))
        new = {key: row for key, row in self._rows.items() if before.get(key) is None}
        other = [(key, row, was) for key, row in self._rows.items() if (was := before.get(key)) and not _same(was, row)]
        self.store.load_markets(new.items())
        self.store.update_markets((key, row) for key, row, was in other if row.ages_on == was.ages_on)
        self.store.put_markets((key, row) for key, row, was in other if row.ages_on != was.ages_on)
        return [*new, *(key for key, row, was in other if not _same(was, row, ages_on=row.ages_on))]

    def _known(self) -> list[MarketKey]:
        return [key for key in (*self._rows, *self._gone) if not self._bare.of(key.region_id)]

    def _write_flags(self) -> set[MarketKey]:
        """Write flags that differ from what is stored; return their markets."""
        before = {row[:4]: row for row in self.store.flags_of_markets(self._known())}
        gone = before.keys() - self._flags.keys()
        new = [row for key, row in self._flags.items() if key not in before]
        other = [row for key, row in self._flags.items() if key in before and before[key] != row]
        self.store.delete_flags(gone)
        self.store.load_flags(new, self.version)
        self.store.put_flags(other, self.version)
        self.moved += [*gone, *(row[:4] for row in (*new, *other))]
        return {MarketKey(*row[:3]) for row in (*gone, *new, *other)}


def _stored(flag: Flag) -> tuple:
    """Return the columns of a flag from its class on, as they are stored, but for its rule."""
    judged = (flag.class_, flag.grade, int(flag.strong), int(flag.counted), flag.fen, flag.observed_at)
    compared = (flag.ref_median, flag.ref_area, flag.ratio_median, flag.factor)
    return (*judged, *compared)


def _same(before: MarketRow, row: MarketRow, **whatever: Any) -> bool:
    """Say whether a market is stored already, in whichever version and with `whatever` else."""
    return before._replace(data_version=row.data_version, **whatever) == row


def row_of(made: Market, version: int) -> MarketRow:
    """Return the columns of a market."""
    numbers = {name: getattr(made.summary, name) for name in SUMMARY} if made.summary else NOTHING
    return MarketRow(
        **numbers,
        stale=made.stale,
        doubtful=made.doubtful,
        ages_on=days.day_of(made.ages_on).isoformat() if made.ages_on is not None else None,
        data_version=version,
        layout=LAYOUT,
        sellers=packed(made.sellers),
    )
