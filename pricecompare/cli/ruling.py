"""Commands about rules in force: use, end, uses, run, found."""

from datetime import date, datetime
from typing import Any

import click

from pricecompare.cli.hands import hand
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.rules import rule
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models import KINDS
from pricecompare.services.opening import opened
from pricecompare.services.ruling import listing, using

REGION = click.option("--region", required=True, help="Pooling region or province, six digits; 000000 is everywhere.")
BY = click.option("--by", "--who", "by", required=True, help="Who says so.")
WHY = click.option("--why", required=True, help="Why; stands there for good.")
DAY = click.DateTime(["%Y-%m-%d"])
SINCE = click.option("--since", type=DAY, help="The first day; today unless given.")
FOUND = ("price", "×", "others", "tier", "rule", "pharmacy", "drug")


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


@rule.command("use")
@click.argument("name")
@REGION
@SINCE
@click.option("--until", type=DAY, help="The last day; none unless given.")
@BY
@WHY
@wants_json
@click.pass_obj
def use(
    settings: dict[str, Any], name: str, region: str, since: datetime | None, until: datetime | None,
    by: str, why: str, json: bool,
) -> None:  # fmt: skip
    """Put rule NAME (or NAME@VERSION) in force in a region; what it finds today is flagged at once."""
    done = using.use(opened(settings), region, name, since=_day(since), until=_day(until), by=hand(by, why))
    if json:
        return as_json(done)
    until_ = f" to {done['until']}" if done["until"] else ""
    said(f"{done['name']}@{done['version']} is in force in {region} from {done['since']}{until_}.")
    said(f"{done['looked']} prices looked at, {done['moved']} flags moved.")


@rule.command("end")
@click.argument("name")
@REGION
@SINCE
@BY
@WHY
@wants_json
@click.pass_obj
def end(
    settings: dict[str, Any], name: str, region: str, since: datetime | None, by: str, why: str, json: bool
) -> None:
    """Put rule NAME out of force in a region, whatever holds in a wider one.

    Of the default rule the shipped version holds again.
    """
    done = using.use(opened(settings), region, name, in_force=False, since=_day(since), by=hand(by, why))
    if json:
        return as_json(done)
    said(f"{done['name']} is out of force in {region} from {done['since']}; {done['moved']} flags moved.")


@rule.command("uses")
@wants_json
@click.pass_obj
def uses(settings: dict[str, Any], json: bool) -> None:
    """Show which rules were put in force where and when, by whom and why, in that order."""
    found = using.uses(opened(settings))
    if json:
        return as_json(found)
    rows = [
        [one["name"], one["version"] or "–", one["region"]["name"] if one["region"] else "–", one["since"],
         one["until"] or "", one["made_by"], one["why"]]
        for one in found
    ]  # fmt: skip
    table(("name", "version", "region", "since", "until", "by", "why"), rows, numbers=["version"])


@rule.command("run")
@wants_json
@click.pass_obj
def run(settings: dict[str, Any], json: bool) -> None:
    """Bring all flags in line with the rules, ceilings and prices of today; for every night."""
    done = using.run(opened(settings))
    if json:
        return as_json({"looked": done.looked, "moved": done.moved})
    said(f"{done.looked} prices looked at, {done.moved} flags moved.")


@rule.command("found")
@click.argument("region")
@click.option("--rule", help="Only what this rule found.")
@click.option("--tier", help="Only this tier of it.")
@click.option("--kind", type=click.Choice(KINDS), help="Only one kind of price.")
@LIMIT
@wants_json
@click.pass_obj
def found(settings: dict[str, Any], region: str, json: bool, **asked: Any) -> None:
    """Show what rules in force besides the default one found in REGION, gravest first."""
    answer = listing.found(opened(settings), region, **asked)
    if json:
        return as_json(answer)
    table(FOUND, [_row(one) for one in answer["items"]], numbers=FOUND[:3])
    if answer["next"]:
        said("There are more; --limit shows them.")


def _row(one: dict[str, Any]) -> tuple:
    named = f"{one['rule']['id']}@{one['rule']['version']}", one["pharmacy"]["name"], one["drug"]["name"]
    return one["price"], f"{one['ratio']:.2f}", one["others"], one["tier"], *named
