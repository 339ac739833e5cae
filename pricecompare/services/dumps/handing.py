"""A dump handed out: what it is, and where its files lie."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from pricecompare.errors import NotFound
from pricecompare.services.answers.cursors import DUMPS
from pricecompare.services.desk import Desk
from pricecompare.services.dumps.making import MANIFEST


class File(NamedTuple):
    """A file of the newest dump."""

    path: Path
    media: str
    sha256: str


def newest(desk: Desk) -> dict[str, Any]:
    """Return the manifest of the newest dump, each file with its address; NotFound where none is handed out."""
    manifest = _manifest(desk)
    for file in _files(manifest):
        file["href"] = f"{DUMPS}/{file['name']}"
    return manifest


def file_named(desk: Desk, name: str) -> File:
    """Return a file of the newest dump; NotFound for any other name, whatever lies in the folder."""
    for file in _files(_manifest(desk, field="file")):
        if file["name"] == name:
            path = Path(desk.settings.bounds.dumps).absolute() / file["name"]
            if path.is_file():
                return File(path, file["media"], file["sha256"])
    raise NotFound("unknown_dump_file", field="file", value=name, dumps=DUMPS)


def _manifest(desk: Desk, *, field: str | None = None) -> dict[str, Any]:
    folder = desk.settings.bounds.dumps
    try:
        if folder:
            return orjson.loads((Path(folder) / MANIFEST).read_bytes())
    except FileNotFoundError:
        # The first dump is still to be made.
        pass
    raise NotFound("no_dump", field=field)


def _files(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for table in manifest["tables"]:
        yield from table["files"]
