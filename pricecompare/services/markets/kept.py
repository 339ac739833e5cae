"""Markets and flags on their way into the store: only what differs from what is there is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.appraisal import Market
from pricecompare.calc.flags import DEFAULT_RULE, Rule
from pricecompare.calc.found import Flag, Flagged
from pricecompare.calc.market import LAYOUT, packed
from pricecompare.calc.stats import Summary
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.markets.before import Before
from pricecompare.store import Store

SUMMARY = [field.name for field in fields(Summary)]
NOTHING: dict[str, Any] = {**dict.fromkeys(SUMMARY), "n": 0}
"""The statistics of a market in which no price counts."""


class Kept:
    """Markets as they are to be, with their flags, put together to be written at once; use inside `writing`."""

    def __init__(self, store: Store, version: int, before: Before, thresholds: Mapping[int, Rule]):
        self.store = store
        self.version = version
        self._before = before
        self._thresholds = thresholds
        self._rows: dict[MarketKey, MarketRow] = {}
        self._gone: list[MarketKey] = []
        self._settled: set[MarketKey] = set()
        self._flags: dict[MarketKey, list[tuple]] = defaultdict(list)
        self.moved: list[tuple[int, int, str, int]] = []
        """Flags that came, changed or went: region, drug, kind, pharmacy."""

    def gone(self, key: MarketKey) -> None:
        """Put down that a market has no sellers any more."""
        self._gone.append(key)

    def book(self, drug_id: int, kind: str, markets: Mapping[int, Market], found: Flagged) -> None:
        """Put down the markets of one drug by region, and their flags where these may be others than are stored."""
        told = set()
        for region_id, made in markets.items():
            key, rule = MarketKey(region_id, drug_id, kind), self._thresholds.get(region_id, DEFAULT_RULE)
            digest = found.digest(region_id, (rule.id, rule.version))
            self._rows[key] = row_of(made, self.version, digest)
            if self._before.flags_digest(key) == digest:
                self._settled.add(key)
            else:
                told.add(region_id)
        if told:
            self._put_flags(drug_id, kind, (flag for flag in found.rows() if flag.region_id in told))

    def _put_flags(self, drug_id: int, kind: str, found: Iterable[Flag]) -> None:
        """Put down flags of one drug's markets, region by region."""
        for region_id, flags in groupby(found, key=itemgetter(0)):
            rule = self._thresholds.get(region_id, DEFAULT_RULE)
            ruled = (rule.id, rule.version)
            self._flags[MarketKey(region_id, drug_id, kind)] = [flag[1:] + ruled for flag in flags]

    def write(self) -> set[MarketKey]:
        """Write what differs; return the markets that do, in their row or their flags."""
        moved = {*self._gone, *self._write_markets(), *self._write_flags()}
        self.store.delete_markets(self._gone)
        return moved

    def _write_markets(self) -> list[MarketKey]:
        """Write markets that differ from what is stored; return those that differ in more than when they age."""
        before = self._before.last_seen((*self._rows, *self._gone))
        new = {key: row for key, row in self._rows.items() if before.get(key) is None}
        other = [(key, row, was) for key, row in self._rows.items() if (was := before.get(key)) and not _same(was, row)]
        self.store.load_markets(new.items())
        self.store.update_markets((key, row) for key, row, was in other if row.ages_on == was.ages_on)
        self.store.put_markets((key, row) for key, row, was in other if row.ages_on != was.ages_on)
        aged = {key for key, row, was in other if row.ages_on != was.ages_on and _same(was, row, ages_on=row.ages_on)}
        return [*new, *(key for key, _, _ in other if key not in aged)]

    def _write_flags(self) -> set[MarketKey]:
        """Write flags that differ from what is stored; return their markets."""
        asked = (key for key in (*self._rows, *self._gone) if key not in self._settled)
        known = [key for key in asked if not self._before.is_bare(key.region_id)]
        stored = dict(zip(known, self.store.flags_by_market(known), strict=True))
        gone, new, other = [], [], []
        for key in dict.fromkeys((*known, *self._flags)):
            was, now = stored.get(key, []), self._flags.get(key, [])
            # Both in the order of pharmacies.
            if was != now:
                before = {flag[0]: flag for flag in was}
                gone += [(*key, one) for one in before.keys() - {flag[0] for flag in now}]
                new += [(*key, *flag) for flag in now if flag[0] not in before]
                other += [(*key, *flag) for flag in now if before.get(flag[0], flag) != flag]
        self._store_flags(gone, new, other)
        return {MarketKey(*row[:3]) for row in (*gone, *new, *other)}

    def _store_flags(self, gone: list[tuple], new: list[tuple], other: list[tuple]) -> None:
        self.store.delete_flags(gone)
        self.store.load_flags(new, self.version)
        self.store.put_flags(other, self.version)
        self.moved += [*gone, *(row[:4] for row in (*new, *other))]


def _same(before: MarketRow, row: MarketRow, **whatever: Any) -> bool:
    """Say whether a market is stored already, in whichever version and with `whatever` else."""
    # A market of which it is not known which flags it has is not written for that alone.
    digest = row.flags_digest if before.flags_digest is None else before.flags_digest
    return before._replace(data_version=row.data_version, flags_digest=digest, **whatever) == row


def row_of(made: Market, version: int, flags_digest: bytes | None = None) -> MarketRow:
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
        flags_digest=flags_digest,
    )
