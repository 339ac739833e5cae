"""Copies of the whole database: made while it is in use, compared row by row, kept in number, put back."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pricecompare import __version__
from pricecompare.calc import days
from pricecompare.errors import Unusable
from pricecompare.models.audit import NOBODY, Hand
from pricecompare.services import audit
from pricecompare.services.defaults import DEFAULT_DB
from pricecompare.services.desk import Desk
from pricecompare.services.uploads.spool import on_disk
from pricecompare.store import Store
from pricecompare.store.copies import Count
from pricecompare.store.sql import SCHEMA_VERSION, is_server, place
from pricecompare.store.store import engine_of, reached

KEPT = 7
"""Copies that are kept unless another number is asked for; older ones are removed after a good new one."""

MANIFEST = ".json"
PART = ".part"

_NAME = re.compile(r"[^0-9A-Za-z_.-]+")


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: its file, tables and rows in it, whether it was read back and agreed, older copies that were removed."""

    path: Path
    tables: int
    rows: int
    bytes: int
    verified: bool
    removed: list[str]


def folder_of(settings: Mapping[str, Any]) -> Path:
    """Return the folder of copies: BACKUPS, or one beside the database when that is a file."""
    database = str(settings.get("DB") or DEFAULT_DB)
    return Path(str(settings.get("BACKUPS") or ("var/backups" if is_server(database) else f"{database}.backups")))


def stem_of(url: str) -> str:
    """Return how the names of a database's copies begin.

    >>> stem_of("postgresql://me@db.example/prices"), stem_of("var/prices.db")
    ('db.example-prices', 'prices')
    """
    return _NAME.sub("-", place(url) if is_server(url) else Path(url).stem).strip("-.") or "prices"


def stamp(now: int) -> str:
    """Return an instant as names of files have it.

    >>> stamp(0)
    '19700101T000000Z'
    """
    return datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")


def back_up(
    store: Store, folder: Path, *, now: int, stem: str = "prices", verify: bool = True, keep: int | None = None
) -> Copied:
    """Write a copy of the database into `folder`, which is made when it is not there, and return it.

    It is read back as a database of its own, every table compared with what was copied, before it gets its name; after
    that the oldest copies of the same `stem` are removed until `keep` are left (None: all).

    Raises Unusable when the copy differs, the disk is full or cannot be written.
    """
    with on_disk():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{stem}-{stamp(now)}{store.engine.copy_suffix}"
        with _part(path) as part:
            counts = store.engine.save(part)
            if verify:
                _agree(path, counts, store.engine.tried(part))
            _manifest(path).write_text(json.dumps(_about(store, counts, now), indent=1), "utf-8")
            part.replace(path)
        removed = _removed(folder, stem, store.engine.copy_suffix, keep) if keep else []
    rows = sum(one.rows for one in counts.values())
    return Copied(path, len(counts), rows, path.stat().st_size, verify, removed)


@contextmanager
def _part(path: Path) -> Iterator[Path]:
    """Give a place to write to; nothing is left there when that fails."""
    part = path.with_name(path.name + PART)
    try:
        # Only its owner may read it: it holds all there is.
        part.touch(mode=0o600)
        yield part
    finally:
        part.unlink(missing_ok=True)


def _manifest(path: Path) -> Path:
    return path.with_name(path.name + MANIFEST)


def _about(store: Store, counts: Mapping[str, Count], now: int) -> dict[str, Any]:
    meta = store.meta()
    tables = {name: one._asdict() for name, one in counts.items()}
    made = {"made_at": days.iso(now), "program": __version__}
    return made | {"schema_version": meta["schema_version"], "data_version": meta["data_version"], "tables": tables}


def _agree(path: Path, counts: Mapping[str, Count], found: Mapping[str, Count]) -> None:
    """Raise Unusable unless a copy holds what it must."""
    wrong = sorted(name for name in counts.keys() | found.keys() if counts.get(name) != found.get(name))
    if wrong:
        raise Unusable("backup_differs", value=str(path), tables=", ".join(wrong))


def _removed(folder: Path, stem: str, suffix: str, keep: int) -> list[str]:
    """Remove the oldest copies of a database until `keep` are left; return their names."""
    old = copies(folder, stem, suffix)[:-keep]
    for path in old:
        path.unlink()
        _manifest(path).unlink(missing_ok=True)
    return [path.name for path in old]


def copies(folder: Path, stem: str, suffix: str) -> list[Path]:
    """Return the copies of a database in a folder, oldest first."""
    named = re.compile(re.escape(stem) + r"-\d{8}T\d{6}Z" + re.escape(suffix))
    return sorted(path for path in folder.iterdir() if named.fullmatch(path.name))


def known(path: Path) -> dict[str, Count]:
    """Return what a copy must hold, as its manifest says; Unusable when there is none."""
    try:
        told = json.loads(_manifest(path).read_text("utf-8"))
        return {name: Count(**one) for name, one in told["tables"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable("no_manifest", value=str(_manifest(path)), reason=str(error)) from error


@dataclass(frozen=True, slots=True)
class Restored:
    """Rows that are there again, the version of the database they make, and where the one before is kept, if any."""

    rows: int
    version: str
    kept: str | None


def restore(url: str, path: Path, *, now: int, force: bool = False, by: Hand = NOBODY) -> Restored:
    """Put a copy in the place of the database at `url`, after it was read back and agrees with its manifest.

    With `force` a database that is there already is kept aside; it may be damaged. Nobody may be serving it. The audit
    trail that was put back says so, unless it is an older program's: it is noted then that this was upgraded.

    Raises Unusable for a copy that is damaged, and for a database that is there already without `force`.
    """
    counts, engine = known(path), engine_of(url)
    try:
        if engine.occupied() and not force:
            raise Unusable("restore_refused", database=place(url))
        _agree(path, counts, engine.tried(path))
        with on_disk():
            kept = engine.put_back(path, f"{_base(url)}.before-{stamp(now)}")
    finally:
        engine.close()
    with closing(reached(url)) as store:
        version = store.meta()["schema_version"]
        if version == str(SCHEMA_VERSION):
            _note(store, path, now, by, kept=kept)
    return Restored(sum(one.rows for one in counts.values()), version, kept)


def _note(store: Store, path: Path, now: int, by: Hand, *, kept: str | None) -> None:
    """Note that the database is a copy's: whatever was there before it is in no trail but that of what was kept."""
    desk, when = Desk(store, lambda: datetime.fromtimestamp(now, UTC)), _made_at(path)
    with store.writing():
        audit.note(
            desk, "database_restored", "database", by=by, after={"copy_of": when, "before_kept": kept is not None}
        )


def _made_at(path: Path) -> str | None:
    """Return when a copy was made, as its manifest says."""
    found = json.loads(_manifest(path).read_text("utf-8")).get("made_at")
    return found if isinstance(found, str) else None


def _base(url: str) -> str:
    return "pricecompare" if is_server(url) else Path(url).name
