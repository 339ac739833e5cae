"""Commands about the audit trail: list, verify."""

from datetime import date
from typing import Any

import click

from pricecompare.cli.questions import DAY, LIMIT, day_of
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.services import audit as trail
from pricecompare.services.opening import opened

BROKEN = 5
"""Exit code of a verification that found an entry changed, missing or added."""

LISTED = ("id", "at", "who", "what", "about", "why")


@click.group("audit")
def audit() -> None:
    """Show who changed what, and verify that nobody changed that record."""


@audit.command("list")
@click.option("--what", help="Only entries of this sort, such as upload_confirmed.")
@click.option("--who", help="Only what this person did.")
@click.option("--about", help="Only what is about things whose name begins so, such as 'upload 6'.")
@click.option("--since", type=DAY, callback=day_of, help="From this day on.")
@click.option("--until", type=DAY, callback=day_of, help="Up to this day, which counts.")
@LIMIT
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], json: bool, **asked: str | int | date | None) -> None:
    """List the audit trail, newest first; --json shows what was before and after."""
    answer = trail.entries(opened(settings), **asked)  # type: ignore[arg-type]
    if json:
        return as_json(answer)
    table(LISTED, ([one[name] for name in LISTED] for one in answer["items"]), numbers=["id"])
    if answer["next"]:
        said("There are more; --limit shows them.")


@audit.command("verify")
@click.option("--head", metavar="ID:HASH", help="A head that was written down before: it must still be in the trail.")
@wants_json
@click.pass_context
def verify_command(ctx: click.Context, head: str | None, json: bool) -> None:
    """Look at every entry and its place in the chain.

    The exit code is 0 when none was changed, is missing or was added, 5 otherwise. Write the head down outside this
    computer: with --head, the next verification also finds a trail that was made anew as a whole.
    """
    found = trail.verified(opened(ctx.obj), head)
    broken = found["first_break"]
    if json:
        as_json(found)
    elif broken:
        said(f"{found['entries']} entries. Entry {broken['id']} is {broken['fault']}: do not trust it or what follows.")
    else:
        said(f"{found['entries']} entries; none was changed, is missing or was added.")
        if found["head"]:
            said(f"head {found['head']}")
    ctx.exit(BROKEN if broken else 0)
