"""Commands about keys: create, list, rotate, revoke."""

from collections.abc import Callable
from typing import Any

import click

from pricecompare.cli.hands import BY, WHY, hand
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models.access import ROLES
from pricecompare.services.access import keys
from pricecompare.services.access.keys import MOST_DAYS, Wanted
from pricecompare.services.opening import opened

NUMBER = click.argument("number", metavar="KEY", type=click.IntRange(1, 2**53))
DAYS = click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=365, show_default=True, help="For how long the new key opens."
)
LISTED = ("id", "role", "name", "scope", "signed", "state", "expires_at", "follows")

REACHES: tuple[Callable, ...] = (
    click.option(
        "--pharmacy", multiple=True, help="Code of a pharmacy whose rows it is for; several times for several."
    ),
    click.option("--chain", multiple=True, help="Name of a chain, as the list of pharmacies has it."),
    click.option("--region", multiple=True, help="Code of a province, city or district that a regulator oversees."),
)


@click.group("key")
def key() -> None:
    """Hand out keys for pharmacies, chains, regulators and operators; rotate and revoke them."""


def _reaching(command: Callable) -> Callable:
    for option in reversed(REACHES):
        command = option(command)
    return command


@key.command("create")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--name", required=True, help="Whose key it is.")
@_reaching
@DAYS
@click.option("--signed", is_flag=True, help="Requests must be signed with it; it is never sent itself.")
@BY
@WHY
@wants_json
@click.pass_obj
def create_command(settings: dict[str, Any], role: str, name: str, json: bool, by: str, why: str, **more: Any) -> None:
    """Make a key for ROLE and show it, this once. A regulator without --region oversees everything."""
    scope = scope_of(**{reach: more.pop(reach) for reach in ("pharmacy", "chain", "region")}, role=role)
    _shown(keys.create(opened(settings), Wanted(role, name, scope, **more), by=hand(by, why)), json)


def scope_of(role: str, **given: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a role is to reach; click's own error for what only another role reaches."""
    wanted = {"regulator": "region"}.get(role, role)
    for name, values in given.items():
        if values and name != wanted:
            raise click.UsageError(f"--{name} is not for the role {role}.")
    return given.get(wanted, ())


def _shown(made: dict[str, Any], json: bool) -> None:
    if json:
        return as_json(made)
    reach = ", ".join(made["scope"]) or "everything"
    said(f"Key {made['id']} for {made['role']} {made['name']} ({reach}), until {made['expires_at']}.")
    said("It is shown this once, and kept nowhere:")
    said(made["key"])


@key.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Only keys of one role.")
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], role: str | None, json: bool) -> None:
    """List every key that was ever made, with what it reaches and until when; never the keys themselves."""
    found = keys.listed(opened(settings), role)
    if json:
        return as_json({"items": found})
    rows = [[one[name] if name != "scope" else ", ".join(one[name]) or "*" for name in LISTED] for one in found]
    table(LISTED, rows, numbers=["id", "follows"])


@key.command("rotate")
@NUMBER
@click.option("--overlap-hours", default=168, show_default=True, help="For how long the old key still opens; 0: not.")
@DAYS
@BY
@WHY
@wants_json
@click.pass_obj
def rotate_command(
    settings: dict[str, Any], number: int, overlap_hours: int, days: int, json: bool, by: str, why: str
) -> None:
    """Make a new key for the same as KEY, which still opens for a while."""
    made = keys.rotate(opened(settings), number, overlap_hours=overlap_hours, days_more=days, by=hand(by, why))
    _shown(made, json)


@key.command("revoke")
@NUMBER
@BY
@click.option("--why", required=True, help="Why, for the audit trail.")
@wants_json
@click.pass_obj
def revoke_command(settings: dict[str, Any], number: int, json: bool, by: str, why: str) -> None:
    """Let KEY open nothing any more, from the next request on."""
    answer = keys.revoke(opened(settings), number, by=hand(by, why))
    if json:
        return as_json(answer)
    said(f"Key {number} of {answer['role']} {answer['name']} is {answer['state']}.")


@key.command("rotate-secret")
@click.option("--overlap-hours", default=168, show_default=True, help="How long the old one counts.")
@BY
@click.option("--why", required=True, help="Why, for the audit trail.")
@wants_json
@click.pass_obj
def rotate_secret_command(settings: dict[str, Any], overlap_hours: int, json: bool, by: str, why: str) -> None:
    """Replace the secret from which answer codes of pharmacies and cursors of lists follow.

    With an overlap of 0, for one that has leaked, old answer codes open nothing from the next request on. Restart the
    server afterwards: it signs cursors with the new secret from then on.
    """
    done = keys.rotate_secret(opened(settings), overlap_hours=overlap_hours, by=hand(by, why))
    if json:
        return as_json(done)
    said(f"There is another secret. {_of_the_old(done['old_until'] if overlap_hours else None)}")
    said("Hand out new answer codes (pricecompare flag answer-code), and restart the server.")


def _of_the_old(until: str | None) -> str:
    if until is None:
        return "Answer codes of the old one open nothing any more."
    return f"Answer codes and cursors of the old one count until {until}."
