"""Whether a run still says what its inputs give: computed again from what it kept, for as long as it is kept."""

import json
import math
from typing import Any

from pricecompare.errors import Conflict
from pricecompare.models.indexing import IndexRun, IndexValue
from pricecompare.services.desk import Desk
from pricecompare.services.indexing.panels import panel_now
from pricecompare.services.indexing.runs import hash_of, name_of, run_of
from pricecompare.services.indexing.sources import beside_of, kept_panel, newest_version, of_run, values
from pricecompare.store.uploads import NEWEST

CLOSE = 1e-12
"""Relative: what another build of the same arithmetic may leave."""

MOST = 20
"""Differences that are told."""

MANY = 100_000
"""Entries of the audit trail that are looked through."""


def verified(desk: Desk, run_id: int) -> dict[str, Any]:
    """Return whether the inputs of a run are those it was made of, and whether its values come out again.

    `sealed` says whether the audit trail has the same hashes (null for a draft, of which it has the inputs alone);
    `as_sales_stand` whether sales, as they stand now, would give the same. Raises Conflict for a method that this
    program does not know any more.
    """
    with desk.store.reading():
        run = run_of(desk, run_id)
        for method_id, version in _methods(run).items():
            if version != newest_version(method_id):
                raise Conflict("method_unknown", value=f"{method_id} v{version}")
        panel, stored = kept_panel(desk, run), desk.store.index_values(run.id)
        sealed = _sealed(desk, run)
        now = panel_now(desk, of_run(desk, run).wanted).hash
    differing = _differing(stored, _as_known(run, values(panel)))
    inputs = panel.hash == run.inputs_hash
    kept = hash_of(stored) == run.values_hash
    return {
        "run": run.id,
        "state": run.state,
        "verified": inputs and kept and not differing and sealed is not False,
        "inputs": inputs,
        "values": kept,
        "recomputed": not differing,
        "differing": differing[:MOST],
        "sealed": sealed,
        "as_sales_stand": now == run.inputs_hash,
        "pharmacies": len(stored),
        "inputs_sha256": run.inputs_hash,
    }


def _methods(run: IndexRun) -> dict[str, int]:
    """Return the version of every method that a run says something by."""
    return {**beside_of(run), run.method_id: run.method_version}


def _as_known(run: IndexRun, again: dict[int, IndexValue]) -> dict[int, IndexValue]:
    """Return values as a run could know them: one made before other methods were kept has nothing of those."""
    if beside_of(run):
        return again
    return {key: one._replace(gk=None, idb=None, geks=None) for key, one in again.items()}


def _differing(stored: list[IndexValue], again: dict[int, IndexValue]) -> list[int]:
    """Return the pharmacies whose values do not come out again."""
    known = {one.pharmacy_id: one for one in stored}
    return [key for key in sorted(known.keys() | again.keys()) if not _same(known.get(key), again.get(key))]


def _sealed(desk: Desk, run: IndexRun) -> bool | None:
    """Say whether the audit trail has the hashes of a run as it was confirmed; None for one that was not."""
    if run.state != "confirmed":
        return None
    about = name_of(run.id)
    found = desk.store.entries(most=MANY, before=NEWEST, what="index_confirmed", about=about)
    # What is asked for is how a name begins: run 1 is asked for together with run 10.
    told = [json.loads(one.after) for one in found if one.about == about]
    return [(one["inputs_hash"], one["values_hash"]) for one in told] == [(run.inputs_hash, run.values_hash)]


def _same(one: IndexValue | None, other: IndexValue | None) -> bool:
    """Say whether two values of a pharmacy are the same, but for what arithmetic leaves."""
    if one is None or other is None:
        return False
    return all(
        math.isclose(this, that, rel_tol=CLOSE, abs_tol=CLOSE)
        if isinstance(this, float) and isinstance(that, float)
        else this == that
        for this, that in zip(one, other, strict=True)
    )
