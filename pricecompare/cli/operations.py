"""Commands of the operator: upgrade, backup, restore, doctor, retention."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from pricecompare.cli.hands import BY, WHY, hand
from pricecompare.cli.imports import progress
from pricecompare.cli.tables import as_json, said, wants_json
from pricecompare.services.defaults import DEFAULT_DB
from pricecompare.services.opening import clock_of, opened
from pricecompare.services.upkeep.backup import KEPT, back_up, folder_of, restore, stem_of
from pricecompare.services.upkeep.doctor import EXIT, OK, Found, examined, worst
from pricecompare.services.upkeep.retention import retention
from pricecompare.services.upkeep.upgrade import upgrade
from pricecompare.store.sql import place

TO = click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of copies. [env: PRICECOMPARE_BACKUPS]",
)


def _url(settings: dict[str, Any]) -> str:
    return str(settings.get("DB") or DEFAULT_DB)


def _now(settings: dict[str, Any]) -> int:
    return int(clock_of(settings)().timestamp())


@click.command("upgrade")
@TO
@click.option("--no-backup", is_flag=True, help="Make no copy of the database first.")
@click.option("--dry-run", is_flag=True, help="Only show which steps would be taken.")
@BY
@WHY
@wants_json
@click.pass_obj
def upgrade_command(
    settings: dict[str, Any], folder: Path | None, no_backup: bool, dry_run: bool, by: str, why: str, json: bool
) -> None:
    """Bring the database of an older pricecompare up to this one.

    A copy is made and read back first; then all steps are taken in one transaction, all or nothing. Stop the server
    before, start the new one after.
    """
    where = None if no_backup else folder or folder_of(settings)
    with progress() as told:
        done = upgrade(settings, folder=where, dry_run=dry_run, by=hand(by, why), told=told)
    if json:
        return as_json(asdict(done) | {"backup": done.backup and str(done.backup), "dry_run": dry_run})
    if done.found == done.version:
        return said(f"{place(_url(settings))} has version {done.version} already: nothing to do.")
    steps = ", ".join(map(str, done.steps)) or "none: nothing changed in between"
    verb = "would go" if dry_run else "went"
    said(f"{place(_url(settings))} {verb} from version {done.found} to {done.version}; steps: {steps}.")
    if done.backup:
        said(f"The database as it was: {done.backup}")


@click.command("backup")
@TO
@click.option("--keep", type=click.IntRange(1), default=KEPT, show_default=True, help="Copies that are kept.")
@click.option("--no-verify", is_flag=True, help="Do not read the copy back.")
@wants_json
@click.pass_obj
def backup_command(settings: dict[str, Any], folder: Path | None, keep: int, no_verify: bool, json: bool) -> None:
    """Copy the whole database while it is in use, read the copy back, and remove the oldest copies."""
    where, url = folder or folder_of(settings), _url(settings)
    store = opened(settings).store
    try:
        done = back_up(store, where, now=_now(settings), stem=stem_of(url), verify=not no_verify, keep=keep)
    finally:
        store.close()
    if json:
        return as_json(asdict(done) | {"path": str(done.path)})
    checked = "read back and compared" if done.verified else "not read back"
    said(f"{done.path}: {done.rows} rows of {done.tables} tables, {done.bytes} bytes, {checked}.")
    for name in done.removed:
        said(f"removed {name}")


@click.command("restore")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Keep the database that is there aside, and take its place.")
@BY
@WHY
@wants_json
@click.pass_obj
def restore_command(settings: dict[str, Any], path: Path, force: bool, by: str, why: str, json: bool) -> None:
    """Put the copy at PATH in the place of the database. Stop the server first.

    The copy is read back and compared with its manifest before anything is touched; a database that is there already
    is never overwritten.
    """
    done = restore(_url(settings), path, now=_now(settings), force=force, by=hand(by, why))
    if json:
        return as_json(asdict(done))
    said(f"{place(_url(settings))} holds {done.rows} rows again, of schema version {done.version}.")
    if done.kept:
        said(f"What was there before is kept as {done.kept}")


@click.command("doctor")
@click.option("--quick", is_flag=True, help="Do not read the whole database.")
@wants_json
@click.pass_context
def doctor_command(ctx: click.Context, quick: bool, json: bool) -> None:
    """Look whether all is well here, and say how to mend what is not.

    Settings, database, disk, clock, age of data, permissions, keys, backups. The exit code is 0 when all is well, 3
    when something should be looked at, 1 when something does not work.
    """
    found = examined(ctx.obj, quick=quick)
    if json:
        told = [{"check": one.check, "state": one.state, **_spoken(one)} for one in found]
        as_json({"state": worst(found), "checks": told})
    else:
        for one in found:
            said(f"{one.state:5} {one.check}: {one.reason.en}")
            if one.state != OK:
                said(f"      {one.reason.zh}")
    ctx.exit(EXIT[worst(found)])


def _spoken(found: Found) -> dict[str, str]:
    return {"code": found.reason.code, "detail": found.reason.en, "detail_zh": found.reason.zh}


@click.command("retention")
@click.option("--apply/--dry-run", "prune", default=False, help="Prune; otherwise only show what would go.")
@BY
@WHY
@wants_json
@click.pass_obj
def retention_command(settings: dict[str, Any], prune: bool, by: str, why: str, json: bool) -> None:
    """Show what is older than is kept, and prune it with --apply.

    Prices, sales, the ledger, cases and the audit trail stay. Each term is a setting: PRICECOMPARE_KEEP_..._DAYS.
    """
    desk = opened(settings)
    try:
        found = retention(desk, settings, prune=prune, by=hand(by, why))
    finally:
        desk.store.close()
    if json:
        return as_json({"pruned": prune, "items": found})
    for one in found:
        kept = f"older than {one.days} days" if one.days else "kept for ever"
        said(f"{one.count:9} {one.name}: {one.about}, {kept}")
    said("They are gone." if prune else "Nothing was changed; --apply prunes them.")
