"""Baskets and searches over HTTP, one client at a time, against the same in process."""

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from benchmarks.baskets import densest, random_baskets
from benchmarks.city import NOW, City
from benchmarks.client import request, wait
from benchmarks.figures import Figure, compared, micros, seconds_of
from benchmarks.http import SHARED
from benchmarks.search import typed
from benchmarks.server import served
from pricecompare.services.baskets.quoting import quote
from pricecompare.services.desk import Desk
from pricecompare.services.searching.search import drugs, suggestions

MOST = 200
BASKET = 5


class Errand(NamedTuple):
    """What is asked: in process, and as a request."""

    work: Callable[[], Any]
    request: bytes


def figures(city: City) -> Iterator[Figure]:
    """Yield the median and the 99th percentile of a basket of five, a search and a suggestion, asked both ways."""
    desk = city.desk()
    ours = served("app:app", config=SHARED, PRICECOMPARE_DB=str(city.database), PRICECOMPARE_NOW=NOW)
    with ours as server:
        for what, these in _errands(desk, min(city.questions, MOST)).items():
            # Either worker may be the one that answers.
            for one in these * 4:
                one.work()
                wait(server.port, one.request)
            # Both in turn, so that they meet the same weather.
            both = [(seconds_of(one.work), wait(server.port, one.request)) for one in these]
            here, there = map(list, zip(*both, strict=True))
            ratio = median(here) / median(there)
            yield compared(f"over HTTP, against in process: {what}", micros(there), micros(here), ratio)


def _errands(desk: Desk, number: int) -> dict[str, list[Errand]]:
    """Return what is asked around the densest point, by what it is."""
    here = densest(desk)
    baskets = random_baskets(desk, number // 4, BASKET)
    found: dict[str, list[Errand]] = {
        f"basket of {BASKET} drugs, up to {stops} stops": [_basket(desk, one, here, stops) for one in baskets]
        for stops in (1, 2, 3)
    }
    words = [text for _, text in typed(desk.store.drugs(), number)]
    found["search"] = [Errand(lambda q=q: drugs(desk, q=q, **here), _get("/drugs", q=q, **here)) for q in words]
    found["suggestions"] = [
        Errand(lambda q=q: suggestions(desk, q=q, **here), _get("/drugs/suggest", q=q, **here)) for q in words
    ]
    return found


def _basket(desk: Desk, basket: list[dict[str, Any]], here: dict[str, Any], stops: int) -> Errand:
    body = orjson.dumps({"drugs": basket, "max_stops": stops, **here})
    head = request("/api/v1/baskets/quote", **{"Content-Type": "application/json", "Content-Length": str(len(body))})
    return Errand(lambda: quote(desk, basket, max_stops=stops, **here), head.replace(b"GET", b"POST", 1) + body)


def _get(path: str, **asked: Any) -> bytes:
    return request(f"/api/v1{path}?{urlencode(asked)}")
