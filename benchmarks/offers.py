"""Offers near a point: ours against brute force, an R*Tree with primary-key look-ups, and PostGIS where it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from benchmarks.city import City
from benchmarks.figures import Figure, at_most, compared, late, micros, side_by_side
from benchmarks.peers import FEN_PER_KM, Answer, Peer, peer
from benchmarks.postgis import PostGIS, postgis
from benchmarks.questions import KIND, LIMIT, Question, asked, whole_answer
from pricecompare.calc import days
from pricecompare.models import MarketKey
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import where
from pricecompare.services.offers.ranking import candidates, ranking

RTREE, POSTGIS = "R*Tree + primary key", "PostGIS + primary key"


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked, how it differs from a first question, and how many times as fast as the peers it is to be."""

    what: str
    differs: dict[str, Any]
    rtree: float | None = None
    postgis: float | None = None


CASES = (
    Case("cheapest within 3 km", {"radius_km": 3.0}, rtree=2.0, postgis=6.0),
    Case("cheapest within 10 km", {"radius_km": 10.0}, rtree=8.0, postgis=6.0),
    Case("nearest within 5 km", {"radius_km": 5.0, "sort": "distance"}, rtree=2.0, postgis=2.0),
    Case("best value within 10 km", {"radius_km": 10.0, "sort": "value"}, rtree=8.0, postgis=6.0),
    Case("cheapest in the whole region", {"radius_km": None}),
)
STEADY = 4.0
"""How many times the median the 99th percentile may be."""


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
    with postgis(other, desk) as server:
        for case in CASES:
            these = [replace(one, **case.differs) for one in questions]
            yield from _measured(case, these, _designs(desk, other, these[0]), server)
    whole = {"ours": lambda one: whole_answer(desk, one)}
    for radius_km in (3.0, 10.0):
        times = side_by_side(whole, [replace(one, radius_km=radius_km) for one in questions])
        yield Figure(f"the same within {radius_km:g} km, as the dict the API writes", micros(times["ours"]))


def _designs(desk: Desk, other: Peer, like: Question) -> dict[str, Callable[[Question], Answer]]:
    """Return the designs that can answer questions like this one, by name."""
    designs = {"ours": lambda one: found(desk, one), "brute force": other.brute_force}
    return designs if like.radius_km is None else designs | {RTREE: other.rtree}


def _measured(case: Case, these: list[Question], designs: dict[str, Any], server: PostGIS | None) -> Iterator[Figure]:
    """Yield one figure for each peer, and how steady we are."""
    _agree(designs, these)
    times = side_by_side(designs, these)
    ours = times.pop("ours")
    last, middle = late(ours), median(ours)
    yield at_most(f"{case.what}: 99th percentile against the median", f"{last / middle:.2f} ×", last / middle, STEADY)
    for name, theirs in times.items():
        yield _against(case.what, name, ours, theirs, case.rtree if name == RTREE else None)
    if server and case.postgis:
        yield from _beside(case, server.nearest if these[0].sort == "distance" else server.within, these, designs)


def _against(what: str, name: str, ours: list[float], theirs: list[float], goal: float | None) -> Figure:
    """Return how often as fast as a peer we are."""
    ratio = median(theirs) / median(ours)
    return compared(f"{what}, against {name}", micros(ours), micros(theirs), ratio, least=goal)


def _beside(case: Case, theirs: Callable, these: list[Question], designs: dict[str, Any]) -> Iterator[Figure]:
    """Yield how we stand to PostGIS, the two alone in turn: a server leaves the processor's caches full of its own."""
    both = {"ours": designs["ours"], POSTGIS: theirs}
    yield _same(case, both, these)
    times = side_by_side(both, these)
    yield _against(case.what, POSTGIS, times["ours"], times[POSTGIS], case.postgis)


def _same(case: Case, designs: dict[str, Any], these: list[Question]) -> Figure:
    """Return how often PostGIS names the same pharmacies; its nearest are on a sphere, sound, and however far."""
    same = sum({row[0] for row in designs["ours"](one)} == {row[0] for row in designs[POSTGIS](one)} for one in these)
    return Figure(f"{case.what}: answers of PostGIS with the same pharmacies", f"{same} of {len(these)}")


def _agree(designs: dict[str, Any], questions: Sequence[Question]) -> None:
    """Warm all designs up, and stop when one answers anything else than another."""
    for one in questions:
        answers = {name: _seen(design(one)) for name, design in designs.items()}
        if any(answer != answers["ours"] for answer in answers.values()):
            raise SystemExit(f"The designs disagree about {one}: {answers}")


def _seen(answer: Answer) -> Answer:
    """Return an answer with distances to the thousandth of a millimetre."""
    return [(pharmacy, fen, round(far, 6)) for pharmacy, fen, far in answer]
