"""Regions, drugs and pharmacies as they are."""

from typing import Any

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.money import yuan
from pricecompare.calc.stocked import TOLD
from pricecompare.errors import NotFound
from pricecompare.models import Pharmacy
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.opened import moments_of, opening
from pricecompare.services.grounds.places import region_of
from pricecompare.services.searching.search import page_size


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
        seen = [(*row[:5], max(row[5], confirmed.get(row[1], row[5]))) for row in offers]
        known = desk.words.of(desk.store, versions.drugs)[1]
        rests_on = basis(desk, versions, [this.region_id])
    # Nobody can buy where it is closed for good.
    rows = [row for row in seen if kind in (None, row[1]) and this.closed_on is None]
    question, size = f"offers of {code} {kind}", page_size(desk, limit)
    last = after(desk, question, cursor_given)
    rest = [row for row in rows if last is None or (row[0], row[1]) > tuple(last)]
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
        **TOLD[stock],
        "held": bool(held),
    }


def _is_stale(desk: Desk, observed: int) -> bool:
    today = days.number_of(desk.today())
    return bool(is_stale(np.array(observed), today=today, max_age=desk.max_age_days))
