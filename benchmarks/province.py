"""A province against a city: the same questions where ten times as many pharmacies are known, in forty regions."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from benchmarks.baskets import random_baskets
from benchmarks.city import NOW, PROVINCE, SHORT, SHORT_PROVINCE, City, made
from benchmarks.client import answer, request
from benchmarks.derived import from_nothing
from benchmarks.figures import Figure, at_most, late, micros, side_by_side
from benchmarks.http import SHARED, path_of
from benchmarks.offers import CASES, found
from benchmarks.questions import Question, asked
from benchmarks.search import typed
from benchmarks.server import served
from pricecompare.services.baskets.quoting import quote
from pricecompare.services.desk import Desk
from pricecompare.services.searching.search import drugs

MANY, BASKET = 100, 5
MIDDLE, LAST = 1.5, 2.0
"""How many times the city's median and 99th percentile the province's may be."""
REGIONS, MEGABYTES = 10, 400
DERIVED, APART = 5.0, 600
"""How many times as long as a city everything derived of a province may take, and in how many megabytes."""
NEAR = {"coord_type": "wgs84", "radius_km": 5.0}


class World(NamedTuple):
    """A city or a province, with what people there want to buy and search for: its own drugs."""

    desk: Desk
    baskets: list[list[dict[str, Any]]]
    words: list[str]


Work = Callable[[World, Question], Any]


def figures(city: City) -> Iterator[Figure]:
    """Yield what a province costs when a city costs so much, and the memory of a server that was asked about ten."""
    province = made(SHORT_PROVINCE if city is SHORT else PROVINCE)
    small, large = _world(city), _world(province)
    asked_in = [asked(world.desk, city.questions, seed=3) for world in (small, large)]
    for what, work in (_offers() | _errands()).items():
        # Met for the first time, a region's pharmacies are loaded: that is the start of a server, not an answer.
        for world, questions in zip((small, large), asked_in, strict=True):
            for one in questions:
                work(world, one)
        designs = {
            "province": lambda pair, work=work: work(large, pair[1]),
            "city": lambda pair, work=work: work(small, pair[0]),
        }
        yield from _compared(what, side_by_side(designs, list(zip(*asked_in, strict=True))))
    yield _memory(province)
    yield from _derived(city, province)


def _world(city: City) -> World:
    desk = city.desk()
    return World(desk, random_baskets(desk, MANY, BASKET), [text for _, text in typed(desk.store.drugs(), MANY)])


def _offers() -> dict[str, Work]:
    """Return how the offers of each case are found around a question's place."""
    return {case.what: partial(_found, case.differs) for case in CASES}


def _found(differs: dict[str, Any], world: World, one: Question) -> Any:
    return found(world.desk, replace(one, **differs))


def _errands() -> dict[str, Work]:
    """Return how baskets are bought and drugs searched around a question's place."""
    baskets = {
        f"basket of {BASKET} drugs within 5 km, up to {stops} stops": partial(_basket, stops) for stops in (1, 2, 3)
    }
    return {**baskets, "search within 5 km": _search}


def _basket(stops: int, world: World, one: Question) -> Any:
    return quote(world.desk, world.baskets[one.drug_id % MANY], lat=one.lat, lng=one.lng, max_stops=stops, **NEAR)


def _search(world: World, one: Question) -> Any:
    return drugs(world.desk, q=world.words[one.drug_id % MANY], lat=one.lat, lng=one.lng, **NEAR)


def _compared(what: str, times: dict[str, list[float]]) -> Iterator[Figure]:
    there, here = times["province"], times["city"]
    middle, last = median(there) / median(here), late(there) / late(here)
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


def _derived(city: City, province: City) -> Iterator[Figure]:
    """Yield what all statistics, marks and flags of a province take from nothing, against a city's, and the memory."""
    seconds, megabytes = {}, 0.0
    for world in (city, province):
        with TemporaryDirectory(dir=world.database.parent) as name:
            there = Path(name) / "prices.db"
            shutil.copy(world.database, there)
            seconds[world.name], megabytes = from_nothing(there)
    times = seconds[province.name] / seconds[city.name]
    told = f"{seconds[province.name]:.1f} s against {seconds[city.name]:.1f} s"
    yield at_most(f"everything derived of the province from nothing: × {times:.2f}", told, times, DERIVED)
    yield Figure("… memory of that", f"{megabytes:,.0f} MB", reach=f"< {APART} MB", ok=megabytes < APART)
