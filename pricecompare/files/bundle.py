"""A list as CSV with what it is, both in one ZIP file: nothing is added to the CSV, and neither gets lost."""

import hashlib
from collections.abc import Iterable
from typing import IO, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import orjson

from pricecompare.files.typed import Sheet, write_csv

NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP file knows: the same list is the same bytes whenever it is asked for."""

READABLE = 0o644 << 16


class _Hashed:
    """A file that is written to, counted and hashed."""

    def __init__(self, target: IO[bytes]):
        self._target = target
        self._hash = hashlib.sha256()
        self._bytes = 0

    def writelines(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self._bytes += len(line)
            self._hash.update(line)
            self._target.write(line)

    def told(self) -> dict[str, object]:
        return {"sha256": self._hash.hexdigest(), "bytes": self._bytes}


def write_bundle(target: BinaryIO, sheet: Sheet, *, name: str) -> None:
    """Write a ZIP of a CSV file `name` as `write_csv` has it, and ``<name>.manifest.json``: what it is, size, SHA-256.

    Memory does not grow with the rows.
    """
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        with archive.open(_entry(name), "w", force_zip64=True) as file:
            hashed = _Hashed(file)
            write_csv(hashed, sheet)
        manifest = {**sheet.about(), "file": name, **hashed.told()}
        archive.writestr(_entry(f"{name}.manifest.json"), orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, NO_TIME)
    entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, READABLE, 3
    return entry
