"""What is asked: who has a drug near a point, seeded, of drugs that enough pharmacies near it have."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.city import City
from pricecompare.services.desk import Desk
from pricecompare.services.offers.compare import offers

LIMIT = 20
KIND = "listed"
POOLING = "990100"


@dataclass(frozen=True, slots=True)
class Question:
    """A drug in stock, around a point (WGS-84) or, without one, in the whole region; the 20 best by `sort`."""

    drug_id: int
    drug: str
    lat: float
    lng: float
    sort: str = "price"
    radius_km: float | None = 3.0

    @property
    def place(self) -> dict[str, Any]:
        """The place, as the services and the API take it."""
        if self.radius_km is None:
            return {"region": POOLING}
        return {"lat": self.lat, "lng": self.lng, "radius_km": self.radius_km}


def asked(desk: Desk, number: int, *, seed: int) -> list[Question]:
    """Return random questions within 3 km: any drug, a point some hundred metres from a pharmacy."""
    rng = np.random.default_rng(seed)
    drugs = desk.store.drugs()
    shops = [shop for shop in desk.store.pharmacies() if shop.lat is not None]
    chosen = zip(rng.integers(len(drugs), size=number), rng.integers(len(shops), size=number), strict=True)
    steps = 0.003 * rng.standard_normal((number, 2))
    return [
        Question(drugs[drug].id, drugs[drug].code, shops[shop].lat + north, shops[shop].lng + east)
        for (drug, shop), (north, east) in zip(chosen, steps.tolist(), strict=True)
    ]


def with_full_pages(desk: Desk, city: City, *, radius_km: float) -> list[Question]:
    """Return questions around points whose answers have all 20 offers."""
    wide = [replace(one, radius_km=radius_km) for one in asked(desk, city.questions, seed=7)]
    return [one for one in wide if len(answer(desk, one)["items"]) == LIMIT]


def whole_answer(desk: Desk, one: Question) -> dict[str, Any]:
    """Return what the API writes: its offers are JSON already."""
    return answer(desk, one, written=True)


def answer(desk: Desk, one: Question, *, written: bool = False) -> dict[str, Any]:
    """Return the answer to a question, its offers as dicts or `written`."""
    asked = {"sort": one.sort, "limit": LIMIT, "in_stock": True, "coord_type": "wgs84", **one.place}
    return offers(desk, one.drug, written=written, **asked)
