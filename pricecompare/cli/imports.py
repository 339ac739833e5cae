"""Commands that write: init, import, rebuild."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import click
import orjson
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from pricecompare.cli.hands import hand
from pricecompare.cli.reports import show
from pricecompare.cli.tables import as_json, errors_shown, said, wants_json
from pricecompare.errors import PriceCompareError
from pricecompare.files.write import csv_lines
from pricecompare.models import DATUMS
from pricecompare.schemas.rows import ROWS
from pricecompare.services.defaults import DEFAULT_DB
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Asked, import_file
from pricecompare.services.ingest.taken import Told
from pricecompare.services.markets.rebuild import rebuild
from pricecompare.services.opening import created, opened
from pricecompare.services.uploads import ledger
from pricecompare.services.uploads.trial import Trial, tried, tried_upload
from pricecompare.store.sql import place

SOME_REFUSED = 3
"""Exit code of an import that refused some rows; 1 is a file refused as a whole, 0 is all well."""

PUT_ASIDE = 4
"""Exit code of an import of which a file waits for a person to confirm it."""


@click.command()
@click.option("--max-age-days", default=30, show_default=True, help="After how many days a price is stale.")
@wants_json
@click.pass_obj
def init(settings: dict[str, Any], max_age_days: int, json: bool) -> None:
    """Create an empty database."""
    url = settings.get("DB") or DEFAULT_DB
    created(url, max_age_days=max_age_days).close()
    if json:
        return as_json({"database": place(url), "max_age_days": max_age_days})
    said(f"Created {place(url)}; prices are stale after {max_age_days} days.")


@contextmanager
def progress() -> Iterator[Told]:
    """Give something to tell steps to, shown as bars on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = errors_shown()
    with Progress(*columns, transient=True, console=console, disable=not console.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, total: int) -> None:
            task = tasks.setdefault(what, bars.add_task(what)) if what not in tasks else tasks[what]
            bars.update(task, completed=done, total=total or None)

        yield told


@click.command("import")
@click.argument("what", type=click.Choice(list(ROWS)))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--coord-type", type=click.Choice(DATUMS), help="Datum of all coordinates, where no column says it.")
@click.option("--observed-at", help="When all prices were observed, where no column says it (ISO date or time).")
@click.option("--month", help="Month of all sales (YYYY-MM), where no column says it.")
@click.option("--region", help="Where all payment standards hold, where no column says it (six digits or national).")
@click.option("--since", help="First day of all payment standards, where no column says it (ISO date).")
@click.option("--encoding", help="Encoding of a text file, where it cannot be told (utf-8 or gb18030).")
@click.option("--layout", default="", help="Layout a file is written in: name or name@version.")
@click.option("--full", is_flag=True, help="Prices are whole lists: what is missing is not sold any more.")
@click.option("--source", default="", help="The feed a file belongs to: guards compare it with what came last.")
@click.option("--sender", default="", help="Who sent it.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write all changes of a dry run here.")
@wants_json
@click.pass_context
def import_command(ctx: click.Context, files: tuple[Path, ...], json: bool, **asked: Any) -> None:
    """Take FILES of regions, drugs, pharmacies, prices, sales, payment standards, holidays or groups of drugs.

    `cases` are prices that are to be followed up though no rule found them.

    They may be CSV, XLSX, XLS, ODS, JSON or JSON lines, plain, in .gz or in .zip.

    Rows that are wrong are refused with their number, column and reason; the others go in, all or nothing
    for each file. A file of prices that looks wrong as a whole is put aside until a person confirms it. The exit
    code is 0 when every row went in, 3 when some were refused, 4 when a file was put aside, 1 when one was
    refused as a whole. With --json a single file gives one report, several files give a list.
    """
    if asked["csv"] and not (asked["dry_run"] and len(files) == 1):
        raise click.UsageError("--csv is for the dry run of one file.")
    desk = opened(ctx.obj)
    reports: list[dict[str, Any]] = []
    try:
        for file in files:
            reports.append(_taken(desk, file, told=not json, **asked))
    finally:
        # Files before one that is refused as a whole are in: their reports are not lost.
        if json:
            _print_json(reports, several=len(files) > 1)
    ctx.exit(_exit_code(reports))


def _taken(desk: Desk, file: Path, *, what: str, dry_run: bool, csv: Path | None, told: bool, **asked: Any) -> dict:
    """Import one file, or try to, and show what became of it when that is to be `told`; return it for JSON."""
    how = _asked(**asked)
    try:
        with progress() as steps, TemporaryFile() as lines:
            if not dry_run:
                report = import_file(desk, what, file, how, told=steps)
                answer, changes = {"upload": ledger.shown(desk, report.upload)}, None
            else:
                trial = tried(desk, what, file, how, lines, told=steps)
                report, answer, changes = trial.report, _tried(desk, trial, csv, whole=not told), trial
            if told:
                show(report, changes)
    except PriceCompareError:
        click.echo(f"{file.name}: nothing of it was taken, nor of the files after it.", err=True)
        raise
    rest = {"repeated": report.repeated, "findings": report.findings, "untold": report.untold}
    return answer | rest


def _asked(*, coord_type: str | None, full: bool, **asked: Any) -> Asked:
    declared = {name: asked.pop(name) or "" for name in ("observed_at", "month", "region", "since")}
    declared["datum"] = coord_type or ""
    return Asked(declared=declared, mode="full" if full else "", origin=hand().origin, **asked)


def _tried(desk: Desk, trial: Trial, csv: Path | None, *, whole: bool) -> dict[str, Any]:
    """Return what a dry run would do, for JSON with all its changes; write them to a file when one is named."""
    if csv is not None:
        with csv.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(ledger.COLUMNS, trial.table(), bom=True))
    shown = tried_upload(desk, trial)
    return shown | ({"changes": [orjson.loads(one) for one in trial.changes()]} if whole else {})


def _exit_code(reports: list[dict[str, Any]]) -> int:
    uploads = [report["upload"] for report in reports]
    if any(upload["state"] == "quarantined" for upload in uploads):
        return PUT_ASIDE
    return SOME_REFUSED if any(upload["refused"] for upload in uploads) else 0


def _print_json(reports: list[dict[str, Any]], *, several: bool) -> None:
    """Print one JSON document: a list for several files, the report of a single one."""
    if several:
        as_json(reports)
    elif reports:
        as_json(reports[0])


@click.command("rebuild")
@click.option("--aged", is_flag=True, help="Only where prices have become stale since.")
@wants_json
@click.pass_obj
def rebuild_command(settings: dict[str, Any], aged: bool, json: bool) -> None:
    """Make markets, statistics, flags and indices again from what is stored."""
    with progress() as told:
        made = rebuild(opened(settings), aged=aged, told=told)
    if json:
        return as_json(made)
    said(f"{made.markets} markets made, {made.changed} of them different; indices of {made.months} months made.")
