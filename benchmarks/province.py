"""A province against a city: the same questions where ten times as many pharmacies are known, in forty regions."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from benchmarks.city import NOW, PROVINCE, SHORT, SHORT_PROVINCE, City, made
from benchmarks.client import answer, request
from benchmarks.figures import Figure, at_most, last_percent, micros, side_by_side
from benchmarks.http import SHARED, path_of
from benchmarks.offers import CASES, found
from benchmarks.questions import Question, asked
from benchmarks.server import served

Pair = tuple[Question, Question]
MIDDLE, LAST = 1.5, 2.0
"""How many times the city's median and 99th percentile the province's may be."""
REGIONS, MEGABYTES = 10, 400


def figures(city: City) -> Iterator[Figure]:
    """Yield what a province costs when a city costs so much, and the memory of a server that was asked about ten."""
    province = made(SHORT_PROVINCE if city is SHORT else PROVINCE)
    small, large = city.desk(), province.desk()
    pairs = list(zip(asked(small, city.questions, seed=3), asked(large, city.questions, seed=3), strict=True))
    for case in CASES:
        these = [(replace(one, **case.differs), replace(other, **case.differs)) for one, other in pairs]
        # Met for the first time, a region's pharmacies are loaded: that is the start of a server, not an answer.
        for pair in these:
            found(large, pair[1])
        both = {"province": lambda pair: found(large, pair[1]), "city": lambda pair: found(small, pair[0])}
        yield from _compared(case.what, side_by_side(both, these))
    yield _memory(province)


def _compared(what: str, times: dict[str, list[float]]) -> Iterator[Figure]:
    there, here = times["province"], times["city"]
    middle, last = median(there) / median(here), last_percent(there) / last_percent(here)
    told = f"province {micros(there)}, city {micros(here)}"
    yield at_most(f"{what}, province against city: median × {middle:.2f}", told, middle, MIDDLE)
    yield at_most("… 99th percentile", f"{last:.2f} ×", last, LAST)


def _memory(province: City) -> Figure:
    """Return the memory of a server that was asked about ten regions."""
    desk = province.desk()
    pooling = [region for region in desk.store.regions() if region.pooling][:REGIONS]
    questions = asked(desk, 20 * REGIONS, seed=5)
    paths = [
        f"{path_of(one).partition('?')[0]}?region={region.code}"
        for one, region in zip(questions, pooling * 20, strict=True)
    ]
    with served("app:app", config=SHARED, PRICECOMPARE_DB=str(province.database), PRICECOMPARE_NOW=NOW) as server:
        for path in [*paths, *paths]:
            answer(server.port, request(path))
        total, largest = server.memory
    told = f"{total:,.0f} MB, largest process {largest:,.0f} MB"
    return Figure(f"server memory, {REGIONS} regions", told, reach=f"< {MEGABYTES} MB", ok=total < MEGABYTES)
