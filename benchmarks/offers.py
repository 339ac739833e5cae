"""Offers near a point: ours against brute force and against an R*Tree with primary-key look-ups."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from benchmarks.city import City
from benchmarks.figures import Figure, compared, micros, side_by_side
from benchmarks.peers import FEN_PER_KM, Answer, peer
from benchmarks.questions import KIND, LIMIT, Question, asked, whole_answer
from pricecompare.calc import days
from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.places import where
from pricecompare.services.ranking import candidates, ranking

CASES: tuple[tuple[str, dict[str, Any], float | None], ...] = (
    ("cheapest within 3 km", {"radius_km": 3.0}, 2.0),
    ("cheapest within 10 km", {"radius_km": 10.0}, 5.0),
    ("nearest within 5 km", {"radius_km": 5.0, "sort": "distance"}, None),
    ("best value within 10 km", {"radius_km": 10.0, "sort": "value"}, None),
    ("cheapest in the whole region", {"radius_km": None}, None),
)
"""What is asked, how it differs from the first case, and how many times as fast as the R*Tree it is to be."""


def found(desk: Desk, one: Question) -> Answer:
    """Return the best offers as the service finds them, before they are dressed for showing."""
    today = days.number_of(desk.today())
    with desk.store.reading():
        version = desk.store.versions().places
        at = where(desk, version=version, coord_type="wgs84", **one.place)
        markets = [desk.store.market(MarketKey(ground.region_id, one.drug_id, KIND)) for ground in at.grounds]
    these = candidates(at, markets, in_stock=True)
    ranked = ranking(these, sort=one.sort, fen_per_km=FEN_PER_KM, today=today, max_age=desk.max_age_days)
    rows = ranked.page(LIMIT, None).rows
    columns = (these.pharmacy, these.fen, these.metres)
    return list(zip(*(column[rows].tolist() for column in columns), strict=True))


def figures(city: City) -> Iterator[Figure]:
    """Yield what offers cost in process: median and 99th percentile, and how that stands to the peers."""
    desk = city.desk()
    other = peer(city, desk)
    questions = asked(desk, city.questions, seed=1)
    for what, differs, least in CASES:
        these = [replace(one, **differs) for one in questions]
        designs = {"ours": lambda one: found(desk, one), "brute force": other.brute_force}
        if differs["radius_km"] is not None:
            designs["R*Tree + primary key"] = other.rtree
        _agree(designs, these)
        yield from _figures(what, side_by_side(designs, these), least)
    whole = {"ours": lambda one: whole_answer(desk, one)}
    for radius_km in (3.0, 10.0):
        times = side_by_side(whole, [replace(one, radius_km=radius_km) for one in questions])
        yield Figure(f"the same within {radius_km:g} km, as the dict the API writes", micros(times["ours"]))


def _figures(what: str, times: dict[str, list[float]], least: float | None) -> Iterator[Figure]:
    """Yield one figure for each peer; the goal is about the R*Tree."""
    ours = times.pop("ours")
    for name, theirs in times.items():
        goal = least if name.startswith("R*Tree") else None
        ratio = median(theirs) / median(ours)
        yield compared(f"{what}, against {name}", micros(ours), micros(theirs), ratio, least=goal)


def _agree(designs: dict[str, Any], questions: Sequence[Question]) -> None:
    """Warm all designs up, and stop when one answers anything else than another."""
    for one in questions:
        answers = {name: _seen(design(one)) for name, design in designs.items()}
        if any(answer != answers["ours"] for answer in answers.values()):
            raise SystemExit(f"The designs disagree about {one}: {answers}")


def _seen(answer: Answer) -> Answer:
    """Return an answer with distances to the thousandth of a millimetre."""
    return [(pharmacy, fen, round(far, 6)) for pharmacy, fen, far in answer]
