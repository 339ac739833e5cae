"""What an operator's monitoring is told of the data, by name of the measure; nothing of any person."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from pricecompare import __version__
from pricecompare.errors import PriceCompareError
from pricecompare.services.desk import Desk
from pricecompare.services.health import ready
from pricecompare.store.sql import SCHEMA_VERSION


class Sample(NamedTuple):
    """One number under the name of its measure, told from others of that name by labels."""

    name: str
    labels: dict[str, str]
    value: float


class Ages:
    """When the newest price list of each region came, asked again where prices have changed."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int | None]] = {}
        self._lock = Lock()

    def of(self, desk: Desk) -> dict[int, int | None]:
        """Return the second in which each pooling region's newest list was taken, None where there is none."""
        with self._lock:
            for region, version in desk.store.prices_versions().items():
                if self._known.get(region, (-1, None))[0] != version:
                    self._known[region] = version, desk.store.newest_list(region)
            return {region: taken_at for region, (_, taken_at) in sorted(self._known.items())}


def measures(desk: Desk, ages: Ages) -> Iterator[Sample]:
    """Yield what there is to be told; where the database cannot be read, that and little else."""
    about = {"version": __version__, "schema": str(SCHEMA_VERSION)}
    yield Sample("pricecompare_build_info", about, 1)
    yield Sample("pricecompare_ready", {}, int(not ready(desk).reasons))
    yield from _room(desk)
    try:
        with desk.store.reading():
            yield from list(_stored(desk, ages))
    except PriceCompareError:
        return


def _stored(desk: Desk, ages: Ages) -> Iterator[Sample]:
    store, now = desk.store, desk.now()
    yield Sample("pricecompare_data_version", {}, store.versions().data)
    for what, taken, refused in store.rows_by_subject():
        yield Sample("pricecompare_import_rows_total", {"what": what, "outcome": "taken"}, taken)
        yield Sample("pricecompare_import_rows_total", {"what": what, "outcome": "refused"}, refused)
    for queue, length in store.queues()._asdict().items():
        yield Sample("pricecompare_queue_length", {"queue": queue}, length)
    for region, sort, count in store.flags_by_class():
        yield Sample("pricecompare_flags", {"region": str(region), "class": sort}, count)
    for region, taken_at in ages.of(desk).items():
        if taken_at is not None:
            yield Sample("pricecompare_prices_age_seconds", {"region": str(region)}, max(0, now - taken_at))


def _room(desk: Desk) -> Iterator[Sample]:
    """Yield how much room there is where files are written."""
    spool = Path(desk.settings.spool)
    for what, folder in (("spool", spool if spool.exists() else spool.parent), ("database", _folder(desk))):
        if folder is not None and folder.exists():
            yield Sample("pricecompare_disk_free_bytes", {"for": what}, shutil.disk_usage(folder).free)


def _folder(desk: Desk) -> Path | None:
    """Return the folder of the database when that is a file."""
    path = getattr(desk.store.engine, "path", None)
    return Path(path).parent if path else None
