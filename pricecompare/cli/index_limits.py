"""Limits of the index and appeals against it on the command line."""

from typing import Any

import click

from pricecompare.calc.index_limits import RANGES
from pricecompare.calc.money import amount_fen
from pricecompare.cli.hands import hand
from pricecompare.cli.index_runs import WHO, WHY, index
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models.indexing import APPEAL_EFFECTS, APPEAL_STATES, APPEAL_SUBJECTS
from pricecompare.services.grounds.catalogue import known_pharmacy
from pricecompare.services.indexing import appeals as disputes
from pricecompare.services.indexing import settings as limits
from pricecompare.services.opening import opened

REGION = click.option("--region", help="Of one pooling region; of all unless given.")
YEAR = click.option("--year", type=int, default=0, help="Of one year; of every year unless given.")
APPEAL = click.argument("appeal", type=click.IntRange(1, 2**53))
AMOUNT = click.option("--amount", help="What these packs brought, in yuan.")
QUANTITY = click.option("--quantity", type=float, help="Packs sold in the period.")
NEEDED = click.option("--why", required=True, help="Why.")


@index.command("limits")
@REGION
@YEAR
@wants_json
@click.pass_obj
def list_command(settings: dict[str, Any], region: str | None, year: int, json: bool) -> None:
    """Show limits of publication and ranking, warning lines and stars as they hold."""
    answer = limits.settings(opened(settings), region, year)
    if json:
        return as_json(answer)
    rows = [(one["name"], one["value"], one["usual"], "set" if one["set"] else "") for one in answer["items"]]
    table(("limit", "value", "usual", ""), rows, numbers=("value", "usual"))


@index.command("limit")
@click.argument("name", type=click.Choice(tuple(RANGES)))
@click.argument("value")
@REGION
@YEAR
@WHO
@WHY
@click.pass_obj
def set_command(
    settings: dict[str, Any], name: str, value: str, region: str | None, year: int, who: str, why: str
) -> None:
    """Set limit NAME to VALUE for a region and year; `off` takes the setting back."""
    limits.set_limit(opened(settings), region, year, name, _number(value), by=hand(who, why))
    said(f"{name} of {region or 'all regions'} in {year or 'every year'}: {value}")


def _number(text: str) -> float | None:
    if text == "off":
        return None
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number.") from None


@index.command("try")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE…")
@click.option("--region", required=True, help="Pooling region, six digits.")
@click.option("--period", help="The period; the newest month by default.")
@wants_json
@click.pass_obj
def try_command(
    settings: dict[str, Any], changes: tuple[str, ...], region: str, period: str | None, json: bool
) -> None:
    """Show what limits would mark before they are in force, such as warning_line=115; nothing is changed."""
    wanted = {name: _number(value) for name, _, value in (one.partition("=") for one in changes)}
    answer = limits.tried(opened(settings), region, {k: v for k, v in wanted.items() if v is not None}, period=period)
    if json:
        return as_json(answer)
    for when in ("now", "then"):
        counts = answer[when]
        statuses = ", ".join(f"{counts[name]} {name}" for name in ("published", "indicative", "suppressed", "ranked"))
        marks = "".join(f"; {name} {counts[name]}" for name in ("warning", "stars") if counts[name])
        said(f"{when}: {statuses}{marks}")
    said(f"{answer['different']} pharmacies would be marked otherwise")
    columns = ("index", "low", "high", "warning", "pharmacy")
    rows = (
        (*(_rounded(one[name]) for name in columns[:3]), one["warning"], one["pharmacy"]["name"])
        for one in answer["above"]
    )
    table(columns, rows, numbers=columns[:3])


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.2f}"


@index.command("appeals")
@REGION
@click.option("--state", type=click.Choice(APPEAL_STATES), help="Only those in this state.")
@click.option("--overdue", "late", is_flag=True, help="Only those that should be decided by now.")
@LIMIT
@wants_json
@click.pass_obj
def appeals_command(settings: dict[str, Any], region: str | None, json: bool, **asked: Any) -> None:
    """List appeals against runs, oldest first."""
    answer = disputes.appeals(opened(settings), region, **asked)
    if json:
        return as_json(answer)
    columns = ("id", "run", "state", "about", "effect", "due_on", "pharmacy", "drug")
    rows = (
        (*(one[name] for name in columns[:6]), one["pharmacy"]["name"], one["drug"]["name"]) for one in answer["items"]
    )
    table(columns, rows, numbers=("id", "run"))


@index.command("appeal")
@click.argument("pharmacy")
@click.argument("run", type=click.IntRange(1, 2**53))
@click.argument("drug")
@click.argument("about", type=click.Choice(APPEAL_SUBJECTS))
@QUANTITY
@AMOUNT
@WHO
@NEEDED
@wants_json
@click.pass_obj
def appeal_command(
    settings: dict[str, Any], pharmacy: str, run: int, drug: str, about: str, quantity: float | None,
    amount: str | None, who: str, why: str, json: bool,
) -> None:  # fmt: skip
    """Take down an appeal of PHARMACY that came on paper: against RUN, about DRUG's price, quantity or grouping."""
    desk = opened(settings)
    told = disputes.Dispute(run, drug, about, quantity, _fen(amount))
    _show(disputes.told(desk, disputes.file(desk, known_pharmacy(desk, pharmacy), told, by=hand(who, why))), json)


def _fen(amount: str | None) -> int | None:
    return None if amount is None else amount_fen(amount)


@index.command("rule")
@APPEAL
@click.argument("action", type=click.Choice(("accept", "reject", "withdraw")))
@click.option("--effect", type=click.Choice(APPEAL_EFFECTS), default="exclude", help="What an accepted one does.")
@QUANTITY
@AMOUNT
@WHO
@NEEDED
@wants_json
@click.pass_obj
def rule_command(
    settings: dict[str, Any], appeal: int, action: str, effect: str, quantity: float | None, amount: str | None,
    who: str, why: str, json: bool,
) -> None:  # fmt: skip
    """Accept or reject APPEAL, or withdraw it in the name of its pharmacy; an accepted one changes later runs."""
    desk = opened(settings)
    ruling = disputes.Ruling(action, effect if action == "accept" else "", quantity, _fen(amount))
    role = "pharmacy" if action == "withdraw" else "regulator"
    _show(disputes.told(desk, disputes.rule(desk, appeal, ruling, role=role, by=hand(who, why))), json)


def _show(one: dict[str, Any], json: bool) -> None:
    """Print an appeal."""
    if json:
        return as_json(one)
    said(f"appeal {one['id']} of {one['pharmacy']['name']} against run {one['run']}, {one['period']}: {one['state']}")
    totals = f", {one['quantity']} packs for {one['amount']}" if one["quantity"] and one["amount"] else ""
    said(f"about {one['about']} of {one['drug']['name']}{totals}; effect {one['effect'] or '-'}")
    for step in one["steps"]:
        said(f"  {step['at'][:10]} {step['action']} by {step['who']} ({step['role']}): {step['why']}")
