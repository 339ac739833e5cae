"""Where the figures of a pharmacy come from: the run that is in force, or sales as they stand."""

import json
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc import days
from pricecompare.calc.index import METHOD_ID, METHOD_VERSION
from pricecompare.calc.index_limits import Limits
from pricecompare.calc.periods import Period, period
from pricecompare.errors import NotFound
from pricecompare.models.indexing import IndexRun, IndexValue
from pricecompare.services.desk import Desk
from pricecompare.services.indexing.beside import newest
from pricecompare.services.indexing.panel import Panel, kept
from pricecompare.services.indexing.panels import Wanted, limits_of, panel_now, reference_for, refuse_compare


class Source(NamedTuple):
    """Values of every pharmacy with sales, by id, and the run that says so; `run` is None for sales as they stand."""

    wanted: Wanted
    values: dict[int, IndexValue]
    limits: Limits
    run: IndexRun | None


def asked(
    desk: Desk,
    region_id: int,
    text: str | None,
    *,
    compare: str = "sku",
    method: str = METHOD_ID,
    reference: str | None = None,
) -> Wanted:
    """Return which index is asked for; of the newest month with sales unless a period is named."""
    refuse_compare(compare)
    when = period(text) if text is not None else _newest(desk, region_id)
    return Wanted(region_id, when, compare, method, reference_for(method, reference))


def _newest(desk: Desk, region_id: int) -> Period:
    newest = desk.store.last_index_month(region_id)
    if newest is None:
        raise NotFound("no_sales", field="period", value=f"{region_id:06d}")
    return period(newest)


def source(desk: Desk, wanted: Wanted) -> Source:
    """Return what is told of an index: what the run in force says, or else what sales say as they stand."""
    run = in_force(desk, wanted)
    if run is not None:
        return of_run(desk, run)
    panel = panel_now(desk, wanted)
    return Source(wanted, values(panel), panel.limits, None)


def in_force(desk: Desk, wanted: Wanted) -> IndexRun | None:
    """Return the confirmed run of an index whose place no other has taken."""
    how = {"compare": wanted.compare, "method_id": wanted.method, "reference": wanted.reference or ""}
    return desk.store.index_run_in_force(wanted.region_id, wanted.period.name, **how)


def of_run(desk: Desk, run: IndexRun) -> Source:
    """Return what a run says, marked by the lines in force now: those are decided after it, too."""
    found = {value.pharmacy_id: value for value in desk.store.index_values(run.id)}
    wanted = wanted_by(run)
    return Source(wanted, found, limits_of(desk, run.region_id, wanted.period.year), run)


def wanted_by(run: IndexRun) -> Wanted:
    """Return which index a run is of."""
    reference = reference_for(run.method_id, run.reference or None)
    return Wanted(run.region_id, period(run.period), run.compare, run.method_id, reference)


def panel_of(desk: Desk, found: Source) -> Panel:
    """Return all that the figures of a source rest on."""
    if found.run is None:
        return panel_now(desk, found.wanted)
    return panel_of_run(desk, found.run)


def panel_of_run(desk: Desk, run: IndexRun) -> Panel:
    """Return what a run kept: held, since it never changes."""
    name = ("run", run.id)
    rows = json.loads(run.facts)["rows"]
    return desk.panels.of(name, lambda: (name, kept_panel(desk, run)), rows=rows, first=Panel.told_of_one)


def kept_panel(desk: Desk, run: IndexRun) -> Panel:
    """Return what a run kept, read from the store."""
    limits = Limits(**json.loads(run.limits))
    return kept(desk.store.index_inputs(run.id), run.layout, limits, run.method_id, wanted_by(run).reference)


def values(panel: Panel) -> dict[int, IndexValue]:
    """Return the figures of every pharmacy of a panel by its id."""
    made = panel.figures
    columns = [
        _plain(getattr(made, name)) for name in IndexValue._fields[1:]
    ]  # fmt: skip
    rows = zip(panel.pharmacies.tolist(), *columns, strict=True)
    return {row[0]: IndexValue(*row) for row in rows}


def _plain(column: Any) -> list[Any]:
    """Return a column as the database keeps it: what is not a number is None."""
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return [None if value != value else value for value in column.tolist()]
    return list(column) if isinstance(column, list) else column.tolist()


def told_run(run: IndexRun | None) -> dict[str, Any] | None:
    """Return the run that an answer rests on, as far as everybody may know it."""
    if run is None:
        return None
    confirmed = None if run.decided_at is None or run.state != "confirmed" else days.iso(run.decided_at)
    return {"id": run.id, "confirmed_at": confirmed, "corrects": run.corrects_id}


def version_of(found: Source) -> int:
    """Return the version of the method that figures were made by."""
    return found.run.method_version if found.run else newest_version(found.wanted.method)


def beside_of(run: IndexRun) -> dict[str, int]:
    """Return the methods that stand beside the index of a run, with their versions; none where it knows none."""
    return json.loads(run.facts).get("beside", {})


def versions_beside(found: Source) -> dict[str, int]:
    """Return the methods that stand beside figures, with the versions they were made by."""
    return newest() if found.run is None else beside_of(found.run)


def newest_version(method_id: str) -> int:
    """Return the version of a method that this program computes."""
    if method_id == METHOD_ID:
        return METHOD_VERSION
    from pricecompare.calc.index.registry import method

    return method(method_id).version
