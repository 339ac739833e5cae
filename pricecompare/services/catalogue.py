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
from pricecompare.services.atlas import Ground
from pricecompare.services.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.places import Where, region_of, where
from pricecompare.services.search import page_size


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
        "data_version": versions.data,
    }


def pharmacies(
    desk: Desk, *, coord_type: str = "gcj02", limit: int | None = None, cursor_given: str | None = None, **place: Any
) -> dict[str, Any]:
    """Return pharmacies near a point, nearest first, or those of a region in the order of ids."""
    with desk.store.reading():
        versions = desk.store.versions()
        at = where(desk, version=versions.places, coord_type=coord_type, **place)
    size, question = page_size(desk, limit), f"pharmacies {coord_type} {sorted(place.items())}"
    standing = _standing(at)
    far, flat = np.array([metres for metres, *_ in standing]), np.zeros(len(standing))
    identity = np.array([ground.pharmacies[slot].id for _, ground, slot in standing], np.int32)
    last = after(desk, question, cursor_given)
    rows = best(flat.astype(np.int8), far, flat, identity, limit=size + 1, after=last).tolist()
    end = (0, float(far[rows[size - 1]]), 0.0, int(identity[rows[size - 1]])) if len(rows) > size else None
    return {
        "total": len(standing),
        "items": [_located(at, *standing[row], datum=coord_type) for row in rows[:size]],
        "next": cursor(desk, question, end) if end else None,
        "data_version": versions.data,
    }


def _standing(at: Where) -> list[tuple[float, Ground, int]]:
    """Return how far each pharmacy of a place is, its ground, and where it stands there."""
    return [
        (far, ground, slot)
        for ground in at.grounds
        for slot, far in zip(*map(np.ndarray.tolist, at.inside(ground, ground.everybody)), strict=True)
    ]


def _located(at: Where, far: float, ground: Ground, slot: int, *, datum: str) -> dict[str, Any]:
    shown = views.pharmacy(at.atlas, ground, slot, datum)
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
    given = None
    if this.datum:
        given = {"lat": this.given_lat, "lng": this.given_lng, "coord_type": this.datum}
    position = int(ground.positions(np.array([this.id], np.int32))[0])
    return views.pharmacy(atlas, ground, position, coord_type) | {"uscc": this.uscc, "given": given}


def offers_of_pharmacy(
    desk: Desk, code: str, *, kind: str | None = None, limit: int | None = None, cursor_given: str | None = None
) -> dict[str, Any]:
    """Return what one pharmacy asks for each drug, in the order of drugs and kinds."""
    with desk.store.reading():
        versions = desk.store.versions()
        this = known_pharmacy(desk, code)
        confirmed = desk.store.confirmed(this.region_id, this.id)
        offers = desk.store.offers_of_pharmacy(this.region_id, this.id)
        rows = [(*row[:5], max(row[5], confirmed.get(row[1], row[5]))) for row in offers if kind in (None, row[1])]
        known = desk.words.of(desk.store, versions.drugs)[1]
    question = f"offers of {code} {kind}"
    last = after(desk, question, cursor_given)
    rest = [row for row in rows if last is None or (row[0], row[1]) > tuple(last)]
    size = page_size(desk, limit)
    end = rest[size - 1] if len(rest) > size else None
    return {
        "pharmacy": {"code": this.code, "id": this.id, "name": this.name},
        "total": len(rows),
        "items": [_asked(desk, known[row[0]], row) for row in rest[:size]],
        "next": cursor(desk, question, end[:2]) if end else None,
        "today": desk.today().isoformat(),
        "data_version": versions.data,
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
        "stale": bool(is_stale(np.array(observed), today=today, max_age=desk.max_age_days)),
        "stock": STOCKS[stock],
        "held": bool(held),
    }
