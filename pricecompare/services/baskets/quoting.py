"""The best way to buy several drugs: at one pharmacy, at the nearest that has all, or with two or three stops."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc.basket import MOST_STOPS, Offered, Plan
from pricecompare.calc.basket_search import best_plans
from pricecompare.calc.money import cost_fen, yuan
from pricecompare.errors import Invalid, NotFound
from pricecompare.models import Drug, Versions
from pricecompare.services.baskets.gathering import Alternative, Beyond, Filter, Gathered, Line, Wanted
from pricecompare.services.baskets.views import Shown
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import Where, where
from pricecompare.services.offers.across import kin_of
from pricecompare.services.searching.search import known_drug

MOST_DRUGS = 30
MOST_PACKS = 999
MOST_YUAN_PER_KM = 1000

SEARCHED_KM = 50.0
"""How far around a point somebody is looked for who has what is lacking."""


class Question(NamedTuple):
    """How a basket is to be bought, besides the drugs and the place."""

    allow: str = "sku"
    kind: str = "listed"
    in_stock: bool = False
    max_age_days: int | None = None
    cost_per_km: str | float | None = None
    max_stops: int = 2
    coord_type: str = "gcj02"


PLACE = ("region", "lat", "lng", "radius_km")


def quote(desk: Desk, drugs: Sequence[Mapping[str, Any]], **question: Any) -> dict[str, Any]:
    """Return how a basket is best bought near a point or in a region.

    `drugs` are {code, quantity} in packs, the same drug summed up; `question` is the fields of Question and the place
    (region, lat, lng, radius_km). Answers with the best single pharmacy, the nearest that has everything, and the best
    plans with up to two, three … stops. What is best is told by `calc.basket_search.best_plans`. Raises Invalid for a
    question that makes no sense, NotFound for a drug (drugs[i].code) or region nobody knows.
    """
    place = {name: question.pop(name) for name in PLACE if name in question}
    asked = Question(**question)
    _check(asked, drugs)
    with desk.store.reading():
        versions = desk.store.versions()
        at = where(desk, version=versions.places, coord_type=asked.coord_type, **place)
        per_km = _fen_per_km(desk, asked, at)
        found = Gathered(desk, at, Filter(asked.kind, asked.in_stock, asked.max_age_days))
        lines = found.lines(_basket(desk, drugs, asked, versions.drugs), versions.data)
        beyond = _beyond(desk, found, lines, asked, versions)
    show = Shown(desk, found, lines, beyond, found.offered(lines, per_km), asked.coord_type)
    return {
        "allow": asked.allow,
        "kind": asked.kind,
        "max_stops": asked.max_stops,
        "cost_per_km": yuan(per_km) if at.here else None,
        "max_age_days": desk.max_age_days,
        **_plans(show, asked.max_stops),
        "today": desk.today().isoformat(),
        "data_version": versions.data,
    }


def _plans(show: Shown, most: int) -> dict[str, Any]:
    """Return the basket, and the best plans for it."""
    offered, beyond = show.offered, show.beyond
    plans, nearest = best_plans(offered, most), _nearest(offered) if show.found.at.here else None
    return {
        "pharmacies": int(np.isfinite(offered.fen).any(axis=0).sum()),
        "searched_km": beyond.found.at.radius_m / 1000 if beyond and beyond.found.at.radius_m else None,
        "items": [show.item(line) for line in show.lines],
        "single": show.plan(plans[0], 1) if plans else None,
        "nearest": show.plan(nearest, 1) if nearest else None,
        "plans": [show.plan(plan, stops) for stops, plan in enumerate(plans[1:], 2)],
    }


def _check(asked: Question, drugs: Sequence[Mapping[str, Any]]) -> None:
    """Refuse numbers that make no sense, whoever asks."""
    if not 1 <= len(drugs) <= MOST_DRUGS:
        raise Invalid("bad_basket_size", field="drugs", value=len(drugs), limit=MOST_DRUGS)
    for at, one in enumerate(drugs):
        if not 1 <= one["quantity"] <= MOST_PACKS:
            field = f"drugs[{at}].quantity"
            raise Invalid("bad_whole", field=field, value=one["quantity"], low=1, high=MOST_PACKS)
    if not 1 <= asked.max_stops <= MOST_STOPS:
        raise Invalid("bad_whole", field="max_stops", value=asked.max_stops, low=1, high=MOST_STOPS)
    if asked.max_age_days is not None and asked.max_age_days < 0:
        raise Invalid("bad_age", field="max_age_days", value=asked.max_age_days)


def _fen_per_km(desk: Desk, asked: Question, at: Where) -> int:
    """Return what a kilometre of way costs."""
    if asked.cost_per_km is None:
        return desk.fen_per_km
    if at.here is None:
        raise Invalid("cost_needs_point", field="cost_per_km")
    try:
        per_km = cost_fen(asked.cost_per_km)
    except Invalid as error:
        error.field = "cost_per_km"
        raise
    if per_km > MOST_YUAN_PER_KM * 100:
        raise Invalid("cost_too_high", field="cost_per_km", value=str(asked.cost_per_km), limit=MOST_YUAN_PER_KM)
    return per_km


def _basket(desk: Desk, drugs: Sequence[Mapping[str, Any]], asked: Question, version: int) -> list[Wanted]:
    """Return the lines of a basket, each drug once, in the order in which they were named."""
    wanted: dict[int, tuple[Drug, int]] = {}
    for at, one in enumerate(drugs):
        try:
            drug = known_drug(desk, one["code"], version=version)
        except NotFound as error:
            error.field = f"drugs[{at}].code"
            raise
        wanted[drug.id] = drug, wanted.get(drug.id, (drug, 0))[1] + one["quantity"]
    return [Wanted(drug, packs, _bought(desk, drug, packs, asked.allow, version)) for drug, packs in wanted.values()]


def _bought(desk: Desk, drug: Drug, packs: int, allow: str, version: int) -> tuple[Alternative, ...]:
    """Return what may be bought for so many packs of a drug: of other packs as many as hold at least as many units.

    Packs of another content or fill are no substitute, whoever put them into the group.
    """
    own = Alternative(drug, packs)
    if allow == "sku":
        return (own,)
    this, *others = kin_of(desk, version).family(drug, allow).members
    if this.units is None:
        return (own,)
    alike = [one for one in others if one.units and all(way.dimension == "count" for way in one.why)]
    enough = [Alternative(one.drug, -(-packs * this.units // (one.units or 1))) for one in alike]
    return own, *(one for one in enough if one.packs <= max(packs, MOST_PACKS))


def _nearest(offered: Offered) -> Plan | None:
    """Return the plan that stops once, at the nearest pharmacy that has everything; None when none has."""
    complete = np.flatnonzero(np.isfinite(offered.fen).all(axis=0))
    if not len(complete):
        return None
    near = complete[offered.home_mm.take(complete) == offered.home_mm.take(complete).min()]
    return offered.plan(*offered.best([near]))


def _beyond(desk: Desk, found: Gathered, lines: list[Line], asked: Question, versions: Versions) -> Beyond | None:
    """Return who sells further away what nobody in the place sells: around the point, or in the province."""
    lacking = [line.wanted for line in lines if np.isinf(line.fen).all()]
    if not lacking:
        return None
    further = Gathered(desk, _wider(desk, found.at, versions.places), found.filter)
    return Beyond(further, {line.wanted.drug.id: line for line in further.lines(lacking, versions.data)})


def _wider(desk: Desk, at: Where, version: int) -> Where:
    """Return a wider place around the one asked about."""
    if at.here is not None:
        cap = min(max(SEARCHED_KM, (at.radius_m or 0) / 1000), desk.settings.max_radius_km)
        lat, lng = at.here
        return where(desk, version=version, lat=lat, lng=lng, coord_type="wgs84", radius_km=cap)
    top = at.region
    while top is not None and top.parent_id is not None:
        top = at.atlas.regions[top.parent_id]
    return where(desk, version=version, region=top.code if top else None)
