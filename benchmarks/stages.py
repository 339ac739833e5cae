"""Where the time of an answer goes: each stage of it by itself, in one process, in processor time."""

from collections.abc import Callable, Iterator
from time import process_time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import orjson
from numpy.typing import NDArray
from werkzeug.test import EnvironBuilder

from benchmarks.city import NOW, City
from benchmarks.figures import Figure
from benchmarks.http import RADIUS_KM, path_of
from benchmarks.questions import KIND, LIMIT, answer, with_full_pages
from benchmarks.server import UNREACHED
from pricecompare.calc.chords import chords
from pricecompare.models import MarketKey
from pricecompare.schemas.packs import OffersAsked
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import where
from pricecompare.services.offers.compare import Question, first_page
from pricecompare.services.offers.lines import Found, lines
from pricecompare.services.offers.sources import sources
from pricecompare.services.offers.stalls import Stall
from pricecompare.services.searching.search import known_drug
from pricecompare.web import create_app
from pricecompare.web.query import Query

ROUNDS = 15
HOW = Question(in_stock=True, coord_type="wgs84")


class Asked(NamedTuple):
    """A question with what its stages need: its query, its market, all that was found, and the answer around it."""

    query: bytes
    environ: dict[str, Any]
    key: MarketKey
    stall: Stall
    found: Found
    rows: NDArray[np.intp]
    told: dict[str, Any]


def figures(city: City) -> Iterator[Figure]:
    """Yield microseconds of each stage, and whether query strings, distances and JSON cost less than the question."""
    desk = city.desk()
    limits = {name.removeprefix("PRICECOMPARE_"): value for name, value in UNREACHED.items()}
    app = create_app(DB=str(city.database), NOW=NOW, **limits)
    asked = list(_asked(desk, city))
    read = Query(OffersAsked()).read
    whole = _cost(lambda one: _answered(app, one.environ), asked)
    yield Figure("an answer of 20 offers, as the application gives it to a server", f"{whole:,.0f} µs")
    state = _cost(lambda _: _state(desk), asked)
    yield Figure("… the state of the database, inside a transaction", f"{state:,.0f} µs")
    distances = _cost(_distances, asked)
    question = _cost(lambda one: _fetched(desk, one), asked) + _cost(lambda one: _ranked(desk, one), asked) - distances
    told = "… the question: a market row by its key, who of it is there, ranking; without distances"
    yield Figure(told, f"{question:,.0f} µs")
    parts = {
        "marshmallow: the query string": _cost(lambda one: read(one.query), asked),
        "distances": distances,
        "JSON: 20 offers, and the answer around them": _cost(lambda one: _written(desk, one), asked),
    }
    for what, micros in parts.items():
        reach = f"< {question:,.0f} µs"
        yield Figure(f"… {what}", f"{micros:,.0f} µs", reach=reach, ok=micros < question)


def _asked(desk: Desk, city: City) -> Iterator[Asked]:
    versions = desk.store.versions()
    for one in with_full_pages(desk, city, radius_km=RADIUS_KM):
        at = where(desk, version=versions.places, coord_type="wgs84", **one.place)
        key = MarketKey(at.grounds[0].region_id, one.drug_id, KIND)
        stall = desk.seen.market(desk.store, key, versions.data)
        assert stall is not None
        these = sources(desk, versions, at, [[key]], [stall], as_of=None, beside=())
        drug, order = known_drug(desk, one.drug, version=versions.drugs), first_page(desk, at, these, HOW)[0]
        found, path = Found(drug, at, these, order, desk.today(), "wgs84"), urlsplit(path_of(one))
        environ = EnvironBuilder(path=path.path, query_string=path.query).get_environ()
        told, rows = answer(desk, one, written=True), order.page(LIMIT, None).rows
        yield Asked(path.query.encode(), environ, key, stall, found, rows, told)


def _cost(work: Callable[[Asked], Any], asked: list[Asked]) -> float:
    """Return the microseconds of processor that some work takes for a question: the least of all rounds."""
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        for one in asked:
            work(one)
        times.append(process_time() - start)
    return min(times) / len(asked) * 1e6


def _answered(app: Any, environ: dict[str, Any]) -> bytes:
    return b"".join(app(dict(environ), lambda *_: None))


def _state(desk: Desk) -> None:
    with desk.store.reading():
        desk.store.versions()


def _fetched(desk: Desk, one: Asked) -> None:
    row = desk.store.market(one.key)
    assert row is not None
    _ = Stall.of(row).in_stock


def _distances(one: Asked) -> None:
    at = one.found.at
    assert at.here is not None and at.radius_m is not None
    straight = chords(at.here, at.grounds[0].points.xyz)
    straight.sure(at.radius_m)
    straight.arcs(one.found.ranked.found.slot)


def _ranked(desk: Desk, one: Asked) -> NDArray[np.intp]:
    return first_page(desk, one.found.at, one.found.these, HOW)[0].page(LIMIT, None).rows


def _written(desk: Desk, one: Asked) -> bytes:
    return orjson.dumps(one.told | {"items": orjson.Fragment(lines(desk, one.found, one.rows))})
