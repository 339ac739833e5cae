"""Whether the server works, and how old its data are."""

from typing import Any

from pricecompare import __version__
from pricecompare.calc import days
from pricecompare.services.desk import Desk


def health(desk: Desk) -> dict[str, Any]:
    """Return how much there is and when the newest file was taken; raises Unusable when the database is not there."""
    with desk.store.reading():
        version, newest, counts = desk.store.versions().data, desk.store.last_upload(), desk.store.counts()
    return {
        "status": "ok",
        "version": __version__,
        "data_version": version,
        "last_upload": _newest(desk, *newest) if newest else None,
        "counts": counts,
    }


def _newest(desk: Desk, upload_id: int, what: str, taken_at: int) -> dict[str, Any]:
    return {"id": upload_id, "what": what, "taken_at": days.iso(taken_at), "age_seconds": desk.now() - taken_at}
