"""Old .xls and .ods workbooks, read by a process of its own that may neither grow nor last beyond stated limits.

Their formats let a few bytes stand for billions of cells, and unlike .xlsx cannot be measured from outside: what
exhausts or breaks the reader must not take the server with it. This file is both that process, run as a script, and
what starts it.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

BROKEN, TOO_LARGE, DAMAGED = 1, 2, 3
FAULTS: dict[int, type[Exception]] = {BROKEN: ValueError, TOO_LARGE: OverflowError, DAMAGED: ValueError}
# How the process ends when its reader does so by itself, or is ended for what it takes, is no number of ours.
OVERGROWN = 4
SECONDS = 120

SheetRow = tuple[int, int, list[Any]]
"""Which sheet, which row of it (from 1), and its cells."""


def rows(file: BinaryIO, *, cells: int, memory: int, written: int) -> Iterator[SheetRow]:
    """Yield the rows of the visible sheets of the workbook `file`, blank ones left out.

    A workbook that cannot be read is a ValueError, one with a sheet of more than `cells` an OverflowError, one that
    takes more than `memory` or `written` bytes a MemoryError; each before any row is given.
    """
    command = [sys.executable, "-P", __file__, str(cells), str(memory), str(written)]
    # Only the descriptor is handed over: where a buffer stands does not count.
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    with TemporaryFile() as found:
        try:
            done = subprocess.run(
                command, stdin=file, stdout=found, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise MemoryError from error
        if done.returncode:
            raise FAULTS.get(done.returncode, MemoryError)
        found.seek(0)
        for line in found:
            yield tuple(json.loads(line, object_hook=_day))


def _day(written: dict[str, str]) -> date:
    """Return a day or a moment: all that is written as an object."""
    return date.fromisoformat(written["day"]) if "day" in written else datetime.fromisoformat(written["moment"])


def _plain(cell: Any) -> Any:
    """Return a cell as JSON can write it."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    return str(cell) if isinstance(cell, time | timedelta) else cell


def _main(cells: int, memory: int, written: int) -> int:
    """Write the rows of the workbook at standard input to standard output; return the exit status."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    try:
        with CalamineWorkbook.from_object(sys.stdin.buffer) as workbook:
            for at, sheet in enumerate(workbook.sheets_metadata):
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
                    _write(at, workbook.get_sheet_by_name(sheet.name), cells)
        sys.stdout.flush()
    except (CalamineError, ValueError):
        return DAMAGED
    except OverflowError:
        return TOO_LARGE
    except (MemoryError, OSError):
        return OVERGROWN
    return 0


def _write(at: int, sheet: Any, most: int) -> None:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number * len(cells) > most:
            raise OverflowError
        if any(isinstance(cell, str) and "\0" in cell for cell in cells):
            raise ValueError
        if any(cell != "" for cell in cells):
            sys.stdout.write(json.dumps([at, number, [_plain(cell) for cell in cells]]) + "\n")


if __name__ == "__main__":
    sys.exit(_main(*map(int, sys.argv[1:])))
