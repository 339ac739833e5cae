"""Runs: an index of a region and period computed to be published, looked at, and confirmed or dropped by a person."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from pricecompare.calc.index import METHOD_ID
from pricecompare.calc.periods import period
from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import Hand
from pricecompare.models.indexing import IndexRun, IndexValue
from pricecompare.services import audit
from pricecompare.services.cases.steps import refuse_hand
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.indexing.beside import newest
from pricecompare.services.indexing.panel import Panel
from pricecompare.services.indexing.panels import Wanted, appeals_in, panel_now, reference_for, refuse_compare
from pricecompare.services.indexing.sources import in_force, newest_version, values, wanted_by

FIRST = IndexValue._fields.index("gk")
"""So many columns every run has."""

DECISIONS = {"confirm": "confirmed", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which index is to be published; `corrects` names the run whose place it is to take."""

    region: str
    period: str
    method: str = METHOD_ID
    compare: str = "sku"
    reference: str | None = None
    corrects: int | None = None


def publish(desk: Desk, wish: Wish, *, by: Hand) -> IndexRun:
    """Compute an index of sales as they stand and keep it as a draft, with all it rests on; return the run.

    Raises Invalid for a period that is not over or a way there is not, NotFound where nothing was sold, Conflict when
    another run is in force that this one does not correct.
    """
    refuse_hand(by)
    with desk.store.reading():
        wanted = _wanted(desk, wish)
        panel = panel_now(desk, wanted)
        if not len(panel.rows):
            raise NotFound("no_sales_then", field="period", value=wish.region, period=wanted.period.name)
        made, version = list(values(panel).values()), desk.store.versions().data
        put_in = appeals_in(desk, wanted)
    layout, stored = panel.packed()
    with desk.store.writing():
        refuse_second(desk, wanted, wish.corrects)
        run = _drafted(desk, wanted, panel, made, wish.corrects, by)
        facts = json.dumps(_facts(panel, made) | {"appeals": put_in})
        run = run._replace(layout=layout, data_version=version, facts=facts)
        desk.store.add_index_run(run, stored, made)
        noted = {name: getattr(run, name) for name in ("period", "compare", "method_id", "corrects_id", "inputs_hash")}
        audit.note(desk, "index_drafted", name_of(run.id), by=by, after=noted | {"region": f"{run.region_id:06d}"})
    return run


def _wanted(desk: Desk, wish: Wish) -> Wanted:
    """Return which index a wish is about."""
    atlas = desk.grounds.atlas(desk.store, desk.store.versions().places)
    place = region_of(atlas, wish.region)
    pooling = pooling_of(atlas, place)
    if district_of(place) is not None:
        raise Invalid("whole_region_only", field="region", value=wish.region, pooling=f"{pooling:06d}")
    this = period(wish.period)
    if this.months[-1] >= desk.today().strftime("%Y-%m"):
        raise Invalid("period_not_over", field="period", value=wish.period)
    refuse_compare(wish.compare)
    return Wanted(pooling, this, wish.compare, wish.method, reference_for(wish.method, wish.reference))


def refuse_second(desk: Desk, wanted: Wanted, corrects: int | None) -> None:
    """Raise Conflict when a run is in force whose place another one does not say it takes; use inside `writing`."""
    now = in_force(desk, wanted)
    if corrects is not None and run_of(desk, corrects).state != "confirmed":
        raise Conflict("run_not_confirmed", field="corrects", value=str(corrects))
    if (now.id if now else None) != corrects:
        told = "none" if now is None else str(now.id)
        raise Conflict("run_in_force", field="corrects", value="" if corrects is None else str(corrects), run=told)


def _drafted(
    desk: Desk, wanted: Wanted, panel: Panel, made: list[IndexValue], corrects: int | None, by: Hand
) -> IndexRun:
    return IndexRun(
        id=desk.store.next_index_run(),
        region_id=wanted.region_id,
        period=wanted.period.name,
        compare=wanted.compare,
        method_id=wanted.method,
        method_version=newest_version(wanted.method),
        reference=wanted.reference or "",
        state="draft",
        corrects_id=corrects,
        data_version=0,
        made_at=desk.now(),
        made_by=by.who.strip(),
        why=by.why.strip(),
        decided_at=None,
        decided_by="",
        limits=json.dumps(_plain_limits(panel)),
        facts="",
        layout=0,
        inputs_hash=panel.hash,
        values_hash=hash_of(made),
    )


def _plain_limits(panel: Panel) -> dict[str, float]:
    """Return the limits a run is computed by; those that are not in force are left out, since JSON has no nan."""
    return {name: value for name, value in asdict(panel.limits).items() if value == value}


def _facts(panel: Panel, made: list[IndexValue]) -> dict[str, Any]:
    """Return what there is to say of a run as a whole."""
    counts = {status: sum(one.status == status for one in made) for status in ("published", "indicative", "suppressed")}
    components = len({one.component for one in made if one.component >= 0})
    ranked = sum(one.rank > 0 for one in made)
    rows = {"rows": len(panel.rows), "pharmacies": len(made), "drugs": len(panel.drugs)}
    return rows | counts | {"ranked": ranked, "components": components, "beside": newest()}


def hash_of(made: list[IndexValue]) -> str:
    """Return SHA-256 of the values of a run, pharmacy by pharmacy."""
    digest = hashlib.sha256()
    for one in made:
        # Columns came later that earlier runs know nothing of: what is hashed of those must not change.
        known = tuple(one) if any(number is not None for number in one[FIRST:]) else tuple(one)[:FIRST]
        digest.update(orjson.dumps(known) + b"\n")
    return digest.hexdigest()


def decide(desk: Desk, run_id: int, action: str, *, by: Hand) -> IndexRun:
    """Confirm or drop a draft and return it; from then on nothing of it changes.

    Raises NotFound for no run, Conflict for one that was decided, or when another has come into force meanwhile.
    """
    refuse_hand(by)
    if action not in DECISIONS:
        raise Invalid("bad_choice", field="action", value=action, choices=", ".join(DECISIONS))
    with desk.store.writing():
        run = run_of(desk, run_id)
        if run.state != "draft":
            raise Conflict("run_decided", field="action", value=str(run_id), state=run.state)
        state = DECISIONS[action]
        if state == "confirmed":
            refuse_second(desk, wanted_by(run), run.corrects_id)
        desk.store.decide_index_run(run.id, state, at=desk.now(), by=by.who.strip())
        if state == "confirmed":
            # What answers rest on has changed: nobody may keep the old one.
            desk.store.touch_prices(desk.store.next_version(), [run.region_id])
        after = {"state": state, "inputs_hash": run.inputs_hash, "values_hash": run.values_hash}
        audit.note(desk, f"index_{state}", name_of(run.id), by=by, before={"state": "draft"}, after=after)
        return run_of(desk, run_id)


def run_of(desk: Desk, run_id: int) -> IndexRun:
    """Return the run with that number; NotFound when there is none."""
    if (run := desk.store.index_run(run_id)) is None:
        raise NotFound("unknown_run", field="number", value=str(run_id))
    return run


def name_of(run_id: int) -> str:
    """Return how the audit trail calls a run."""
    return f"index run {run_id}"
