"""Commands about people at the console: create, list, disable, reset."""

from collections.abc import Callable
from typing import Any

import click

from pricecompare.cli.hands import BY, WHY, hand
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models.access import WORKERS
from pricecompare.services.access import users
from pricecompare.services.opening import opened

NAME = click.argument("name")
ASK: Callable = click.option("--ask-password", is_flag=True, help="Ask for a password instead of making one.")
LISTED = ("name", "role", "scope", "made_at", "disabled_at", "recovery_left")


@click.group("user")
def user() -> None:
    """Let people in at the console, with a password and a second factor; shut them out."""


@user.command("create")
@NAME
@click.option("--role", type=click.Choice(WORKERS), default="regulator", show_default=True)
@click.option("--region", multiple=True, help="Code of a region that a regulator oversees; everything unless given.")
@click.option("--pharmacy", multiple=True, help="Code of a pharmacy whose flags they see and answer.")
@click.option("--chain", multiple=True, help="Name of a chain of theirs.")
@ASK
@BY
@WHY
@wants_json
@click.pass_obj
def create_command(
    settings: dict[str, Any], name: str, role: str, json: bool, by: str, why: str, ask_password: bool, **scope: Any
) -> None:
    """Let NAME in, and show password, second factor and codes for a lost telephone, this once.

    The address `otpauth://…` goes into an authenticator on the telephone: as a QR code, or its `secret` typed in. Each
    code for a lost telephone opens once.
    """
    reach = tuple(code for part in ("region", "pharmacy", "chain") for code in scope[part])
    made = users.create(opened(settings), name, role, reach, password=_password(ask_password), by=hand(by, why))
    _shown(made, json)


def _password(ask_password: bool) -> str:
    return click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask_password else ""


def _shown(made: dict[str, Any], json: bool) -> None:
    if json:
        return as_json(made)
    said(f"{made['name']}, {made['role']} of {', '.join(made['scope']) or 'everything'}. Shown this once:")
    said(f"password   {made['password']}")
    said(f"telephone  {made['otpauth']}")
    for code in made["recovery"]:
        said(f"recovery   {code}")


@user.command("list")
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], json: bool) -> None:
    """List everybody who was ever let in."""
    found = users.listed(opened(settings))
    if json:
        return as_json({"items": found})
    rows = [[one[name] if name != "scope" else ", ".join(one[name]) or "*" for name in LISTED] for one in found]
    table(LISTED, rows, numbers=["recovery_left"])


@user.command("disable")
@NAME
@BY
@click.option("--why", required=True, help="Why, for the audit trail.")
@wants_json
@click.pass_obj
def disable_command(settings: dict[str, Any], name: str, json: bool, by: str, why: str) -> None:
    """Shut NAME out; their sessions are over with the next request."""
    answer = users.disable(opened(settings), name, by=hand(by, why))
    if json:
        return as_json(answer)
    said(f"{name} is shut out.")


@user.command("reset")
@NAME
@ASK
@BY
@WHY
@wants_json
@click.pass_obj
def reset_command(settings: dict[str, Any], name: str, json: bool, by: str, why: str, **more: bool) -> None:
    """Give NAME a new password, second factor and codes, shown this once; their sessions are over."""
    _shown(users.reset(opened(settings), name, password=_password(**more), by=hand(by, why)), json)
