"""Markets and flags on their way into the store: only what differs from what is there is written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from operator import itemgetter
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.appraisal import Market
from pricecompare.calc.flags import DEFAULT_RULE, Rule
from pricecompare.calc.found import Flagged
from pricecompare.calc.market import LAYOUT, packed
from pricecompare.calc.shelf import Markets
from pricecompare.calc.stats import Summary
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.markets.before import Before
from pricecompare.store import Store

SUMMARY = [field.name for field in fields(Summary)]
NOTHING = (0, *[None] * (len(SUMMARY) - 1))
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
        keys = {region: MarketKey(region, drug_id, kind) for region in markets}
        self._put(keys, [_numbers(made, self.version) for made in markets.values()], found)

    def shelf(self, keys: Sequence[MarketKey], markets: Markets, found: Flagged) -> None:
        """Put down the markets of a shelf, and their flags where these may be others than are stored."""
        self._put(dict(enumerate(keys)), _all_numbers(markets, self.version), found)

    def _put(self, keys: Mapping[int, MarketKey], rows: Iterable[tuple], found: Flagged) -> None:
        """Put down markets by place: their rows but for the digest of their flags."""
        digests, told = found.digests({place: self._rule(key) for place, key in keys.items()}), set()
        for (place, key), row in zip(keys.items(), rows, strict=True):
            self._rows[key] = MarketRow._make((*row, digests[place]))
            if self._before.flags_digest(key) == digests[place]:
                self._settled.add(key)
            elif digests[place]:
                told.add(place)
        if told:
            for place, flags in groupby(found.rows(told), key=itemgetter(0)):
                rule = self._rule(keys[place])
                self._flags[keys[place]] = [flag[1:] + rule for flag in flags]

    def _rule(self, key: MarketKey) -> tuple[str, int]:
        """Return the id and version of the rule that holds in a market."""
        rule = self._thresholds.get(key.region_id, DEFAULT_RULE)
        return rule.id, rule.version

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


def row_of(made: Market, version: int) -> MarketRow:
    """Return the columns of a market of whose flags nothing is known."""
    return MarketRow._make((*_numbers(made, version), None))


def _numbers(made: Market, version: int) -> tuple:
    """Return the columns of a market but for the digest of its flags."""
    numbers = tuple(getattr(made.summary, name) for name in SUMMARY) if made.summary else NOTHING
    return *numbers, made.stale, made.doubtful, _day(made.ages_on), version, LAYOUT, packed(made.sellers)


def _all_numbers(markets: Markets, version: int) -> Iterator[tuple]:
    """Yield the same of the markets of a shelf."""
    for sellers, numbers, stale, doubtful, ages_on in zip(*markets, strict=True):
        yield *numbers, stale, doubtful, _day(ages_on), version, LAYOUT, packed(sellers)


def _day(number: int | None) -> str | None:
    return None if number is None else days.day_of(number).isoformat()
