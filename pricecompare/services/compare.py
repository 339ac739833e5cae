"""Where a drug is nearest, cheapest or best value: one market row a region, ranked whole before the limit cuts."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.market import MARKS
from pricecompare.calc.money import fen as fen_of
from pricecompare.calc.money import unit_price, yuan
from pricecompare.errors import Invalid
from pricecompare.models import STOCKS, Drug, MarketKey, MarketRow
from pricecompare.services import views
from pricecompare.services.atlas import Ground
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.places import Where, where
from pricecompare.services.ranking import Ranking, candidates, ranking
from pricecompare.services.search import known_drug, page_size
from pricecompare.services.standing import Local, current, local

PLACE = ("region", "lat", "lng", "radius_km")


@dataclass(frozen=True, slots=True)
class Question:
    """How offers are to be ranked, narrowed and shown."""

    sort: str = "price"
    kind: str = "listed"
    in_stock: bool = False
    max_age_days: int | None = None
    cost_per_km: str | None = None
    limit: int | None = None
    coord_type: str = "gcj02"


def offers(desk: Desk, code: str, *, cursor_given: str | None = None, **question: Any) -> dict[str, Any]:
    """Return who sells a drug near a point or in a region, ranked by price, distance or value.

    `question` is the fields of Question and the place (region, lat, lng, radius_km). Prices that are sound come
    first, probable data errors after them, stale prices last. Raises NotFound for a drug or region nobody knows,
    Invalid for a question that makes no sense.
    """
    place = {name: question.pop(name) for name in PLACE if name in question}
    asked = Question(**question)
    with desk.store.reading():
        version = desk.store.versions()
        drug = known_drug(desk, code)
        at = where(desk, version=version.places, coord_type=asked.coord_type, **place)
        markets = [desk.store.market(MarketKey(ground.region_id, drug.id, asked.kind)) for ground in at.grounds]
    ranked = _ranked(desk, at, markets, asked)
    signed = f"offers {code} {asked} {sorted(place.items())}"
    page = ranked.page(page_size(desk, asked.limit), after(desk, signed, cursor_given))
    return {
        **_Shown(desk, drug, at, markets, ranked, asked).answer(page.rows),
        "next": cursor(desk, signed, page.last) if page.last else None,
        "today": desk.today().isoformat(),
        "data_version": version.data,
    }


def _ranked(desk: Desk, at: Where, markets: list[MarketRow | None], asked: Question) -> Ranking:
    """Return all that could be answered, in order."""
    if asked.sort != "price" and at.here is None:
        raise Invalid("sort_needs_point", field="sort", value=asked.sort)
    if asked.max_age_days is not None and asked.max_age_days < 0:
        raise Invalid("bad_age", field="max_age_days", value=asked.max_age_days)
    today = days.number_of(desk.today())
    found = candidates(at, markets, in_stock=asked.in_stock, max_age=asked.max_age_days, today=today)
    fen_per_km = fen_of(asked.cost_per_km or desk.settings.cost_per_km)
    return ranking(found, sort=asked.sort, fen_per_km=fen_per_km, today=today, max_age=desk.max_age_days)


@dataclass(frozen=True)
class _Shown:
    """Offers as they are shown, for one question."""

    desk: Desk
    drug: Drug
    at: Where
    markets: list[MarketRow | None]
    ranked: Ranking
    asked: Question

    @cached_property
    def grounds(self) -> list[tuple[Ground, Local | None]]:
        """Each ground with the median of its market as of today."""
        return [
            (ground, local(ground.region_id, current(self.desk, row)) if row else None)
            for ground, row in zip(self.at.grounds, self.markets, strict=True)
        ]

    @cached_property
    def today(self) -> int:
        """The number of the day it is."""
        return days.number_of(self.desk.today())

    def answer(self, rows: list[int]) -> dict[str, Any]:
        """Return the offers of `rows` with what they answer."""
        return {
            "drug": views.drug(self.drug),
            "kind": self.asked.kind,
            "sort": self.asked.sort,
            "cost_per_km": yuan(self.ranked.fen_per_km) if self.asked.sort == "value" else None,
            "max_age_days": self.desk.max_age_days,
            "total": len(self.ranked.found.fen),
            "items": self.items(rows),
        }

    def items(self, rows: list[int]) -> list[dict[str, Any]]:
        """Return offers as they are shown."""
        # Whole columns at once: reading a numpy array one value at a time costs more than all the rest.
        columns = [column[rows].tolist() for column in (*self.ranked.found[1:], self.ranked.stale)]
        return [self._item(*row) for row in zip(*columns, strict=True)]

    def _item(
        self, fen: int, observed: int, stock: int, mark: int, metres: float, source: int, slot: int, stale: bool
    ) -> dict[str, Any]:
        """Return one offer with its pharmacy, its age and how it stands to the local median."""
        ground, usual = self.grounds[source]
        return {
            "pharmacy": views.pharmacy(self.at.atlas, ground, slot, self.asked.coord_type),
            "price": yuan(fen),
            "fen": fen,
            "unit_price": unit_price(fen, self.drug.pack_count) if self.drug.pack_count else None,
            "unit": self.drug.unit,
            **self._distance(fen, metres),
            "observed_at": days.iso(observed),
            "age_days": self.today - days.day_number(observed),
            "stale": stale,
            "stock": STOCKS[stock],
            # A price that aged since its market was written is not judged any more.
            "flag": None if stale else MARKS[mark] or None,
            "local": usual.standing(fen) if usual else None,
        }

    def _distance(self, fen: int, metres: float) -> dict[str, Any]:
        """Return how far an offer is, and its price plus what the way costs where that was asked for."""
        if self.at.here is None or metres == np.inf:
            return {"distance_m": None, "value": None}
        value = yuan(fen + metres * self.ranked.fen_per_km / 1000) if self.asked.sort == "value" else None
        return {"distance_m": round(metres, 3), "value": value}
