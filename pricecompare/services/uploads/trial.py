"""Dry runs: all that an upload would do, told and taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from pricecompare.models import Upload
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, Report, import_file
from pricecompare.services.ingest.taken import Told, nothing_told
from pricecompare.services.uploads import ledger
from pricecompare.services.uploads.spool import on_disk

MOST_SHOWN = 1000
"""Findings that are shown over HTTP."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a file, and what it would change: one JSON object on each line of `lines`."""

    report: Report
    lines: BinaryIO

    def changes(self) -> Iterator[bytes]:
        """Yield each change as JSON."""
        self.lines.seek(0)
        return (line.rstrip() for line in self.lines)

    def table(self) -> Iterator[tuple]:
        """Yield each change as a row, columns as in ledger.COLUMNS."""
        return (ledger.cells(orjson.loads(line)) for line in self.changes())


def tried(desk: Desk, what: str, path: Path, asked: Asked, lines: BinaryIO, *, told: Told = nothing_told) -> Trial:
    """Return what the real run of a file would do, which is written to `lines`; nothing else is written anywhere."""

    def inspect(upload: Upload) -> None:
        lines.writelines(orjson.dumps(one) + b"\n" for one in ledger.all_changes(desk.store, upload.id))

    with on_disk():
        return Trial(import_file(desk, what, path, replace(asked, dry=True, inspect=inspect), told=told), lines)


def noted(desk: Desk, what: str, path: Path, asked: Asked, into: Path) -> Report:
    """Return what the real run of a file would do; the changes are written to a file, as `Trial` reads them."""
    with on_disk(), into.open("wb") as lines:
        return tried(desk, what, path, asked, lines).report


def tried_upload(desk: Desk, trial: Trial) -> dict[str, Any]:
    """Return the row of the ledger that a file would have; one that was taken before has one."""
    report = trial.report
    upload = ledger.shown(desk, report.upload)
    return {"dry_run": True, "upload": upload if report.repeated else upload | {"id": None, "data_version": None}}


def shown(desk: Desk, trial: Trial) -> dict[str, Any]:
    """Return what would become of a file, but for its changes."""
    report = trial.report
    return {
        **tried_upload(desk, trial),
        "repeated": report.repeated,
        "findings": report.findings[:MOST_SHOWN],
        "more_findings": max(len(report.findings) - MOST_SHOWN, 0) + report.untold,
    }
