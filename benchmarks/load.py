"""A server at four fifths of what it can do, asked all sorts of things while uploads come in.

No answer may be an error; of a hundred answers the slowest may take four times as long as on an idle server; memory
must not grow; and what is stored at the end must be what a fresh rebuild makes of it.
"""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from random import Random
from threading import Event, Thread

import numpy as np

from benchmarks.city import say
from benchmarks.paced import PROCESSES, Heard, asked
from benchmarks.server import kilobytes
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import import_file
from pricecompare.services.rebuild import rebuild
from pricecompare.store import create_store, open_store
from tests.conftest import FIXTURES, NOW
from tests.served import Served

SHARE = 0.8
MOST_WAITS, MOST_GROWTH = 4.0, 1.0
"""How much slower than on an idle server one answer in a hundred may be, and megabytes a minute."""

LONG = 300
"""Seconds from which on waits and memory are judged: a shorter run only shows them."""

KEY = "a-key-of-the-soak"
HEADER = "pharmacy_code,drug_code,kind,price,observed_at,stock\n"
UPLOAD_SECONDS = 1.0
TO_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of it: answers, errors, waits in seconds (99 of 100 are shorter), megabytes a minute, uploads."""

    answers: int
    errors: list[str]
    idle: float
    loaded: float
    growth: float
    uploads: int
    refused: int


def loaded(seconds: float, seed: int, folder: Path) -> Iterator[str]:
    """Do it; give what was seen, and end the program where that is too little."""
    url = city(folder / "city.db")
    served = Served(url, NOW=(NOW + timedelta(days=1)).isoformat(), UPLOAD_KEY=KEY, KEY_PER_MINUTE="0", LOG="0")
    try:
        with get_context("spawn").Pool(PROCESSES) as clients:
            found = _under_load(clients, served, paths(url, Random(seed)), seconds, Random(seed), folder)
    finally:
        code = served.stop()
    slower = found.loaded / found.idle
    yield from (
        f"{found.answers} answers, {len(found.errors)} errors",
        f"{found.uploads} uploads, {found.refused} refused",
    )
    yield f"99 of 100 within {found.idle * 1e3:.1f} ms idle, {found.loaded * 1e3:.1f} ms under load: {slower:.1f} times"
    yield f"memory grew by {found.growth:.2f} MB a minute"
    wrong = [*found.errors[:5], *_wrong(url, code)]
    wrong += ["uploads were refused"] if found.refused else []
    if seconds >= LONG:
        wrong += [f"{slower:.1f} times slower"] if slower > MOST_WAITS else []
        wrong += [f"memory grows by {found.growth:.2f} MB a minute"] if found.growth >= MOST_GROWTH else []
    if wrong:
        raise SystemExit(f"load: {'; '.join(wrong)}")


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
    """Make the invented city of fixtures/."""
    desk = Desk(create_store(str(path), cursor_key="soak", max_age_days=30), lambda: NOW)
    for what in ("regions", "drugs", "pharmacies", "prices", "sales"):
        import_file(desk, what, FIXTURES / f"{what}.csv")
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


def _under_load(
    clients: Pool, served: Served, questions: list[str], seconds: float, random: Random, folder: Path
) -> Loaded:
    """Measure what the server can do, its waits when idle, and both under load with uploads."""
    brief = max(3.0, seconds / 20)
    asked(clients, served.port, questions, brief)
    # What it can do is what it can do while uploads come in, too.
    before = Sender(served.port, random, folder)
    before.start()
    most = len(asked(clients, served.port, questions, brief).waits) / brief
    before.stop()
    idle = asked(clients, served.port, questions, brief, most * 0.1)
    say(f"load: {most:,.0f} answers a second at most, asked for {SHARE:.0%} of it")
    watch, sender = Watch(served), Sender(served.port, random, folder)
    watch.start()
    sender.start()
    heard = asked(clients, served.port, questions, seconds, most * SHARE)
    for one in (watch, sender):
        one.stop()
    waits = [float(np.quantile(one.waits, 0.99)) for one in (idle, heard)]
    errors = idle.errors + heard.errors
    return Loaded(_count(heard), errors, *waits, watch.growth, sender.sent, sender.refused)


def _count(heard: Heard) -> int:
    return len(heard.waits)


class Repeated:
    """Does something again and again in a thread of its own, until it is stopped."""

    every = UPLOAD_SECONDS

    def __init__(self) -> None:
        self._stop = Event()
        self._thread = Thread(target=self._run)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self.every):
            self.once()

    def once(self) -> None:
        raise NotImplementedError


class Watch(Repeated):
    """Looks how much memory the server's processes take, shared pages counted once."""

    every = 2.0

    def __init__(self, served: Served):
        super().__init__()
        self._served, self._seen = served, []  # type: tuple[Served, list[tuple[float, float]]]

    def once(self) -> None:
        """Look once."""
        try:
            sizes = [kilobytes(pid)["Pss"] for pid in (self._served.master, *self._served.workers)]
        except (OSError, IndexError):
            return
        self._seen.append((time.monotonic() / TO_MINUTES, sum(sizes) / 1000))

    @property
    def growth(self) -> float:
        """Megabytes a minute in the second half: what is kept at all is kept by then."""
        minutes, sizes = zip(*self._seen[len(self._seen) // 2 :], strict=True)
        return float(np.polyfit(minutes, sizes, 1)[0]) if len(minutes) > 2 else 0.0


class Sender(Repeated):
    """Sends a pharmacy's prices, one in fifty of them changed a little."""

    def __init__(self, port: int, random: Random, folder: Path):
        super().__init__()
        self._port, self._random, self._file = port, random, folder / "list.csv"
        lines = (FIXTURES / "prices.csv").read_text("utf-8").splitlines()[1:]
        self._lines = [line.split(",") for line in lines]
        self._shops = sorted({line[0] for line in self._lines})
        self.sent = self.refused = 0

    def once(self) -> None:
        """Send one list."""
        shop, at = self._random.choice(self._shops), (NOW + timedelta(minutes=self.sent)).isoformat()
        rows = {(drug, kind): price for code, drug, kind, price, *_ in self._lines if code == shop}
        for key in self._random.sample(sorted(rows), max(1, len(rows) // 50)):
            rows[key] = f"{float(rows[key]) * self._random.choice((0.98, 1.02)) + 0.01:.2f}"
        text = "".join(f"{shop},{drug},{kind},{price},{at},in\n" for (drug, kind), price in rows.items())
        self._file.write_text(HEADER + text, "utf-8")
        form = ["-F", "what=prices", "-F", f"file=@{self._file}"]
        head = ["-H", f"Authorization: Bearer {KEY}", "-o", "/dev/null", "-w", "%{http_code}"]
        command = ["curl", "-s", *head, *form, f"http://127.0.0.1:{self._port}/api/v1/uploads"]
        status = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        self.sent += 1
        self.refused += status not in ("200", "201")
