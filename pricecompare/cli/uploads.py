"""Commands about what came: uploads, retract, release, guards."""

import sys
from pathlib import Path
from typing import Any

import click

from pricecompare.calc.packing import EFFECTS
from pricecompare.cli.hands import BY, WHY, hand
from pricecompare.cli.questions import KIND, LIMIT
from pricecompare.cli.reports import DIFFERENT, show_changes
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.errors import Invalid
from pricecompare.files.write import csv_lines
from pricecompare.models import STATES
from pricecompare.models.audit import Hand
from pricecompare.services.opening import opened
from pricecompare.services.uploads import guarding, ledger, receiving

ID = click.argument("upload", type=click.IntRange(1, 2**53))

COUNTS = ("rows", "added", "changed", "unchanged", "late", "gone", "held", "refused", "warnings")
LISTED = ("id", "what", "state", "came_at", "source", "sender", "file_name", *COUNTS[:4], "gone", "refused")


@click.group(invoke_without_command=True)
@click.pass_context
def uploads(ctx: click.Context) -> None:
    """Show what came and what became of it; confirm or reject what was put aside."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command)


@uploads.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--source", help="Only those of this source.")
@click.option("--what", help="Only files or decisions of this sort.")
@LIMIT
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], json: bool = False, **asked: Any) -> None:
    """List the ledger, newest first."""
    answer = ledger.uploads(opened(settings), **asked)
    if json:
        return as_json(answer)
    rows = [tuple(one[name] for name in LISTED) for one in answer["items"]]
    table(LISTED, rows, numbers=("id", *COUNTS))
    if answer["next"]:
        said("There are more; --limit shows them.")


@uploads.command("show")
@ID
@wants_json
@click.pass_obj
def show_command(settings: dict[str, Any], upload: int, json: bool) -> None:
    """Show one upload: every count, why it was put aside, what was decided about it."""
    answer = ledger.upload(opened(settings), upload)
    if json:
        return as_json(answer)
    _said(answer)


def _said(answer: dict[str, Any]) -> None:
    """Print a row of the ledger."""
    for name, value in answer.items():
        if name not in ("reasons", "decisions", "declared") and value not in (None, ""):
            said(f"{name:12} {value}")
    for name, value in answer["declared"].items():
        said(f"declared     {name} = {value}")
    for reason in answer["reasons"]:
        said(f"reason       {reason['en']} ({reason['code']})\n             {reason['zh']}")
    for one in answer["decisions"]:
        said(f"decision     {one['what']} ({one['id']}) at {one['at']}{' by ' if one['by'] else ''}{one['by']}")


@uploads.command("changes")
@ID
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write all of them to this file instead.")
@LIMIT
@wants_json
@click.pass_obj
def changes_command(settings: dict[str, Any], upload: int, csv: Path | None, limit: int | None, json: bool) -> None:
    """Show what an upload or decision did, price by price."""
    desk = opened(settings)
    if csv is not None:
        with csv.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(ledger.COLUMNS, ledger.change_table(desk, upload), bom=True))
        return said(f"Written to {csv}")
    answer = ledger.changes(desk, upload, what=EFFECTS if json else DIFFERENT, limit=limit)
    if json:
        return as_json(answer)
    show_changes(map(ledger.cells, answer["items"]), 0, most=len(answer["items"]))
    if answer["next"]:
        said("There are more; --csv FILE writes all of them.")


@uploads.command("refused")
@ID
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file to write; standard output unless given.")
@click.pass_obj
def refused_command(settings: dict[str, Any], upload: int, output: Path | None) -> None:
    """Write the refused rows of an upload in the sender's own form, with the reasons in two more columns."""
    pieces = ledger.refused(opened(settings), upload).pieces
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        return
    with output.open("wb") as file:
        file.writelines(pieces)
    said(f"Written to {output}")


@uploads.command("take")
@click.pass_obj
def take_command(settings: dict[str, Any]) -> None:
    """Take uploads that wait; the server does so by itself."""
    for upload in receiving.take_waiting(opened(settings)):
        said(f"{upload.id}: {upload.state}")


def _decide(settings: dict[str, Any], decision: str, upload: int, by: Hand, json: bool) -> None:
    answer = receiving.decide(opened(settings), upload, decision=decision, by=by)
    if json:
        return as_json(answer)
    counts = ", ".join(f"{answer[name]} {name}" for name in COUNTS if answer[name])
    said(f"Upload {upload} is {answer['state']}{': ' if counts else ''}{counts}")


@uploads.command("confirm")
@ID
@BY
@WHY
@wants_json
@click.pass_obj
def confirm_command(settings: dict[str, Any], upload: int, by: str, why: str, json: bool) -> None:
    """Let an upload that was put aside count."""
    _decide(settings, "confirm", upload, hand(by, why), json)


@uploads.command("reject")
@ID
@BY
@WHY
@wants_json
@click.pass_obj
def reject_command(settings: dict[str, Any], upload: int, by: str, why: str, json: bool) -> None:
    """Let an upload that was put aside never count."""
    _decide(settings, "reject", upload, hand(by, why), json)


@click.command()
@ID
@BY
@WHY
@wants_json
@click.pass_obj
def retract(settings: dict[str, Any], upload: int, by: str, why: str, json: bool) -> None:
    """Take an UPLOAD of prices or sales back: all is then as if it had never come."""
    _decide(settings, "retract", upload, hand(by, why), json)


@click.command()
@click.argument("pharmacy")
@click.argument("drug")
@KIND
@BY
@WHY
@wants_json
@click.pass_obj
def release(settings: dict[str, Any], pharmacy: str, drug: str, kind: str, by: str, why: str, json: bool) -> None:
    """Vouch for a price that is held as suspicious: DRUG at PHARMACY."""
    answer = receiving.release(opened(settings), pharmacy, drug, kind=kind, by=hand(by, why))
    if json:
        return as_json(answer)
    said(f"The price of {drug} at {pharmacy} counts (decision {answer['id']}).")


@click.command()
@click.option("--source", default="", help="The feed they hold for; for all unless given.")
@click.option("--set", "given", metavar="NAME=VALUE", help="Set one.")
@click.option("--unset", metavar="NAME", help="Let the usual one hold again.")
@BY
@WHY
@wants_json
@click.pass_obj
def guards(
    settings: dict[str, Any], source: str, given: str | None, unset: str | None, json: bool, **said_by: str
) -> None:
    """Show or set the limits beyond which a file of prices is put aside."""
    desk, by = opened(settings), hand(**said_by)
    if given is not None:
        name, _, value = given.partition("=")
        guarding.set_limit(desk, source, name.strip(), _number(value), by=by)
    if unset is not None:
        guarding.set_limit(desk, source, unset, None, by=by)
    found = guarding.limits(desk, source)
    if json:
        return as_json({"source": source, "limits": found})
    table(
        ("name", "value", "usual"),
        [(one["name"], one["value"], one["usual"]) for one in found],
        numbers=["value", "usual"],
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid("bad_number", value=text) from None
