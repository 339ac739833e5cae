"""Commands about what citizens report: list, dismiss, settle, open."""

from collections.abc import Callable
from typing import Any

import click

from pricecompare.cli.hands import hand
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models import REPORT_STATES, REPORTED
from pricecompare.services.cases import citizens
from pricecompare.services.opening import opened

ID = click.argument("number", metavar="ID", type=click.IntRange(1, 2**53))
WHO = click.option("--who", "--by", "who", required=True, help="Who decides.")
WHY = click.option("--why", required=True, help="Why.")
LISTED = ("id", "state", "what", "times", "price", "seen_on", "pharmacy", "drug")


@click.group("reports")
def reports() -> None:
    """Look at what citizens reported, and decide about it."""


@reports.command("list")
@click.argument("region")
@click.option("--state", type=click.Choice(REPORT_STATES), help="Only those in this state.")
@click.option("--what", type=click.Choice(REPORTED), help="Only reports of this sort.")
@LIMIT
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], region: str, json: bool, **asked: Any) -> None:
    """List what was reported about pharmacies of REGION, oldest first."""
    answer = citizens.listed(opened(settings), region, **asked)
    if json:
        return as_json(answer)
    table(LISTED, map(_row, answer["items"]), numbers=("id", "times", "price"))
    if answer["next"]:
        said("There are more; --limit shows them.")


def _row(one: dict[str, Any]) -> list[Any]:
    names = {"pharmacy": one["pharmacy"]["name"], "drug": one["drug"]["name"] if one["drug"] else ""}
    return [(one | names)[name] for name in LISTED]


SAYS = {
    "dismiss": "Say that nothing was wrong.",
    "settle": "Say that it was dealt with.",
    "open": "Open a case about the price that was reported.",
}
"""What may be decided, and what that says."""


def _deciding(action: str) -> Callable[..., None]:
    """Return a command that decides about a report in one way."""

    def decided(settings: dict[str, Any], number: int, who: str, why: str, json: bool) -> None:
        answer = citizens.decide(opened(settings), number, action, by=hand(who, why))
        if json:
            return as_json(answer)
        case = f": flag {answer['flag']}" if answer["flag"] else ""
        said(f"report {number} is {answer['state']}{case}")

    decided.__doc__ = SAYS[action]
    return decided


for _action in SAYS:
    reports.command(_action)(ID(WHO(WHY(wants_json(click.pass_obj(_deciding(_action)))))))
