"""How long one client waits for each sort of answer over HTTP, when nobody else asks."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from urllib.parse import quote

from benchmarks.city import NOW, City
from benchmarks.client import answer, request, wait
from benchmarks.figures import Figure, compared, micros
from benchmarks.http import SHARED, path_of
from benchmarks.offers import CASES
from benchmarks.questions import asked
from benchmarks.server import Server, served

SEARCHES = ("阿莫西林", "amxl", "阿", "维生素 片", "XJ01", "阿莫西淋")
MOST = 200


def figures(city: City) -> Iterator[Figure]:
    """Yield the median and the 99th percentile of a wait, against a bare hello's on the same server."""
    questions = asked(city.desk(), min(city.questions, MOST), seed=11)
    sorts = {case.what: [path_of(replace(one, **case.differs)) for one in questions] for case in CASES}
    sorts["search"] = [f"/api/v1/drugs?q={quote(one)}" for one in SEARCHES] * (MOST // len(SEARCHES))
    ours = served("app:app", config=SHARED, PRICECOMPARE_DB=str(city.database), PRICECOMPARE_NOW=NOW)
    with served("benchmarks.hello:app") as bare, ours as server:
        hello = _waits(bare, ["/"] * MOST)
        for what, paths in sorts.items():
            waits = _waits(server, paths)
            yield compared(
                f"one at a time over HTTP: {what}", micros(waits), micros(hello), median(hello) / median(waits)
            )


def _waits(server: Server, paths: list[str]) -> list[float]:
    """Return the seconds of each wait, everything met once before."""
    for path in paths:
        answer(server.port, request(path))
    return [wait(server.port, request(path)) for path in paths]
