"""What stands between a request and its answer: limits, deadline, headers and log, against the same answer without."""

from collections.abc import Iterator
from multiprocessing import get_context

from benchmarks.city import NOW, City
from benchmarks.client import PROCESSES, answer, request
from benchmarks.figures import Figure, at_most
from benchmarks.http import RADIUS_KM, ROUNDS, SHARED, Case, path_of
from benchmarks.questions import with_full_pages
from benchmarks.server import served

MOST = 1.15
"""How many times the processor's work of the bare answer all of it together may be."""


def figures(city: City) -> Iterator[Figure]:
    """Yield what an answer costs with everything in between, and without."""
    asked = [request(path_of(one)) for one in with_full_pages(city.desk(), city, radius_km=RADIUS_KM)]
    data = {"PRICECOMPARE_DB": str(city.database), "PRICECOMPARE_NOW": NOW}
    clients = get_context("spawn").Pool(PROCESSES)
    guarded = served("app:app", config=SHARED, log=True, PRICECOMPARE_LOG="1", **data)
    with clients, served("benchmarks.bare:app", config=SHARED, **data) as without, guarded as server:
        _look(without.port, server.port, asked[0])
        cases = Case("bare", without, asked), Case("guarded", server, asked)
        for case in cases:
            case.go(clients, 1.0)
            case.rounds.clear()
        for _ in range(ROUNDS):
            for case in cases:
                case.go(clients, city.load_seconds)
    bare, all_of_it = cases
    times = all_of_it.cpu / bare.cpu
    told = f"{all_of_it.cpu * 1e6:,.0f} µs against {bare.cpu * 1e6:,.0f} µs: × {times:.2f}"
    yield at_most("HTTP: 20 offers with limits, deadline, headers and log; processor of the server", told, times, MOST)
    yield Figure("… answers a second", f"{all_of_it.rate:,.0f}", f"{bare.rate:,.0f}", all_of_it.rate / bare.rate)


BETWEEN = (b"X-Request-Id", b"RateLimit-Remaining")
"""What an answer says of what stood in between."""


def _look(bare: int, guarded: int, asked: bytes) -> None:
    """End the program unless one server has all of it and the other nothing, for the same answer."""
    heads, bodies = zip(*(answer(port, asked).split(b"\r\n\r\n", 1) for port in (bare, guarded)), strict=True)
    told = [[name for name in BETWEEN if name in head] for head in heads]
    if told != [[], list(BETWEEN)] or bodies[0] != bodies[1] or _counted(bare) or not _counted(guarded):
        raise SystemExit("middle: what is compared is not the same answer without and with all that stands in between")


def _counted(port: int) -> bool:
    """Say whether a server counts what it answers."""
    return b"pricecompare_http_requests_total{" in answer(port, request("/metrics"))
