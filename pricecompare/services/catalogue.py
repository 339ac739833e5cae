"""Regions, drugs and pharmacies as they are."""

from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import best
from pricecompare.calc.money import yuan
from pricecompare.errors import NotFound
from pricecompare.models import STOCKS, Pharmacy
from pricecompare.services import views
from pricecompare.services.basis import basis
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.doorways import Moment
from pricecompare.services.geojson import feature_collection
from pricecompare.services.opened import fit, moments_of, opening
from pricecompare.services.places import Where, region_of, where
from pricecompare.services.search import known_drug, page_size


def regions(
    desk: Desk,
    *,
    parent: str | None = None,
    pooling: bool | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return regions in the order of codes: all, those right under `parent`, pooling ones or the others."""
    versions = desk.store.versions()
    atlas = desk.grounds.atlas(desk.store, versions.places)
    above = None if parent is None else region_of(atlas, parent, field="parent").id
    wanted = [
        one
        for one in atlas.regions.values()
        if (above is None or one.parent_id == above) and (pooling is None or one.pooling == pooling)
    ]
    question, size = f"regions {parent} {pooling}", page_size(desk, limit)
    (last,) = after(desk, question, cursor_given) or (-1,)
    rest = [one for one in wanted if one.id > last]
    return {
        "total": len(wanted),
        "items": [views.region(one) for one in rest[:size]],
        "next": cursor(desk, question, (rest[size - 1].id,)) if len(rest) > size else None,
        "data_version": basis(desk, versions, drugs=False).version,
    }


def drug(desk: Desk, code: str) -> dict[str, Any]:
    """Return one drug."""
    return views.drug(known_drug(desk, code))


def pharmacies(
    desk: Desk,
    *,
    coord_type: str = "gcj02",
    geo: bool = False,
    limit: int | None = None,
    cursor_given: str | None = None,
    open_now: bool = False,
    service: str | None = None,
    closed: bool = False,
    **place: Any,
) -> dict[str, Any]:
    """Return pharmacies near a point, nearest first, or those of a region in the order of ids.

    `open_now` and `service` narrow them; those closed for good are left out unless `closed`. With `geo` they are a
    GeoJSON FeatureCollection.
    """
    with desk.store.reading():
        versions = desk.store.versions()
        at = where(desk, version=versions.places, coord_type=coord_type, **place)
        moments = moments_of(desk, at.grounds, versions)
        rests_on = basis(desk, versions, [ground.region_id for ground in at.grounds], moments=moments)
    narrow = {"open_now": open_now, "service": service}
    size, question = page_size(desk, limit), f"pharmacies {coord_type} {narrow} {closed} {sorted(place.items())}"
    standing = _standing(at, moments, closed=closed, **narrow)
    far, flat = np.array([metres for metres, *_ in standing]), np.zeros(len(standing))
    identity = np.array([at.grounds[source].pharmacies[slot].id for _, source, slot in standing], np.int32)
    last = after(desk, question, cursor_given)
    rows = best(flat.astype(np.int8), far, flat, identity, limit=size + 1, after=last).tolist()
    end = (0, float(far[rows[size - 1]]), 0.0, int(identity[rows[size - 1]])) if len(rows) > size else None
    datum = "wgs84" if geo else coord_type
    answer = {
        "total": len(standing),
        "items": [_located(at, *standing[row], moments=moments, datum=datum) for row in rows[:size]],
        "next": cursor(desk, question, end) if end else None,
        "data_version": rests_on.version,
    }
    return feature_collection(answer) if geo else answer


def _standing(at: Where, moments: list[Moment | None], *, closed: bool, **narrow: Any) -> list[tuple[float, int, int]]:
    """Return how far each pharmacy of a place is, the number of its ground, and where it stands there."""
    found = []
    for source, (ground, moment) in enumerate(zip(at.grounds, moments, strict=True)):
        slots, far = at.inside(ground, ground.everybody)
        fits = (fit(ground, moment, **narrow) & (closed | ~ground.doorways.gone))[slots]
        found += [(metres, source, slot) for metres, slot in zip(far[fits].tolist(), slots[fits].tolist(), strict=True)]
    return found


def _located(
    at: Where, far: float, source: int, slot: int, *, moments: list[Moment | None], datum: str
) -> dict[str, Any]:
    shown = views.pharmacy(at.atlas, at.grounds[source], slot, datum) | opening(moments[source], slot)
    return shown | {"distance_m": round(far, 3) if at.here and far != np.inf else None}


def known_pharmacy(desk: Desk, code: str) -> Pharmacy:
    """Return the pharmacy with that code; NotFound suggests codes that begin alike."""
    found = desk.store.pharmacy(code.strip().upper())
    if found is None:
        raise NotFound("unknown_pharmacy", field="code", value=code, suggestions=desk.store.close_pharmacies(code))
    return found


def pharmacy(desk: Desk, code: str, *, coord_type: str = "gcj02") -> dict[str, Any]:
    """Return one pharmacy with what was given of its place."""
    with desk.store.reading():
        this = known_pharmacy(desk, code)
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        ground = desk.grounds.ground(desk.store, this.region_id, atlas.extents[this.region_id].version)
        (moment,) = moments_of(desk, [ground], versions)
    given = None
    if this.datum:
        given = {"lat": this.given_lat, "lng": this.given_lng, "coord_type": this.datum}
    position = int(ground.positions(np.array([this.id], np.int32))[0])
    shown = views.pharmacy(atlas, ground, position, coord_type) | opening(moment, position)
    return shown | {"week": views.week(this), "uscc": this.uscc, "given": given}


def offers_of_pharmacy(
    desk: Desk, code: str, *, kind: str | None = None, limit: int | None = None, cursor_given: str | None = None
) -> dict[str, Any]:
    """Return what one pharmacy asks for each drug, in the order of drugs and kinds."""
    with desk.store.reading():
        versions = desk.store.versions()
        this = known_pharmacy(desk, code)
        confirmed = desk.store.confirmed(this.region_id, this.id)
        offers = desk.store.offers_of_pharmacy(this.region_id, this.id)
        # Nobody can buy where it is closed for good.
        asked = [row for row in offers if kind in (None, row[1]) and this.closed_on is None]
        rows = [(*row[:5], max(row[5], confirmed.get(row[1], row[5]))) for row in asked]
        known = desk.words.of(desk.store, versions.drugs)[1]
        rests_on = basis(desk, versions, [this.region_id])
    question = f"offers of {code} {kind}"
    last = after(desk, question, cursor_given)
    rest = [row for row in rows if last is None or (row[0], row[1]) > tuple(last)]
    size = page_size(desk, limit)
    end = rest[size - 1] if len(rest) > size else None
    return {
        "pharmacy": {"code": this.code, "id": this.id, "name": this.name},
        "total": len(rows),
        "stale": sum(_is_stale(desk, row[5]) for row in rows),
        "items": [_asked(desk, known[row[0]], row) for row in rest[:size]],
        "next": cursor(desk, question, end[:2]) if end else None,
        "today": desk.today().isoformat(),
        "data_version": rests_on.version,
    }


def _asked(desk: Desk, this: Any, row: tuple) -> dict[str, Any]:
    _, kind, fen, stock, held, observed = row
    today = days.number_of(desk.today())
    return {
        "drug": views.drug(this),
        "kind": kind,
        "price": yuan(fen),
        "fen": fen,
        "observed_at": days.iso(observed),
        "age_days": today - days.day_number(observed),
        "stale": _is_stale(desk, observed),
        "stock": STOCKS[stock],
        "held": bool(held),
    }


def _is_stale(desk: Desk, observed: int) -> bool:
    today = days.number_of(desk.today())
    return bool(is_stale(np.array(observed), today=today, max_age=desk.max_age_days))
