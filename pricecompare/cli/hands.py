"""Who works at the command line."""

import getpass
from collections.abc import Callable

import click

from pricecompare.models.audit import Hand

BY: Callable = click.option(
    "--by", "--who", "by", default="", help="Who decides; the account of this computer unless given."
)
WHY: Callable = click.option("--why", default="", help="Why, for the audit trail.")


def hand(by: str = "", why: str = "") -> Hand:
    """Return who gave a command, as far as that was said; the account is always told, as the origin."""
    return Hand(by, f"cli:{_account()}", why)


def _account() -> str:
    """Return the account of the operating system, as far as it has one."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # An account without a name, as containers have them.
        return "unknown"
