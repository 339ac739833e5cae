"""Where a drug is nearest, cheapest or best value: one market row a region, ranked whole before the limit cuts."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from pricecompare.calc import days
from pricecompare.calc.money import fen as fen_of
from pricecompare.calc.money import yuan
from pricecompare.errors import Invalid
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services.answers import views
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.opened import fitting, young
from pricecompare.services.grounds.places import Where, where
from pricecompare.services.offers import beside, standards
from pricecompare.services.offers.cheapest import Wanted, cheapest
from pricecompare.services.offers.lines import Found, lines
from pricecompare.services.offers.ranking import Ranking, candidates, ranking
from pricecompare.services.offers.sources import Sources, keys_of, sources
from pricecompare.services.searching.search import known_drug, page_size
from pricecompare.services.statistics.past import market_as_of

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

    @property
    def is_plain(self) -> bool:
        """Whether all offers of now are asked for, the cheapest first."""
        narrowed = self.open_now or self.service is not None or self.max_age_days is not None
        return self.sort == "price" and self.as_of is None and self.cost_per_km is None and not narrowed


def offers(
    desk: Desk, code: str, *, cursor_given: str | None = None, written: bool = False, **question: Any
) -> dict[str, Any]:
    """Return who sells a drug near a point or in a region, ranked by price, distance or value.

    `question` is the fields of Question and the place (region, lat, lng, radius_km). Prices that are sound come
    first, probable data errors after them, stale prices last. Raises NotFound for a drug or region nobody knows,
    Invalid for a question that makes no sense. With `as_of` it is the end of that day, as far as is known now, that is
    answered for: prices, stock, ages and what they are compared with. With `written` the offers are JSON already, for
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
    ranked, left_out = (first_page if cursor_given is None else ranking_of)(desk, at, these, asked)
    found = Found(drug, at, these, ranked, these.day, asked.coord_type)
    signed = f"offers {code} {_said(asked)} {place}"
    page = ranked.page(page_size(desk, asked.limit), after(desk, signed, cursor_given))
    return {
        **_answered(desk, found, asked, page.rows, written=written),
        "left_out": left_out,
        "next": cursor(desk, signed, page.last) if page.last else None,
        "today": found.day.isoformat(),
        "data_version": these.rests_on.version,
    }


_said = lru_cache(maxsize=1000)(str)
"""Questions as text: most differ in their place alone."""


def market(desk: Desk, key: MarketKey, version: int, as_of: date | None) -> MarketRow | None:
    """Return a market as it is, or as it was."""
    return desk.seen.market(desk.store, key, version) if as_of is None else market_as_of(desk, key, as_of)


def first_page(desk: Desk, at: Where, these: Sources, asked: Question) -> tuple[Ranking, int]:
    """Return what `ranking_of` does, as far as the first page needs it."""
    if asked.is_plain:
        limit, today = page_size(desk, asked.limit) + 1, days.number_of(these.day)
        wanted = Wanted(asked.in_stock, limit, today, desk.max_age_days)
        ranked = cheapest(at, these.markets, wanted, desk.fen_per_km)
        if ranked is not None:
            return ranked, 0
    return ranking_of(desk, at, these, asked)


def ranking_of(desk: Desk, at: Where, these: Sources, asked: Question) -> tuple[Ranking, int]:
    """Return all that could be answered, in order, and how many prices were left out for their age."""
    if asked.sort != "price" and at.here is None:
        raise Invalid("sort_needs_point", field="sort", value=asked.sort)
    if asked.max_age_days is not None and asked.max_age_days < 0:
        raise Invalid("bad_age", field="max_age_days", value=asked.max_age_days)
    today = days.number_of(these.day)
    found = candidates(at, these.markets, in_stock=asked.in_stock)
    found = fitting(found, at.grounds, these.moments, open_now=asked.open_now, service=asked.service)
    found, left_out = young(found, asked.max_age_days, today=today)
    fen_per_km = fen_of(asked.cost_per_km) if asked.cost_per_km else desk.fen_per_km
    order = ranking(found, sort=asked.sort, fen_per_km=fen_per_km, today=today, max_age=desk.max_age_days)
    return order, left_out


def _answered(desk: Desk, this: Found, asked: Question, rows: NDArray[np.intp], *, written: bool) -> dict[str, Any]:
    """Return the offers of `rows` with what they answer; `written` as `offers` takes it."""
    return {
        "drug": views.drug(this.drug),
        "standard": standards.shown(this.at.atlas, standards.common(this.these.paid)),
        "kind": asked.kind,
        "sort": asked.sort,
        "cost_per_km": yuan(this.ranked.fen_per_km) if asked.sort == "value" else None,
        "max_age_days": desk.max_age_days,
        "total": this.ranked.total,
        "stale": this.ranked.old,
        "items": _items(desk, this, rows, written=written),
    }


def _items(desk: Desk, this: Found, rows: NDArray[np.intp], *, written: bool) -> list[dict[str, Any]] | orjson.Fragment:
    """Return offers as they are shown: as JSON where that is enough."""
    told = lines(desk, this, rows)
    if written and this.these.twins is None:
        return orjson.Fragment(told)
    items: list[dict[str, Any]] = orjson.loads(told)
    beside.put(desk, items, this.these.twins, this.ranked.found, rows, this.day)
    return items
