"""A dump made: every table in every format, named by its content, and a manifest that comes last."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from pricecompare import __version__
from pricecompare.files.dumped import MEDIA, WRITERS, Writer
from pricecompare.models.listing import Column
from pricecompare.services.desk import Desk
from pricecompare.services.dumps.tables import TABLES, Source, Table
from pricecompare.services.uploads.spool import on_disk

MANIFEST = "manifest.json"
FORMAT = 1
"""Counted up when a program that reads a dump would have to be changed."""

PART = ".part"
BATCH = 20_000
"""Rows that are held at once."""

NAMED_BY = 16
"""Figures of its SHA-256 that a file has in its name."""


def dump(desk: Desk, folder: Path, formats: Sequence[str] = ("csv.gz",)) -> dict[str, Any]:
    """Write all that is public into `folder` and return the manifest.

    Whoever reads there finds the dump of before or the new one, never a mixture: files are named by what is in them and
    the manifest is put in place last. The files that the manifest of before named stay until the next dump, for those
    who are still fetching them. The same data on the same day are the same bytes. Raises Unusable when the folder
    cannot be written, or a format needs a library that is not there.
    """
    with on_disk():
        folder.mkdir(parents=True, exist_ok=True)
        before = names(folder)
        try:
            with desk.store.reading():
                manifest = _made(desk, folder, formats)
            _put(folder, manifest)
        finally:
            # Of one that failed nothing stays.
            _clear(folder, keep={*before, *names(folder)})
    return manifest


def names(folder: Path) -> list[str]:
    """Return the names of the files of the dump in a folder; none where there is no dump."""
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return []
    return [file["name"] for table in manifest["tables"] for file in table["files"]]


def _made(desk: Desk, folder: Path, formats: Sequence[str]) -> dict[str, Any]:
    """Write every table and return the manifest, which says nothing that the data do not determine."""
    source = Source(desk)
    return {
        "format": FORMAT,
        "program": f"pricecompare {__version__}",
        "data_version": source.data_version,
        "today": desk.today().isoformat(),
        "max_age_days": desk.max_age_days,
        "tables": [_written(source, table, folder, formats) for table in TABLES],
    }


def _written(source: Source, table: Table, folder: Path, formats: Sequence[str]) -> dict[str, Any]:
    """Write one table in each format, its rows read once, and return what the manifest says of it."""
    parts = {form: folder / f"{table.name}.{form}{PART}" for form in formats}
    with ExitStack() as open_files:
        files = {form: open_files.enter_context(path.open("wb")) for form, path in parts.items()}
        count = _filled([WRITERS[form](file, table.columns) for form, file in files.items()], table.rows(source))
    return {
        "name": table.name,
        "title_zh": table.zh,
        "title_en": table.en,
        "rows": count,
        "columns": [_described(column) for column in table.columns],
        "files": [_named(folder, table.name, form, path) for form, path in parts.items()],
    }


def _filled(writers: list[Writer], rows: Iterable[tuple]) -> int:
    count, coming = 0, iter(rows)
    while batch := list(islice(coming, BATCH)):
        count += len(batch)
        for writer in writers:
            writer.write(batch)
    for writer in writers:
        writer.close()
    return count


def _described(column: Column) -> dict[str, str]:
    return {"name": column.name, "type": column.type, "title_zh": column.zh}


def _named(folder: Path, table: str, form: str, part: Path) -> dict[str, Any]:
    """Give a file that is written the name of its content, and return what the manifest says of it."""
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"{table}-{digest[:NAMED_BY]}.{form}"
    size = part.stat().st_size
    part.replace(folder / name)
    return {"name": name, "format": form, "media": MEDIA[form], "bytes": size, "sha256": digest}


def _put(folder: Path, manifest: dict[str, Any]) -> None:
    """Let a dump be the one that counts."""
    part = folder / f"{MANIFEST}{PART}"
    part.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    part.replace(folder / MANIFEST)


def _clear(folder: Path, *, keep: set[str]) -> None:
    """Remove what a dump that failed left behind and the files of older dumps, but for those to `keep`."""
    for path in _of_ours(folder):
        if path.name not in keep:
            with suppress(OSError):
                path.unlink()


def _of_ours(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder that a dump may have written: whatever else lies there is left alone."""
    for table in TABLES:
        yield from folder.glob(f"{table.name}-{'[0-9a-f]' * NAMED_BY}.*")
        yield from folder.glob(f"{table.name}.*{PART}")
    yield from folder.glob(f"{MANIFEST}{PART}")
