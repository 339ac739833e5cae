"""Commands about rules: list, show, add, try."""

from pathlib import Path
from typing import Any

import click

from pricecompare.calc import days
from pricecompare.cli.hands import hand
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.schemas.rule import rule as parsed
from pricecompare.services.opening import opened
from pricecompare.services.ruling import rules as kept
from pricecompare.services.ruling.rules import Kept
from pricecompare.services.ruling.trying import tried
from pricecompare.services.uploads.layouts import text_of


@click.group("rule")
def rule() -> None:
    """Say what an abnormal price is: references, multiples, tiers, sentences."""


@rule.command("list")
@wants_json
@click.pass_obj
def listed(settings: dict[str, Any], json: bool) -> None:
    """Show every rule and version, with who added it and why."""
    found = kept.rules(opened(settings))
    if json:
        return as_json(list(map(_plain, found)))
    rows = [
        [one.rule.name, one.rule.version, one.rule.title_zh, one.rule.title_en, one.made_by, one.why] for one in found
    ]
    table(("name", "version", "规则", "rule", "by", "why"), rows, numbers=["version"])


def _plain(one: Kept) -> dict[str, Any]:
    said = {name: getattr(one.rule, name) for name in ("name", "version", "title_zh", "title_en", "kinds", "group")}
    made_at = None if one.made_at is None else days.iso(one.made_at)
    return said | {"made_at": made_at, "made_by": one.made_by, "why": one.why}


@rule.command("show")
@click.argument("name")
@wants_json
@click.pass_obj
def show(settings: dict[str, Any], name: str, json: bool) -> None:
    """Print the text of rule NAME (or NAME@VERSION): copy it to make your own."""
    found = kept.rule_named(opened(settings), name)
    if json:
        return as_json({"name": found.name, "version": found.version, "text": found.text})
    said(found.text.rstrip())


@rule.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", "--who", "by", required=True, help="Who adds it.")
@click.option("--why", required=True, help="Why; stands beside the rule for good.")
@wants_json
@click.pass_obj
def add(settings: dict[str, Any], file: Path, by: str, why: str, json: bool) -> None:
    """Keep the rule in FILE (TOML); every version stays, since flags name the one that found them."""
    text = text_of(file.read_bytes())
    found = kept.add(opened(settings), text, made_by=by, why=why, origin=hand().origin)
    if json:
        return as_json({"name": found.name, "version": found.version})
    said(f"Kept {found.label}.")


@rule.command("try")
@click.argument("name")
@click.option("--region", required=True, help="Pooling region whose prices are looked at.")
@wants_json
@click.pass_obj
def try_(settings: dict[str, Any], name: str, region: str, json: bool) -> None:
    """Show what rule NAME (or NAME@VERSION, or a file) would flag in a region; nothing is changed by that."""
    desk = opened(settings)
    file = Path(name)
    rule = parsed(text_of(file.read_bytes())) if file.suffix == ".toml" else kept.rule_named(desk, name)
    answer = tried(desk, rule, region)
    if json:
        return as_json(answer)
    tiers = ", ".join(f"{tier} {count}" for tier, count in answer["tiers"].items())
    said(f"{rule.label} in {answer['region']['name']}: {answer['flagged']} of {answer['looked']} prices ({tiers})")
    said(f"Against the flags of now: {answer['new']} more, {answer['same']} the same, {answer['gone']} not any more")
    columns = ("price", "×", "others", "tier", "pharmacy", "drug", *rule.terms.named)
    table(columns, [_row(one) for one in answer["examples"]], numbers=[*columns[:3], *rule.terms.named])


def _row(one: dict[str, Any]) -> tuple:
    numbers = (one["price"], f"{one['ratio']:.2f}", one["others"])
    return *numbers, one["tier"], one["pharmacy"]["name"], one["drug"]["name"], *one["references"].values()
