"""The command that asks how to buy several drugs."""

from typing import Any

import click

from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.errors import Invalid
from pricecompare.models import COMPARES, DATUMS, KINDS
from pricecompare.services.baskets.quoting import quote
from pricecompare.services.opening import opened

COLUMNS = ("packs", "price", "total", "age", "mark", "drug")


@click.command()
@click.argument("drugs", nargs=-1, required=True, metavar="CODE[=QUANTITY]...")
@click.option("--region", help="Pooling region or district, six digits.")
@click.option("--lat", type=float, help="Latitude of a point.")
@click.option("--lng", type=float, help="Longitude of a point.")
@click.option("--coord-type", type=click.Choice(DATUMS), default="gcj02", show_default=True, help="Datum of the point.")
@click.option("--radius-km", type=float, help="How far around the point.")
@click.option(
    "--allow",
    type=click.Choice(COMPARES),
    default="sku",
    show_default=True,
    help="What may be bought instead: nothing, other packs of the maker, or any maker.",
)
@click.option("--kind", type=click.Choice(KINDS), default="listed", show_default=True, help="Kind of price.")
@click.option("--in-stock", is_flag=True, help="Only where the drugs are there.")
@click.option("--max-age-days", type=int, help="Only prices at most that old.")
@click.option("--max-stops", type=int, default=2, show_default=True, help="At how many pharmacies to stop: 1 to 3.")
@click.option("--cost-per-km", help="Yuan a kilometre of way is worth.")
@wants_json
@click.pass_obj
def basket(settings: dict[str, Any], drugs: tuple[str, ...], json: bool, **question: Any) -> None:
    """Show how several drugs (national codes with packs) are best bought: at one pharmacy, or with a few stops."""
    answer = quote(opened(settings), [_item(one) for one in drugs], **question)
    if json:
        return as_json(answer)
    if answer["single"] is None:
        said("Nobody there sells any of it.")
    for title, plan in _titled(answer):
        _show(title, plan)


def _item(text: str) -> dict[str, Any]:
    """Return a drug and how many packs of it."""
    code, equals, packs = text.partition("=")
    if not code or (equals and not (packs.isascii() and packs.isdigit() and len(packs) < 10)):
        raise Invalid("bad_basket_item", field="drugs", value=text)
    return {"code": code, "quantity": int(packs) if equals else 1}


def _titled(answer: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the plans of an answer with what each is; one that makes no use of its stops was told before."""
    worth = [plan for plan in answer["plans"] if len(plan["stops"]) == plan["max_stops"]]
    several = [(f"best with up to {plan['max_stops']} stops", plan) for plan in worth]
    plans = [("best single pharmacy", answer["single"]), ("nearest with everything", answer["nearest"]), *several]
    return [(title, plan) for title, plan in plans if plan is not None]


def _show(title: str, plan: dict[str, Any]) -> None:
    """Print one plan: what it costs, then stop after stop what is bought there, then what is lacking."""
    way = f" + way {plan['way_m'] / 1000:.2f} km, {plan['way_cost']} = {plan['cost']}" if plan["way_cost"] else ""
    lacks = "" if plan["complete"] else f", lacks {len(plan['missing'])}"
    said(f"{title}: {plan['total']}{way}{lacks}; prices up to {plan['oldest_days']} days old")
    for stop in plan["stops"]:
        said(f"{stop['pharmacy']['name']}{_far(stop)}: {stop['total']}")
        table(COLUMNS, map(_line, stop["lines"]), numbers=COLUMNS[:4])
    for lack in plan["missing"]:
        said(f"  lacks {lack['drug']['name']} {lack['drug']['spec']}: {_elsewhere(lack)}")


def _line(one: dict[str, Any]) -> tuple:
    drug = one["drug"]
    instead = "" if one["wanted"] == drug["code"] else f" instead of {one['wanted']}"
    mark = "stale" if one["stale"] else one["flag"]
    pack = f"{drug['spec']}×{drug['pack_count']}{drug['unit']}" if drug["pack_count"] else drug["spec"]
    named = f"{drug['name']} {pack} {drug['maker']}{instead}"
    return one["quantity"], one["price"], one["total"], f"{one['age_days']} d", mark, named


def _elsewhere(lack: dict[str, Any]) -> str:
    """Return who has what is lacking."""
    where = [("nearest", lack["nearest"]), ("cheapest", lack["cheapest"])]
    found = [f"{how} {one['pharmacy']['name']}{_far(one)} {one['line']['total']}" for how, one in where if one]
    return "; ".join(found) or "nobody near sells it"


def _far(one: dict[str, Any]) -> str:
    return "" if one["distance_m"] is None else f" ({one['distance_m'] / 1000:.2f} km)"
