"""The checks of the doctor: each yields what is not as it should be, and nothing when all is well."""

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pricecompare.calc import days
from pricecompare.services.desk import Desk
from pricecompare.services.health import LEAST_FREE
from pricecompare.services.upkeep.backup import copies, folder_of, stem_of
from pricecompare.services.uploads.receiving import waiting
from pricecompare.store.sql import schema

Told = Iterator[tuple[str, str, dict[str, Any]]]
"""States (warn or fail), codes of sentences and the values in them."""

HOUR, DAY = 3600, 86_400
OLD_HOURS, OLD_BACKUP_HOURS = 48, 48
WAIT_HOURS = 1
AHEAD_SECONDS = 600
"""How far the newest upload may be ahead of the clock: clocks of several servers differ a little."""


def structure(desk: Desk, _: Mapping[str, Any]) -> Told:
    """Whether tables and indexes are those of this program."""
    wanted, there = desk.store.engine.structure_of(schema()), desk.store.engine.structure()
    other = sorted(name for name in wanted if there.get(name) != wanted[name])
    if other:
        yield "fail", "doctor_structure", {"names": ", ".join(other)}


def integrity(desk: Desk, _: Mapping[str, Any]) -> Told:
    """Whether every page can be read and every reference leads somewhere."""
    for fault in desk.store.engine.faults()[:5]:
        yield "fail", "doctor_damaged", {"reason": fault}


def disk(desk: Desk, settings: Mapping[str, Any]) -> Told:
    """Whether there is room to go on, and for a backup."""
    path = getattr(desk.store.engine, "path", None)
    size = Path(path).stat().st_size if path else 0
    places = {"database": Path(path).parent if path else None, "spool": Path(desk.settings.spool)}
    for what, folder in (places | {"backups": folder_of(settings)}).items():
        there = _nearest(folder) if folder else None
        if there is None:
            continue
        free = shutil.disk_usage(there).free
        if free < max(LEAST_FREE, size):
            state = "fail" if free < LEAST_FREE else "warn"
            yield state, "doctor_disk", {"what": what, "free": free >> 20, "folder": str(there)}


def _nearest(folder: Path) -> Path | None:
    """Return a folder, or the nearest above it that is there."""
    return next((one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir()), None)


def clock(desk: Desk, _: Mapping[str, Any]) -> Told:
    """Whether the clock has gone back behind what was taken already."""
    newest = desk.store.last_upload()
    if newest and newest[2] > desk.now() + AHEAD_SECONDS:
        yield "fail", "doctor_clock", {"now": days.iso(desk.now()), "newest": days.iso(newest[2])}


def data(desk: Desk, _: Mapping[str, Any]) -> Told:
    """Whether data come, and nothing waits for long."""
    newest = desk.store.last_upload()
    if newest is None:
        yield "warn", "doctor_no_data", {}
    elif desk.now() - newest[2] > OLD_HOURS * HOUR:
        yield "warn", "doctor_old_data", {"hours": (desk.now() - newest[2]) // HOUR}
    late = [one.id for one in waiting(desk) if one.came_at < desk.now() - WAIT_HOURS * HOUR]
    if late:
        yield "warn", "doctor_waiting", {"count": len(late), "id": late[0]}
    if quarantined := desk.store.queues().uploads_quarantined:
        yield "warn", "doctor_quarantined", {"count": quarantined}


def permissions(desk: Desk, settings: Mapping[str, Any]) -> Told:
    """Whether the program may write where it must, and others cannot read what they must not."""
    path = getattr(desk.store.engine, "path", None)
    if path:
        for place in (Path(path), Path(path).absolute().parent):
            if not os.access(place, os.R_OK | os.W_OK):
                yield "fail", "doctor_not_writable", {"path": str(place)}
    private = [Path(one) for one in (path, desk.settings.spool, folder_of(settings)) if one]
    for place in private:
        if place.exists() and place.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield "warn", "doctor_readable", {"path": str(place)}
    if os.geteuid() == 0:
        yield "warn", "doctor_root", {}


def keys(desk: Desk, _: Mapping[str, Any]) -> Told:
    """Whether keys in the settings are apart."""
    upload, regulator = desk.settings.upload_key, desk.settings.regulator_key
    if upload and upload == regulator:
        yield "fail", "doctor_same_key", {}


def backups(desk: Desk, settings: Mapping[str, Any]) -> Told:
    """Whether there is a copy of the database, and a young one."""
    folder, url = folder_of(settings), str(settings.get("DB") or "prices.db")
    found = copies(folder, stem_of(url), desk.store.engine.copy_suffix) if folder.is_dir() else []
    if not found:
        yield "warn", "doctor_no_backup", {"folder": str(folder)}
    elif (age := desk.now() - found[-1].stat().st_mtime) > OLD_BACKUP_HOURS * HOUR:
        yield "warn", "doctor_old_backup", {"hours": int(age // HOUR), "path": str(found[-1])}


def server(desk: Desk, _: Mapping[str, Any]) -> Told:
    """Whether the database server is set up for Chinese text."""
    for code, values in desk.store.engine.oddities():
        yield "fail", code, values


CHECKS = {
    "server": server,
    "structure": structure,
    "integrity": integrity,
    "disk": disk,
    "clock": clock,
    "data": data,
    "permissions": permissions,
    "keys": keys,
    "backups": backups,
}
