"""A server at four fifths of what it can do, asked all sorts of things while uploads come in.

No answer may be an error; of a hundred answers the slowest may take four times as long as on an idle server; memory
must not grow; and what is stored at the end must be what a fresh rebuild makes of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.city import say
from benchmarks.figures import Figure, table
from benchmarks.meanwhile import KEY, Sender, Watch
from benchmarks.wrk import Heard, asked
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.store import create_store, open_store
from tests.conftest import FIXTURES, NOW
from tests.served import Served

SHARE, IDLE = 0.8, 0.1
"""Which part of what it can do while uploads come in a server is asked for, and which is as good as nothing."""

MOST_TIMES, MOST_GROWTH = 4.0, 1.0
"""How much slower than on an idle server one answer in a hundred may be, and megabytes a minute."""

LONG = 300
"""Seconds from which on waits and memory are judged: a shorter run only shows them."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it: the idle server, the load without uploads and with them, and what went on meanwhile.

    `most` and `reading`: how many answers a second it gives while uploads come in, and while none do.
    """

    most: float
    reading: float
    idle: Heard
    alone: Heard
    loaded: Heard
    watch: Watch
    sender: Sender
    shares: tuple[float, float, float]

    @property
    def errors(self) -> int:
        """How many were no right answers."""
        return self.idle.errors + self.alone.errors + self.loaded.errors

    def figures(self, *, judged: bool) -> list[Figure]:
        """Return the table; a run that is too short to be `judged` shows what would be wanted of a long one."""
        idle, alone, loaded = self.idle.late, self.alone.late, self.loaded.late
        names = "server", "wrk", "anything else"
        shares = ", ".join(f"{name} {share:.0%}" for name, share in zip(names, self.shares, strict=True))
        slow, growth = loaded / idle, self.watch.growth
        told = f"{growth:.2f} MB/min, {self.watch.megabytes:.0f} MB at the end"
        count = f"{self.loaded.answers:,} ({self.loaded.rate:,.0f} a second), {self.errors} errors"
        sent = f"{self.sender.sent}, {self.sender.refused} refused"
        return [
            Figure("answers a second at most", f"{self.reading:,.0f}"),
            Figure("… while an upload a second comes in", f"{self.most:,.0f}", ratio=self.most / self.reading),
            Figure(f"answers at {SHARE:.0%} of that", count, reach="0 errors", ok=not self.errors),
            Figure("uploads meanwhile", sent, reach="0 refused", ok=not self.sender.refused),
            Figure("99 of 100 answers within: idle", f"{idle * 1e3:.1f} ms"),
            Figure("… under load without uploads", f"{alone * 1e3:.1f} ms", ratio=alone / idle),
            Figure(
                "… with uploads", f"{loaded * 1e3:.1f} ms", "", slow, "≤ 4.00", slow <= MOST_TIMES if judged else None
            ),
            Figure("memory", told, reach="< 1 MB/min", ok=growth < MOST_GROWTH if judged else None),
            Figure("processors taken by", shares),
        ]


def loaded(seconds: float, seed: int, folder: Path) -> Iterator[str]:
    """Do it; print the table, give what was counted, and end the program where something is not as it has to be."""
    url = city(folder / "city.db")
    served = Served(url, NOW=(NOW + timedelta(days=1)).isoformat(), UPLOAD_KEY=KEY, KEY_PER_MINUTE="0", LOG="0")
    try:
        found = _under_load(served, paths(url, Random(seed)), seconds, Sender(served.port, seed))
    finally:
        code = served.stop()
    wrong = list(_wrong(url, code))
    figures = [
        *found.figures(judged=seconds >= LONG),
        Figure("numbers that a fresh rebuild changes", str(len(wrong)), reach="0", ok=not wrong),
    ]
    say(table(figures))
    wrong += [f"{one.what}: {one.ours}" for one in figures if one.ok is False]
    if wrong:
        raise SystemExit(f"load: {'; '.join(wrong)}")
    yield from ("a right answer" for _ in range(found.loaded.answers))


def _wrong(url: str, code: int) -> Iterator[str]:
    """Yield what is wrong at the end: how the server stopped, and numbers that a fresh rebuild does not make."""
    if code != 0:
        yield f"the server stopped with {code}"
    store = open_store(url)
    made = rebuild(Desk(store, lambda: NOW + timedelta(days=1)))
    if made.changed or made.changed_months:
        yield f"a rebuild changed {made.changed} markets and {made.changed_months} months"
    if faults := store.engine.faults():
        yield faults[0]
    store.close()


def city(path: Path) -> str:
    """Make the invented city of fixtures/, whose pharmacies send whole lists."""
    desk = Desk(create_store(str(path), cursor_key="soak", max_age_days=30), lambda: NOW)
    for what in ("regions", "drugs", "pharmacies", "prices", "sales"):
        import_file(desk, what, FIXTURES / f"{what}.csv", Asked(mode="full") if what == "prices" else None)
    desk.store.close()
    return str(path)


def paths(url: str, random: Random) -> list[str]:
    """Return questions of all sorts, in no order."""
    store = open_store(url)
    drugs, shops = [one.code for one in store.drugs()], [one for one in store.pharmacies(990100) if one.lat]
    store.close()
    found = ["/api/v1/regions", "/healthz", "/api/v1/drugs?q=amxl", "/api/v1/drugs/suggest?q=am"] * 5
    for _ in range(200):
        drug, shop = random.choice(drugs), random.choice(shops)
        here = f"lat={shop.lat + random.gauss(0, 0.01):.5f}&lng={shop.lng + random.gauss(0, 0.01):.5f}&coord_type=wgs84"
        sort = random.choice(("price", "distance", "value"))
        found += [f"/api/v1/drugs/{drug}/offers?{here}&radius_km={random.choice((3, 10))}&sort={sort}"] * 2
        found += [f"/api/v1/pharmacies?{here}", f"/api/v1/pharmacies/{shop.code}/offers"]
        found += [
            f"/api/v1/drugs/{drug}/statistics?region=990100",
            f"/api/v1/regions/990100/flags?limit={random.choice((5, 20))}",
        ]
    random.shuffle(found)
    return found


def _under_load(served: Served, questions: list[str], seconds: float, sender: Sender) -> Loaded:
    """Measure what the server can do, its waits when idle, and under load without uploads and with them."""
    brief = max(3.0, seconds / 20)

    def go(rate: float = 0.0, seconds: float = brief) -> Heard:
        return asked(served.port, questions, seconds, rate)

    go()
    reading = go().rate
    with sender:
        both = go().rate
    say(f"load: {both:,.0f} answers a second at most ({reading:,.0f} without uploads), asked for {SHARE:.0%} of it")
    idle, alone = go(both * IDLE), go(both * SHARE)
    sender.forget()
    with Watch(served) as watch, sender:
        heard = go(both * SHARE, seconds)
        shares = watch.shares(heard.spent)
    return Loaded(both, reading, idle, alone, heard, watch, sender, shares)
