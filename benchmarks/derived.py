"""Everything that is derived from prices: made from nothing, after one change, after an upload that touches 1 %."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import plainly, statistics
from benchmarks.city import NOW, City
from benchmarks.figures import Figure, compared, seconds_of
from benchmarks.windows import windows
from pricecompare.calc.market import Sellers, unpacked
from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.markets.refresh import Refresh
from pricecompare.services.markets.sellers import Changes
from pricecompare.services.opening import opened

LEAST_PLAIN, LEAST_WINDOWS = 0.5, 30.0
MOST_MICROSECONDS, MOST_SHARE, MEGABYTES = 200, 0.02, 600
EMPTIED = ("market", "flag", "rule_flag", "drug_spread", "typical_spread")
TOUCHED, ROUNDS = 200, 5


def figures(city: City) -> Iterator[Figure]:
    """Yield what statistics and flags cost, all of them and those that are touched."""
    yield from _computed(city)
    with TemporaryDirectory(dir=city.database.parent) as name:
        there = Path(name) / "prices.db"
        shutil.copy(city.database, there)
        yield from _touched(_desk(there))
        yield from _rebuilt(there)


def _desk(database: Path) -> Desk:
    return opened({"DB": database, "NOW": NOW})


def _computed(city: City) -> Iterator[Figure]:
    """Yield our computation against numpy on arrays in memory, and against window functions of SQL."""
    desk = city.desk()
    books = plainly.in_memory(desk)
    plain, these = plainly.flagged(desk, books), plainly.ours(desk, books)
    if plain != these:
        raise SystemExit(f"plain numpy finds {plain} flags, we {these}")
    ours = min(seconds_of(lambda: plainly.ours(desk, books)) for _ in range(3))
    theirs = min(seconds_of(lambda: plainly.flagged(desk, books)) for _ in range(2))
    named = f"statistics, marks and {these:,} flags of {len(books):,} markets"
    yield compared(
        f"{named}, against plain numpy in memory", f"{ours:.2f} s", f"{theirs:.2f} s", theirs / ours, least=LEAST_PLAIN
    )
    keys = [key for region in desk.store.regions() for key in desk.store.market_keys(region.id)]
    alone = min(seconds_of(lambda: statistics.summed(desk, keys)) for _ in range(3))
    whole = windows(city.database)
    shown = f"{alone:.2f} s", f"{whole:.1f} s"
    yield compared(
        "… their statistics, read from the database, against window functions of SQL", *shown, whole / alone,
        least=LEAST_WINDOWS,
    )  # fmt: skip


def _touched(desk: Desk) -> Iterator[Figure]:
    """Yield what a touched market costs beyond reading and writing its row, when an upload touches a good many."""
    rng = np.random.default_rng(7)
    keys = [key for region in desk.store.regions() for key in desk.store.market_keys(region.id)]
    chosen = [keys[at] for at in rng.permutation(len(keys))[:TOUCHED]]
    changes = {key: _changed(_sellers(desk, key)) for key in chosen}
    refreshed = min(_rolled_back(desk, lambda: _upload(desk, changes)) for _ in range(ROUNDS)) / len(chosen)
    written = min(_rolled_back(desk, lambda: _written(desk, chosen)) for _ in range(ROUNDS)) / len(chosen)
    more = (refreshed - written) * 1e6
    yield Figure(
        f"a touched market with its flags: {more:,.0f} µs more than reading and writing its row",
        *(f"{refreshed * 1e6:,.0f} µs", f"{written * 1e6:,.0f} µs"),
        reach=f"≤ {MOST_MICROSECONDS} µs",
        ok=more <= MOST_MICROSECONDS,
    )


class _Enough(Exception):
    """What is measured is not kept."""


def _rolled_back(desk: Desk, work: Callable[[], None]) -> float:
    """Return how long some work in a transaction takes that is taken back."""
    try:
        with desk.store.writing():
            seconds = seconds_of(work)
            raise _Enough
    except _Enough:
        return seconds


def _sellers(desk: Desk, key: MarketKey) -> Sellers:
    row = desk.store.market(key)
    assert row is not None
    return unpacked(row.sellers, layout=row.layout)


def _changed(sellers: Sellers) -> Sellers:
    """Return the first seller with another price."""
    other = sellers[:1].copy()
    other["fen"] += 10
    return other


def _written(desk: Desk, keys: list[MarketKey]) -> None:
    """Read and write the rows of markets and nothing else."""
    rows = dict(zip(keys, desk.store.markets(keys), strict=True))
    other = []
    for key, row in rows.items():
        assert row is not None
        sellers = unpacked(row.sellers, layout=row.layout).copy()
        sellers["fen"][:1] += 10
        other.append((key, row._replace(sellers=sellers.tobytes())))
    desk.store.update_markets(other)


def _rebuilt(database: Path) -> Iterator[Figure]:
    """Yield the time and the memory of making everything from nothing, and the share that 1 % of the markets takes."""
    desk = _desk(database)
    keys = [key for region in desk.store.regions() for key in desk.store.market_keys(region.id)]
    some = keys[:: max(len(keys) // max(len(keys) // 100, 1), 1)]
    changes = {key: _changed(_sellers(desk, key)) for key in some}
    part = min(_rolled_back(desk, lambda: _upload(desk, changes)) for _ in range(3))
    desk.store.close()
    seconds, megabytes = from_nothing(database)
    yield Figure(f"everything derived of {len(keys):,} markets from nothing, from offers to flags", f"{seconds:.1f} s")
    yield Figure("… memory of that", f"{megabytes:,.0f} MB", reach=f"< {MEGABYTES} MB", ok=megabytes < MEGABYTES)
    share = part / seconds
    yield Figure(
        f"markets and flags after an upload that touches {len(some)} markets: {share:.1%} of that",
        f"{part:.2f} s",
        f"{seconds:.1f} s",
        reach=f"≤ {MOST_SHARE:.0%}",
        ok=share <= MOST_SHARE,
    )


def _upload(desk: Desk, changes: Changes) -> None:
    Refresh(desk.store, version=desk.store.versions().data + 1, today=desk.today()).changed(changes)


def from_nothing(database: Path) -> tuple[float, float]:
    """Return the seconds and the most megabytes that making everything anew takes; what was derived is thrown away."""
    with sqlite3.connect(database) as connection:
        for table in EMPTIED:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - own names
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(_whole, database).result()


def _whole(database: Path) -> tuple[float, float]:
    """Return the seconds and the most megabytes of a rebuild from nothing."""
    desk = _desk(database)
    seconds = seconds_of(lambda: rebuild(desk))
    return seconds, _most_memory()


def _most_memory() -> float:
    """Return the most megabytes of this program; getrusage would count those of the one that started it as well."""
    (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(peak) / 1000
