"""A pharmacy's index over periods, with the changes of method marked: figures of different methods do not compare."""

from typing import Any

from pricecompare.calc.index import METHOD_ID, standing
from pricecompare.calc.index_limits import Limits
from pricecompare.calc.periods import period
from pricecompare.models import Pharmacy
from pricecompare.services.desk import Desk
from pricecompare.services.indexing.panels import Wanted


def history(desk: Desk, this: Pharmacy, wanted: Wanted, limits: Limits) -> list[dict[str, Any]]:
    """Return a pharmacy's index of every period of the kind asked for, oldest first; use inside `reading`.

    Runs in force come before what sales say as they stand, which is told of months and packs as they are alone.
    """
    kind, headline = wanted.period.kind, wanted.method == METHOD_ID
    found = _as_they_stand(desk, this, limits) if headline and (kind, wanted.compare) == ("month", "sku") else {}
    for (run, region, name, *method, _), value in desk.store.index_history(this.id, wanted.compare):
        same = (method[0] == METHOD_ID) == headline
        if same and region == this.region_id and period(name).kind == kind:
            told = value.value if value.status != "suppressed" else None
            found[name] = _entry(name, tuple(method), told, value.low, value.high, value.status) | {"run": run}
    entries = [found[name] for name in sorted(found)]
    before = None
    for entry in entries:
        entry["method_changed"] = before is not None and before != entry["method"]
        before = entry["method"]
    return entries


def _as_they_stand(desk: Desk, this: Pharmacy, limits: Limits) -> dict[str, dict[str, Any]]:
    rows = desk.store.monthly_history(this.region_id, this.id)
    told = {}
    for month, method_id, version, value, n_eff, coverage in rows:
        status = standing(n_eff, coverage, limits=limits.thresholds).status
        shown = None if status == "suppressed" else value
        told[month] = _entry(month, (method_id, version, "mean"), shown, None, None, status) | {"run": None}
    return told


def _entry(
    name: str, method: tuple, value: float | None, low: float | None, high: float | None, status: str
) -> dict[str, Any]:
    ratios = {"index": value, "low": low if value is not None else None, "high": high if value is not None else None}
    return {
        "period": name,
        **{column: None if ratio is None else round(100 * ratio, 2) for column, ratio in ratios.items()},
        "status": status,
        "method": dict(zip(("id", "version", "reference"), method, strict=True)),
    }
