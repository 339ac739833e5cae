"""Whether the server is alive and ready, and how old its data are."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pricecompare import __version__
from pricecompare.calc import days
from pricecompare.errors import PriceCompareError, Reason
from pricecompare.services.desk import Desk
from pricecompare.store.sql import SCHEMA_VERSION

LEAST_FREE = 32 << 20
"""Bytes that must be free beside a database file, for the write-ahead log of what comes next."""

HOUR = 3600


@dataclass(frozen=True, slots=True)
class Ready:
    """Why nobody should be sent here now, nothing when all is well; what was looked at."""

    reasons: list[tuple[str, Reason]] = field(default_factory=list)
    schema_version: int | None = None
    data_version: int | None = None
    data_age_seconds: int | None = None


def health(desk: Desk) -> dict[str, Any]:
    """Return that the program answers, and what it knows of the data; nothing of them when they cannot be read now."""
    told: dict[str, Any] = {"status": "ok", "version": __version__}
    try:
        with desk.store.reading():
            version, newest, counts = desk.store.versions().data, desk.store.last_upload(), desk.store.counts()
    except PriceCompareError:
        return told | {"data_version": None, "last_upload": None, "counts": None}
    return told | {
        "data_version": version,
        "last_upload": _newest(desk, *newest) if newest else None,
        "counts": counts,
    }


def _newest(desk: Desk, upload_id: int, what: str, taken_at: int) -> dict[str, Any]:
    return {"id": upload_id, "what": what, "taken_at": days.iso(taken_at), "age_seconds": desk.now() - taken_at}


def ready(desk: Desk, *, most_hours: float = 0) -> Ready:
    """Return whether questions can be answered: the database is there, of this program's version, with room to grow.

    With `most_hours` above zero the newest file must not be older than that. Nothing is told that an outsider must not
    know: reasons name no address and no path.
    """
    try:
        with desk.store.reading():
            meta, newest = desk.store.meta(), desk.store.last_upload()
    except PriceCompareError:
        return Ready([("database", Reason.of("not_ready_database"))])
    reasons, found = [], int(meta["schema_version"])
    if found != SCHEMA_VERSION:
        reasons.append(("migrations", Reason.of("not_ready_schema", found=found, wanted=SCHEMA_VERSION)))
    age = None if newest is None else desk.now() - newest[2]
    if most_hours and (age is None or age > most_hours * HOUR):
        reasons.append(("data_age", Reason.of("not_ready_data", hours=f"{most_hours:g}")))
    if _is_full(desk):
        reasons.append(("disk", Reason.of("not_ready_disk")))
    return Ready(reasons, found, int(meta["data_version"]), age)


def _is_full(desk: Desk) -> bool:
    path = getattr(desk.store.engine, "path", None)
    return path is not None and shutil.disk_usage(Path(path).parent).free < LEAST_FREE
