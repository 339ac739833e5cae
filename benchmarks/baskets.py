"""Baskets around the densest point of the city: against one offers query, and against an R*Tree with primary keys."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import numpy as np

from benchmarks.city import City
from benchmarks.figures import Figure, compared, micros, side_by_side
from benchmarks.peers import Peer, box, peer
from benchmarks.questions import Question
from pricecompare.services.baskets.quoting import quote
from pricecompare.services.desk import Desk
from pricecompare.services.offers.compare import offers

RADIUS_KM = 5.0
WIDE_KM, MANY = 10.0, 30

ALL_IN_THE_BOX = """
SELECT s.pharmacy_id, sum(s.fen) FROM place p CROSS JOIN seller s ON s.pharmacy_id = p.pharmacy_id
WHERE p.north >= :south AND p.south <= :north AND p.east >= :west AND p.west <= :east
  AND s.drug_id IN ({drugs}) AND s.stock = 1 AND s.tier = 0
GROUP BY s.pharmacy_id HAVING count(*) = :wanted ORDER BY 2 LIMIT 1
"""
"""The cheapest pharmacy in the box that has everything: no way, no second stop, no missing drugs."""

Basket = list[dict[str, Any]]


def figures(city: City) -> Iterator[Figure]:
    """Yield what baskets of 5 and 10 drugs cost in process, and one of 30 drugs within 10 km."""
    desk = city.desk()
    here, other = densest(desk), peer(city, desk)
    for count in (5, 10):
        baskets = random_baskets(desk, city.questions // 4, count)
        yield from _against_offers(desk, baskets, here, count)
        yield _against_the_peer(desk, other, baskets, here)
    many = random_baskets(desk, 12, MANY)
    for stops in (2, 3):
        times = [_seconds(desk, basket, here | {"radius_km": WIDE_KM}, stops) for basket in many]
        yield Figure(f"basket of {MANY} drugs within {WIDE_KM:g} km, up to {stops} stops", micros(times))


def _against_offers(desk: Desk, baskets: list[Basket], here: dict[str, Any], count: int) -> Iterator[Figure]:
    """Yield how many times as long as one offers query baskets take; ten times is the goal, for ten drugs."""
    designs: dict[str, Any] = {"offers": lambda one: offers(desk, one[0]["code"], **here)}
    for stops in (1, 2, 3):
        designs[str(stops)] = lambda one, stops=stops: quote(desk, one, **here, max_stops=stops)
    times = side_by_side(designs, baskets)
    for stops in (1, 2, 3):
        what = f"basket of {count} drugs within {RADIUS_KM:g} km, up to {stops} stops, against one offers query"
        ratio = median(times["offers"]) / median(times[str(stops)])
        yield compared(what, micros(times[str(stops)]), micros(times["offers"]), ratio, least=0.1)


def _against_the_peer(desk: Desk, other: Peer, baskets: list[Basket], here: dict[str, Any]) -> Figure:
    """Return how baskets at one pharmacy stand to the peer, which answers less."""
    ids = {drug.code: drug.id for drug in desk.store.drugs()}
    designs = {
        "ours": lambda one: quote(desk, one, **here, max_stops=1),
        "peer": lambda one: _whole_baskets(other, [ids[line["code"]] for line in one], here),
    }
    times = side_by_side(designs, baskets)
    what = f"basket of {len(baskets[0])} drugs at one pharmacy, against R*Tree + primary key"
    ratio = median(times["peer"]) / median(times["ours"])
    return compared(what, micros(times["ours"]), micros(times["peer"]), ratio, least=2.0)


def _whole_baskets(other: Peer, drugs: list[int], here: dict[str, Any]) -> list[Any]:
    """Return the pharmacy in the box that has all drugs for least."""
    around = box(Question(0, "", here["lat"], here["lng"], radius_km=RADIUS_KM))
    marks = ", ".join(str(drug) for drug in drugs)
    return other.db.execute(ALL_IN_THE_BOX.format(drugs=marks), {**around, "wanted": len(drugs)}).fetchall()


def _seconds(desk: Desk, basket: Basket, here: dict[str, Any], stops: int) -> float:
    """Return how long a basket takes once its markets are warm."""
    quote(desk, basket, **here, max_stops=1)
    start = time.perf_counter()
    quote(desk, basket, **here, max_stops=stops)
    return time.perf_counter() - start


def densest(desk: Desk) -> dict[str, Any]:
    """Return the place of the pharmacy that has most others around it, in a square as wide as the circle."""
    shops = np.array([(shop.lat, shop.lng) for shop in desk.store.pharmacies() if shop.lat is not None])
    near = [int((np.abs(shops - one) < (0.045, 0.05)).all(axis=1).sum()) for one in shops[::50]]
    lat, lng = shops[::50][int(np.argmax(near))].tolist()
    return {"lat": lat, "lng": lng, "coord_type": "wgs84", "radius_km": RADIUS_KM}


def random_baskets(desk: Desk, number: int, count: int) -> list[Basket]:
    """Return random baskets, seeded."""
    rng, codes = np.random.default_rng(17), [drug.code for drug in desk.store.drugs()]
    chosen = [rng.choice(codes, count, replace=False).tolist() for _ in range(number)]
    return [[{"code": code, "quantity": int(rng.integers(1, 4))} for code in one] for one in chosen]
