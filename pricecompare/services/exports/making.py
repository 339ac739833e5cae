"""Lists as files: written whole, hashed and noted in the audit trail before anybody gets them."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from pricecompare import __version__
from pricecompare.calc import days
from pricecompare.errors import Invalid
from pricecompare.files.bundle import write_bundle
from pricecompare.files.typed import Sheet, shown, write_csv, write_json
from pricecompare.files.xlsx import write_xlsx
from pricecompare.models.audit import Entry, Hand
from pricecompare.models.listing import FORMATS, LANGUAGES
from pricecompare.services import audit
from pricecompare.services.desk import Desk
from pricecompare.services.exports.listing import Listing, Ranked, Scope, scoped
from pricecompare.services.exports.registry import listing_named
from pricecompare.services.ruling.force import holding_in
from pricecompare.services.uploads.spool import on_disk, spool

MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which list somebody wants as a file, of which region, narrowed how, written how, and at most how many rows."""

    listing: str
    region: str
    filters: Mapping[str, Any]
    format: str = "csv"
    lang: str = "zh"
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """An export: what it is called, the manifest beside it, and its entry in the audit trail."""

    name: str
    manifest: dict[str, Any]
    entry: Entry


class Tally:
    """What was written of a list: rows, their sums, and a hash of their values that is the same in every format."""

    def __init__(self, listing: Listing, most: int | None):
        self._summed = {column: at for at, column in enumerate(listing.columns) if column.summed}
        self._most = most
        self._hash = hashlib.sha256()
        self._sums = dict.fromkeys(self._summed, 0)
        self.rows = 0
        self.truncated = False

    def passing(self, ranked: Iterator[Ranked]) -> Iterator[tuple[Any, ...]]:
        """Yield rows, counted; at most as many as are wanted."""
        for _, row in islice(ranked, self._most):
            self.rows += 1
            for column, at in self._summed.items():
                self._sums[column] += row[at] or 0
            self._hash.update(orjson.dumps(row) + b"\n")
            yield row
        self.truncated = self.rows == self._most and next(ranked, None) is not None

    def told(self) -> dict[str, Any]:
        """Return what was counted."""
        return {
            "rows": self.rows,
            "totals": {"rows": self.rows, **{one.name: shown(one, total) for one, total in self._sums.items()}},
            "truncated": self.truncated,
            "rows_sha256": self._hash.hexdigest(),
        }


def export(desk: Desk, wish: Wish, target: BinaryIO, *, by: Hand) -> Made:
    """Write a list to `target`, which can be read back, and note it in the audit trail; return what it is.

    The same list of the same data, asked for in the same way on the same day, is byte for byte the same: who asked and
    when stands in the manifest beside the file and in the trail, never inside. Raises NotFound for a list, region, drug
    or pharmacy that nobody knows, Invalid for what cannot be asked; nothing is noted then.
    """
    listing = listing_named(wish.listing)
    _refuse_unknown("format", wish.format, FORMATS)
    _refuse_unknown("lang", wish.lang, LANGUAGES)
    with desk.store.reading():
        scope = scoped(desk, listing, wish.region, wish.filters)
        stem = f"{listing.name}-{scope.region.code}-{desk.today()}"
        tally, facts = Tally(listing, wish.most), _facts(desk, listing, wish, scope)
        with closing(listing.rows(scope, None)) as rows, on_disk():
            title, told = listing.title(wish.lang), tally.passing(rows)
            sheet = Sheet(title, listing.columns, wish.lang, told, lambda: facts | tally.told())
            _write(desk, wish.format, target, sheet, stem)
    size, _ = target.seek(0, os.SEEK_END), target.seek(0)
    digest = hashlib.file_digest(target, "sha256")  # type: ignore[arg-type]
    file = {"sha256": digest.hexdigest(), "bytes": size}
    target.seek(0)
    name = f"{stem}.{wish.format}"
    manifest = facts | tally.told() | {"file": name} | file
    with desk.store.writing():
        about = f"list {listing.name} of {scope.region.code}"
        entry = audit.note(desk, "exported", about, by=by, after=manifest)
    asked = {"who": entry.who, "origin": entry.origin, "why": entry.why, "when": days.iso(entry.at)}
    return Made(name, manifest | asked | {"audit": {"id": entry.id, "hash": entry.hash}}, entry)


def export_file(desk: Desk, wish: Wish, path: Path, *, by: Hand) -> Made:
    """Write a list to a file, and its manifest beside it as ``<file>.manifest.json``; nothing is left half written."""
    part, beside = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.manifest.json")
    try:
        with part.open("w+b") as file:
            made = export(desk, wish, file, by=by)
        beside.write_bytes(orjson.dumps(made.manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return made


def _refuse_unknown(field: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise Invalid("bad_choice", field=field, value=value, choices=", ".join(choices))


def _write(desk: Desk, format: str, target: BinaryIO, sheet: Sheet, stem: str) -> None:
    writers: dict[str, Callable[[BinaryIO, Sheet], None]] = {
        "csv": write_csv,
        "json": write_json,
        # Beside the files that come in there is room for large ones.
        "xlsx": partial(write_xlsx, folder=spool(desk).room()),
        "zip": partial(write_bundle, name=f"{stem}.csv"),
    }
    writers[format](target, sheet)
    target.flush()


def _facts(desk: Desk, listing: Listing, wish: Wish, scope: Scope) -> dict[str, Any]:
    """Return what an export is, as far as it depends on the data, the day and the question alone."""
    versions = scope.versions._asdict()
    return {
        "list": listing.name,
        "title_zh": listing.zh,
        "title_en": listing.en,
        "region": {"code": scope.region.code, "name": scope.region.name},
        "filters": plain(wish.filters),
        "limit": wish.most,
        "lang": wish.lang,
        "format": wish.format,
        "today": desk.today().isoformat(),
        "max_age_days": desk.max_age_days,
        **{f"{name}_version": version for name, version in versions.items()},
        "rules": [f"{one.name} v{one.version}" for one in holding_in(desk.store, scope.region_id, desk.today())],
        "program": f"pricecompare {__version__}",
    }


def plain(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked as people wrote it, in the order of names."""
    told = {name.removesuffix("_"): value for name, value in filters.items() if value is not None}
    return {name: told[name].isoformat() if isinstance(told[name], date) else told[name] for name in sorted(told)}
