"""A database of an older version brought up to this program's, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pricecompare.models.audit import NOBODY, Hand
from pricecompare.services import audit
from pricecompare.services.defaults import DEFAULT_DB
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.taken import Told, nothing_told
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.opening import clock_of, limits, patience
from pricecompare.services.upkeep.backup import back_up, stem_of
from pricecompare.store import Store
from pricecompare.store.sql import SCHEMA_VERSION
from pricecompare.store.upgrading import Step, arrived, open_any, steps_after, take


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which version to which, by which steps, and where the copy is that was made before; None without one."""

    found: int
    version: int
    steps: list[int]
    backup: Path | None


def upgrade(
    settings: Mapping[str, Any], *, folder: Path | None, dry_run: bool = False, by: Hand = NOBODY,
    told: Told = nothing_told,
) -> Upgraded:  # fmt: skip
    """Bring a database up to this program's version: a backup into `folder` (None: none), then all steps at once.

    The audit trail says by whom. Whoever reads or writes meanwhile waits, or sees the database as it was; a killed
    process leaves it so.

    Raises Unusable when there is no database, or one of a newer version.
    """
    url = str(settings.get("DB") or DEFAULT_DB)
    store, found = open_any(url, patience=patience(settings))
    try:
        steps = steps_after(found)
        done = Upgraded(found, SCHEMA_VERSION, [step.version for step in steps], None)
        if dry_run or found == SCHEMA_VERSION:
            return done
        now, stem = int(clock_of(settings)().timestamp()), f"{stem_of(url)}-v{found}"
        backup = back_up(store, folder, now=now, stem=stem).path if folder else None
        with store.engine.upgrading():
            desk = _taken(store, steps, settings, told)
            before, after = ({"schema_version": version} for version in (found, SCHEMA_VERSION))
            audit.note(desk, "database_upgraded", "database", by=by, before=before, after=after)
        return Upgraded(found, SCHEMA_VERSION, done.steps, backup)
    finally:
        store.close()


def _taken(store: Store, steps: list[Step], settings: Mapping[str, Any], told: Told) -> Desk:
    """Take steps one after the other; return the desk at which one works then."""
    for number, step in enumerate(steps):
        take(store, step)
        told("steps", number + 1, len(steps))
    arrived(store)
    desk = Desk(store, clock_of(settings), limits(settings))
    if any(step.rebuilds for step in steps):
        rebuild(desk, told=told)
    return desk
