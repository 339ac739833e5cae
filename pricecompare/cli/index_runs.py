"""Runs of the index on the command line: publish, preview, confirm, drop, runs, run, verify."""

from typing import Any

import click

from pricecompare.cli.audit import BROKEN
from pricecompare.cli.hands import hand
from pricecompare.cli.indexing import COMPARE, METHOD, REFERENCE, index
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models.indexing import RUN_STATES
from pricecompare.services.indexing import runs, showing
from pricecompare.services.indexing.verifying import verified
from pricecompare.services.opening import opened

RUN = click.argument("run", type=click.IntRange(1, 2**53))
WHO = click.option("--who", "--by", "who", required=True, help="Who does it.")
WHY = click.option("--why", default="", help="Why, for the audit trail.")


@index.command("publish")
@click.option("--region", required=True, help="Pooling region, six digits.")
@click.option("--period", required=True, help="2026-10, 2026-Q3, 2026 or 2026-09/P12M; it must be over.")
@COMPARE
@METHOD
@REFERENCE
@click.option("--corrects", type=int, help="The run in force, whose place it takes.")
@WHO
@WHY
@wants_json
@click.pass_obj
def publish(settings: dict[str, Any], who: str, why: str, json: bool, **wish: Any) -> None:
    """Compute an index of sales as they stand and keep it as a draft, with all it rests on."""
    desk = opened(settings)
    run = runs.publish(desk, runs.Wish(**wish), by=hand(who, why))
    answer = showing.preview(desk, run.id)
    (as_json if json else _previewed)(answer)
    if not json:
        said(f"Nothing is published yet: pricecompare index confirm {run.id} --who …")


@index.command("preview")
@RUN
@wants_json
@click.pass_obj
def preview(settings: dict[str, Any], run: int, json: bool) -> None:
    """Show a RUN and who changes most by it."""
    (as_json if json else _previewed)(showing.preview(opened(settings), run))


def _decide(settings: dict[str, Any], run: int, action: str, who: str, why: str, json: bool) -> None:
    desk = opened(settings)
    runs.decide(desk, run, action, by=hand(who, why))
    answer = showing.shown_run(desk, run)
    (as_json if json else _shown)(answer)


@index.command("confirm")
@RUN
@WHO
@WHY
@wants_json
@click.pass_obj
def confirm(settings: dict[str, Any], run: int, who: str, why: str, json: bool) -> None:
    """Publish the draft RUN: everybody sees it from then on, and nothing of it changes any more."""
    _decide(settings, run, "confirm", who, why, json)


@index.command("drop")
@RUN
@WHO
@WHY
@wants_json
@click.pass_obj
def drop(settings: dict[str, Any], run: int, who: str, why: str, json: bool) -> None:
    """Drop the draft RUN: it stays for the record and is never shown."""
    _decide(settings, run, "drop", who, why, json)


@index.command("runs")
@click.option("--region", help="Only runs of this pooling region.")
@click.option("--period", help="Only runs of this period.")
@click.option("--state", type=click.Choice(RUN_STATES), help="Only runs in this state.")
@LIMIT
@wants_json
@click.pass_obj
def list_runs(settings: dict[str, Any], json: bool, **asked: Any) -> None:
    """List runs, newest first."""
    answer = showing.runs(opened(settings), **asked)
    if json:
        return as_json(answer)
    columns = ("run", "region", "period", "method", "compare", "state", "corrects", "published", "decided")
    table(columns, map(_row, answer["items"]), numbers=("run", "corrects", "published"))


def _row(one: dict[str, Any]) -> tuple:
    method = f"{one['method']['id']}@{one['method']['version']}"
    decided = (one["decided_at"] or "")[:10]
    named = (one["id"], one["region"]["name"], one["period"], method, one["compare"], one["state"])
    return *named, one["corrects"], one["published"], decided


@index.command("run")
@RUN
@wants_json
@click.pass_obj
def show_run(settings: dict[str, Any], run: int, json: bool) -> None:
    """Show a RUN."""
    (as_json if json else _shown)(showing.shown_run(opened(settings), run))


@index.command("verify")
@RUN
@wants_json
@click.pass_context
def verify(ctx: click.Context, run: int, json: bool) -> None:
    """Compute RUN again from what is kept with it and compare; the exit code is 5 when anything differs."""
    found = verified(opened(ctx.obj), run)
    if json:
        as_json(found)
    else:
        said(f"run {run} ({found['state']}), {found['pharmacies']} pharmacies, inputs {found['inputs_sha256']}")
        for name, words in _CHECKS.items():
            said(f"  {words}: {'no' if found[name] is False else 'yes' if found[name] else '-'}")
    ctx.exit(0 if found["verified"] else BROKEN)


_CHECKS = {
    "inputs": "inputs are those it was made of",
    "recomputed": "every value comes out again",
    "values": "values are those it was made with",
    "sealed": "the audit trail has the same hashes",
    "as_sales_stand": "sales as they stand now would give the same",
}


def _shown(one: dict[str, Any]) -> None:
    """Print a run."""
    method = f"{one['method']['id']} v{one['method']['version']} {one['method']['reference']}".strip()
    corrects = f", corrects run {one['corrects']}" if one["corrects"] else ""
    corrected = f", corrected by run {one['corrected_by']}" if one["corrected_by"] else ""
    said(f"run {one['id']} of {one['region']['name']}, {one['period']}: {one['state']}{corrects}{corrected}")
    said(f"method {method}, compared by {one['compare']}, data version {one['run_data_version']}")
    counts = ", ".join(f"{one[name]} {name}" for name in ("published", "indicative", "suppressed", "ranked"))
    said(f"{one['pharmacies']} pharmacies, {one['drugs']} drugs, {one['rows']} rows: {counts}")
    said(f"inputs sha256 {one['inputs_sha256']}")


def _previewed(one: dict[str, Any]) -> None:
    """Print a run with who changes most by it."""
    _shown(one)
    if one["compared_with"] is None:
        return said("There is no run to compare it with.")
    said(f"Against run {one['compared_with']}: {one['new']} pharmacies new, {one['gone']} gone; most changed:")
    columns = ("before", "index", "change", "status", "pharmacy")
    rows = (
        (f"{row['before']:.2f}", f"{row['index']:.2f}", f"{row['change']:+.2f}", row["status"], row["pharmacy"]["name"])
        for row in one["changes"]
    )
    table(columns, rows, numbers=columns[:3])
