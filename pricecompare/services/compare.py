"""Where a drug is nearest, cheapest or best value: one market row a region, ranked whole before the limit cuts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.market import MARKS
from pricecompare.calc.money import fen as fen_of
from pricecompare.calc.money import unit_price, yuan
from pricecompare.calc.stocked import TOLD
from pricecompare.errors import Invalid
from pricecompare.models import Drug, MarketKey, MarketRow
from pricecompare.services import beside, standards, views
from pricecompare.services.atlas import Ground
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.opened import doors_of, fitting, young
from pricecompare.services.past import market_as_of
from pricecompare.services.places import Where, where
from pricecompare.services.ranking import Ranking, candidates, ranking
from pricecompare.services.search import known_drug, page_size
from pricecompare.services.sources import Sources, keys_of, sources
from pricecompare.services.standing import current, local

PLACE = ("region", "lat", "lng", "radius_km")


class Question(NamedTuple):
    """How offers are to be ranked, narrowed and shown."""

    sort: str = "price"
    kind: str = "listed"
    in_stock: bool = False
    max_age_days: int | None = None
    cost_per_km: str | None = None
    limit: int | None = None
    coord_type: str = "gcj02"
    as_of: date | None = None
    open_now: bool = False
    service: str | None = None
    beside: tuple[str, ...] = ()


def offers(
    desk: Desk, code: str, *, cursor_given: str | None = None, written: bool = False, **question: Any
) -> dict[str, Any]:
    """Return who sells a drug near a point or in a region, ranked by price, distance or value.

    `question` is the fields of Question and the place (region, lat, lng, radius_km). Prices that are sound come
    first, probable data errors after them, stale prices last. Raises NotFound for a drug or region nobody knows,
    Invalid for a question that makes no sense. With `as_of` it is the end of that day, as far as is known now, that is
    answered for: prices, stock, ages and what they are compared with. With `written` pharmacies are JSON already, for
    orjson to put in.
    """
    place = {name: question.pop(name) for name in PLACE if name in question}
    asked = Question(**question)
    with desk.store.reading():
        version = desk.store.versions()
        drug = known_drug(desk, code, version=version.drugs)
        at = where(desk, version=version.places, coord_type=asked.coord_type, **place)
        keys = keys_of(at, [drug.id], asked.kind)
        markets = [market(desk, key, version.data, asked.as_of) for key in keys[0]]
        these = sources(desk, version, at, keys, markets, as_of=asked.as_of, beside=asked.beside)
    ranked, left_out = ranking_of(desk, at, these, asked)
    signed = f"offers {code} {asked} {place}"
    page = ranked.page(page_size(desk, asked.limit), after(desk, signed, cursor_given))
    return {
        **_Shown(desk, drug, at, these, ranked, asked, written).answer(page.rows),
        "left_out": left_out,
        "next": cursor(desk, signed, page.last) if page.last else None,
        "today": (asked.as_of or desk.today()).isoformat(),
        "data_version": these.rests_on.version,
    }


def market(desk: Desk, key: MarketKey, version: int, as_of: date | None) -> MarketRow | None:
    """Return a market as it is, or as it was."""
    return desk.seen.market(desk.store, key, version) if as_of is None else market_as_of(desk, key, as_of)


def ranking_of(desk: Desk, at: Where, these: Sources, asked: Question) -> tuple[Ranking, int]:
    """Return all that could be answered, in order, and how many prices were left out for their age."""
    if asked.sort != "price" and at.here is None:
        raise Invalid("sort_needs_point", field="sort", value=asked.sort)
    if asked.max_age_days is not None and asked.max_age_days < 0:
        raise Invalid("bad_age", field="max_age_days", value=asked.max_age_days)
    today = days.number_of(asked.as_of or desk.today())
    found = candidates(at, these.markets, in_stock=asked.in_stock)
    found = fitting(found, at.grounds, these.moments, open_now=asked.open_now, service=asked.service)
    found, left_out = young(found, asked.max_age_days, today=today)
    fen_per_km = fen_of(asked.cost_per_km) if asked.cost_per_km else desk.fen_per_km
    order = ranking(found, sort=asked.sort, fen_per_km=fen_per_km, today=today, max_age=desk.max_age_days)
    return order, left_out


@dataclass(frozen=True, slots=True)
class _Shown:
    """Offers as they are shown, for one question; `written` as `offers` takes it."""

    desk: Desk
    drug: Drug
    at: Where
    these: Sources
    ranked: Ranking
    asked: Question
    written: bool

    def answer(self, rows: NDArray[np.intp]) -> dict[str, Any]:
        """Return the offers of `rows` with what they answer."""
        items = self._items(rows)
        beside.put(self.desk, items, self.these.twins, self.ranked.found, rows, self.asked.as_of or self.desk.today())
        return {
            "drug": views.drug(self.drug),
            "standard": standards.shown(self.at.atlas, standards.common(self.these.paid)),
            "kind": self.asked.kind,
            "sort": self.asked.sort,
            "cost_per_km": yuan(self.ranked.fen_per_km) if self.asked.sort == "value" else None,
            "max_age_days": self.desk.max_age_days,
            "total": len(self.ranked.found.fen),
            "stale": int(np.count_nonzero(self.ranked.stale)),
            "items": items,
        }

    def _items(self, rows: NDArray[np.intp]) -> list[dict[str, Any]]:
        """Return each offer with its pharmacy, its age and how it stands to the local median."""
        columns = self._columns(rows)
        priced = self._priced(set(zip(columns[5], columns[0], strict=True)))
        pharmacies, doors = [self._pharmacies(one) for one in self.at.grounds], doors_of(self.these.moments)
        return [
            # One display of all fields: a dict that is put together of many parts takes twice as long.
            {
                "pharmacy": pharmacies[source][slot],
                **doors[source][slot],
                "price": price,
                "fen": fen,
                "unit_price": unit_price,
                "unit": self.drug.unit,
                **beyond,
                "local": standing,
                "distance_m": far,
                "value": value,
                "observed_at": days.iso(observed),
                "age_days": age,
                "stale": stale,
                **TOLD[stock],
                # A price that aged since its market was written is not judged any more.
                "flag": None if stale else MARKS[mark] or None,
            }
            for fen, observed, stock, mark, _, source, slot, stale, age, far, value in zip(*columns, strict=True)
            for price, unit_price, beyond, standing in (priced[source, fen],)
        ]

    def _columns(self, rows: NDArray[np.intp]) -> list[list[Any]]:
        """Return what was found of `rows`; whether each is stale, its age, how far it is, what it comes to by value."""
        # Whole columns at once: reading a numpy array one value at a time costs more than all the rest.
        found = [column[rows] for column in self.ranked.found[1:]]
        ages = days.number_of(self.asked.as_of or self.desk.today()) - days.day_number(self.ranked.found.observed[rows])
        columns = [column.tolist() for column in (*found, self.ranked.stale[rows], ages)]
        return [*columns, self._far(self.ranked.found.metres[rows]), self._values(columns[0], columns[4])]

    def _pharmacies(self, ground: Ground) -> Mapping[int, Any]:
        """Return the pharmacies of a ground by position, as they are shown."""
        return views.pharmacies(self.at.atlas, ground, self.asked.coord_type, written=self.written)

    def _priced(self, asked: set[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, str | None, dict, dict | None]]:
        """Return each price in yuan, that of a unit and how it stands, by source and fen: most are asked repeatedly."""
        sold = zip(self.at.grounds, self.these.markets, strict=True)
        usual = [local(ground.region_id, current(self.desk, row)) if row else None for ground, row in sold]
        units = self.drug.pack_count
        return {
            (source, fen): (
                yuan(fen),
                unit_price(fen, units) if units else None,
                standards.beyond(self.these.paid[source], fen),
                there.standing(fen) if (there := usual[source]) else None,
            )
            for source, fen in asked
        }

    def _far(self, metres: NDArray[np.float64]) -> list[float | None]:
        """Return how far offers are to the millimetre, where that is known."""
        if self.at.here is None:
            return [None] * len(metres)
        return [None if far == np.inf else far for far in metres.round(3).tolist()]

    def _values(self, fens: list[int], metres: list[float]) -> list[str | None]:
        """Return prices plus what the way costs, where that was asked for."""
        if self.asked.sort != "value":
            return [None] * len(fens)
        worth = self.ranked.fen_per_km / 1000
        return [None if far == np.inf else yuan(fen + far * worth) for fen, far in zip(fens, metres, strict=True)]
