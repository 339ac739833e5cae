"""Runs as people are told about them: listed, shown, previewed before anybody confirms them, and verified."""

import json
import math
from collections.abc import Iterator
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.periods import before, period
from pricecompare.errors import NotFound
from pricecompare.models import Pharmacy
from pricecompare.models.indexing import IndexRun, IndexValue
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.indexing import index, shown
from pricecompare.services.indexing.runs import run_of
from pricecompare.services.indexing.sources import in_force, of_run
from pricecompare.services.searching.search import page_size
from pricecompare.store.uploads import NEWEST

LONGEST = 16
"""Digits of the number of a run."""

MOST = 20
"""Pharmacies of a preview, those that change most."""


def runs(
    desk: Desk,
    region: str | None = None,
    *,
    period: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return runs, newest first, of a region or of all."""
    question, size = f"runs {region} {period} {state}", page_size(desk, limit)
    (last,) = after(desk, question, cursor_given) or (NEWEST,)
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = None if region is None else pooling_of(atlas, region_of(atlas, region))
        narrow = {"region_id": pooling, "period": period, "state": state}
        found = desk.store.index_runs(most=size + 1, before=int(last), **narrow)
        items = [told(desk, run) for run in found[:size]]
    more = len(found) > size
    following = cursor(desk, question, (found[size - 1].id,)) if more else None
    return {"items": items, "next": following, "data_version": versions.data}


def public_runs(desk: Desk, region: str | None = None, **asked: Any) -> dict[str, Any]:
    """Return the confirmed runs, newest first, as everybody may see them."""
    answer = runs(desk, region, state="confirmed", **asked)
    return answer | {"items": [_public(one) for one in answer["items"]]}


def shown_run(desk: Desk, run_id: int) -> dict[str, Any]:
    """Return a run with what was decided about it."""
    with desk.store.reading():
        return told(desk, run_of(desk, run_id))


def public_run(desk: Desk, number: str) -> dict[str, Any]:
    """Return a confirmed run; NotFound for any other, as for one that there is not."""
    with desk.store.reading():
        return _public(told(desk, _confirmed(desk, number))) | {"data_version": desk.store.versions().data}


def _public(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name not in ("made_by", "decided_by", "why", "rows")}


def _confirmed(desk: Desk, number: str) -> IndexRun:
    known = number.isascii() and number.isdecimal() and len(number) < LONGEST
    if not known or (run := run_of(desk, int(number))).state != "confirmed":
        raise NotFound("unknown_run", field="number", value=number)
    return run


def values_of(desk: Desk, number: str, *, limit: int | None = None, cursor_given: str | None = None) -> dict[str, Any]:
    """Return what a confirmed run says of every pharmacy, dearest first, as everybody may see it."""
    with desk.store.reading():
        run = _confirmed(desk, number)
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        found = of_run(desk, run)
        known = {one.id: one for one in desk.store.pharmacies()}
        rests_on = basis(desk, versions, [run.region_id])
    values = list(found.values.values())
    page = index.listed(desk, f"run {run.id}", found, values, known, limit, cursor_given)
    page["items"] = [shown.rounded(one) for one in page["items"]]
    name = views.place_name(atlas, run.region_id)
    return {"region": name, **index.about(found), **page, "data_version": rests_on.version}


def told(desk: Desk, run: IndexRun) -> dict[str, Any]:
    """Return all there is to say of a run."""
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    months = period(run.period).months
    return {
        "id": run.id,
        "region": views.place_name(atlas, run.region_id),
        "period": run.period,
        "months": {"from": months[0], "until": months[-1]},
        "compare": run.compare,
        "method": {"id": run.method_id, "version": run.method_version, "reference": run.reference},
        "state": run.state,
        "corrects": run.corrects_id,
        "corrected_by": desk.store.index_run_corrected_by(run.id),
        "run_data_version": run.data_version,
        "made_at": days.iso(run.made_at),
        "made_by": run.made_by,
        "why": run.why,
        "decided_at": None if run.decided_at is None else days.iso(run.decided_at),
        "decided_by": run.decided_by,
        "limits": json.loads(run.limits),
        **{"beside": {}} | json.loads(run.facts),
        "inputs_sha256": run.inputs_hash,
        "values_sha256": run.values_hash,
    }


def preview(desk: Desk, run_id: int) -> dict[str, Any]:
    """Return a run with who changes most against the run it corrects, or against that of the period before."""
    with desk.store.reading():
        run = run_of(desk, run_id)
        found = of_run(desk, run)
        other = _compared_with(desk, run)
        earlier = of_run(desk, other).values if other else {}
        known = {one.id: one for one in desk.store.pharmacies()}
        answer = told(desk, run)
    changes = sorted(_changes(found.values, earlier), key=lambda one: (-abs(one[0]), one[1].pharmacy_id))
    return answer | {
        "compared_with": other.id if other else None,
        "new": sum(key not in earlier for key in found.values) if other else 0,
        "gone": sum(key not in found.values for key in earlier),
        "changes": [_change(known[value.pharmacy_id], by, value, was) for by, value, was in changes[:MOST]],
    }


def _compared_with(desk: Desk, run: IndexRun) -> IndexRun | None:
    if run.corrects_id is not None:
        return run_of(desk, run.corrects_id)
    earlier = before(period(run.period))
    return None if earlier is None else in_force(desk, of_run(desk, run).wanted._replace(period=earlier))


def _changes(
    now: dict[int, IndexValue], earlier: dict[int, IndexValue]
) -> Iterator[tuple[float, IndexValue, IndexValue]]:
    """Yield by how many points the index of each pharmacy changed that has one in both."""
    for key in now.keys() & earlier.keys():
        one, was = now[key].value, earlier[key].value
        if one is not None and was is not None and math.isfinite(one - was):
            yield 100 * (one - was), now[key], earlier[key]


def _change(this: Pharmacy, by: float, value: IndexValue, was: IndexValue) -> dict[str, Any]:
    return {
        "pharmacy": {"code": this.code, "id": this.id, "name": this.name},
        "before": 100 * (was.value or 0.0),
        "index": 100 * (value.value or 0.0),
        "change": by,
        "status_before": was.status,
        "status": value.status,
        "rank_before": was.rank or None,
        "rank": value.rank or None,
    }
