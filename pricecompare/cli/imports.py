"""Commands that write: init, import, rebuild."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from pricecompare.cli.tables import as_json, errors_shown, said, wants_json
from pricecompare.errors import PriceCompareError
from pricecompare.models import DATUMS
from pricecompare.schemas.rows import ROWS
from pricecompare.services.desk import Desk
from pricecompare.services.ingest import Report, import_file
from pricecompare.services.ingest.taken import Told
from pricecompare.services.opening import DEFAULT_DB, created, opened
from pricecompare.services.rebuild import rebuild
from pricecompare.store.sql import place

SOME_REFUSED = 3
"""Exit code of an import that refused some rows; 1 is a file refused as a whole, 0 is all well."""


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
@click.option("--encoding", help="Encoding of a text file, where it cannot be told (utf-8 or gb18030).")
@wants_json
@click.pass_context
def import_command(
    ctx: click.Context,
    what: str,
    files: tuple[Path, ...],
    coord_type: str | None,
    observed_at: str | None,
    month: str | None,
    encoding: str | None,
    json: bool,
) -> None:
    """Take FILES of regions, drugs, pharmacies, prices or sales: CSV, XLSX or JSON.

    Rows that are wrong are refused with their number, column and reason; the others go in, all or nothing
    for each file. The exit code is 0 when every row went in, 3 when some were refused, 1 when a file was
    refused as a whole. With --json a single file gives one report, several files give a list.
    """
    declared = {"datum": coord_type or "", "observed_at": observed_at or "", "month": month or ""}
    desk = opened(ctx.obj)
    reports: list[Report] = []
    try:
        for file in files:
            with progress() as told:
                reports.append(_taken(desk, what, file, declared=declared, encoding=encoding, told=told))
            if not json:
                _show(reports[-1])
    finally:
        # Files before one that is refused as a whole are in: their reports are not lost.
        if json:
            _print_json(reports, several=len(files) > 1)
    if any(report.upload.refused for report in reports):
        ctx.exit(SOME_REFUSED)


def _taken(desk: Desk, what: str, file: Path, **options: Any) -> Report:
    """Import one file; when it is refused as a whole, name it first: there may be several."""
    try:
        return import_file(desk, what, file, **options)
    except PriceCompareError:
        click.echo(f"{file.name}: nothing of it was taken, nor of the files after it.", err=True)
        raise


def _print_json(reports: list[Report], *, several: bool) -> None:
    """Print one JSON document: a list for several files, the report of a single one."""
    plain = [{"upload": one.upload, "findings": one.findings, "untold": one.untold} for one in reports]
    if several:
        as_json(plain)
    elif plain:
        as_json(plain[0])


def _show(report: Report, most: int = 20) -> None:
    """Print what became of a file, with its first findings."""
    took = report.upload
    late = f", {took.late} late (history only)" if took.late else ""
    said(
        f"{took.file_name}: {took.rows} rows of {took.what}: {took.added} new, {took.changed} changed, "
        f"{took.unchanged} unchanged{late}, {took.refused} refused, {took.warnings} warnings"
    )
    for finding in report.findings[:most]:
        value = f" {finding.value!r}" if finding.value else ""
        place_in_file = ", ".join(filter(None, (f"row {finding.row}", finding.column)))
        said(f"  {place_in_file}: {finding.severity} {finding.code}{value}")
        said(f"    {finding.en}\n    {finding.zh}")
    more = max(len(report.findings) - most, 0) + report.untold
    if more:
        said(f"  … and {more} more; --json gives the first {len(report.findings)}.")


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
