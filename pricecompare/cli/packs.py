"""Commands about packs: equivalents, groups, specs."""

from typing import Any

import click

from pricecompare.cli.questions import DAY, KIND, LIMIT, day_of
from pricecompare.cli.scales import grouped, kilometres, pack
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models import DATUMS
from pricecompare.services.offers import equivalents as services
from pricecompare.services.offers import groups as grouping
from pricecompare.services.opening import opened


@click.command()
@click.argument("drug")
@click.option("--region", help="Pooling region or district, six digits.")
@click.option("--lat", type=float, help="Latitude of a point.")
@click.option("--lng", type=float, help="Longitude of a point.")
@click.option("--coord-type", type=click.Choice(DATUMS), default="gcj02", show_default=True, help="Datum of the point.")
@click.option("--radius-km", type=float, help="How far around the point.")
@KIND
@click.option("--in-stock", is_flag=True, help="Only where the drug is there.")
@click.option("--max-age-days", type=int, help="Only prices at most that old.")
@click.option("--as-of", type=DAY, callback=day_of, help="The end of a day of the past.")
@LIMIT
@wants_json
@click.pass_obj
def equivalents(settings: dict[str, Any], drug: str, json: bool, **question: Any) -> None:
    """Show other makers and packs of the same generic, strength and form as DRUG, and what each saves."""
    answer = services.equivalents(opened(settings), drug, **question)
    if json:
        return as_json(answer)
    grouped(answer)
    own = f"{answer['own']['price']} at {answer['own']['pharmacy']['name']}" if answer["own"] else "nobody's offer"
    said(f"{answer['drug']['name']} {pack(answer['drug'])} {answer['drug']['maker']}: {own}")
    columns = ("on scale", "price", "K", "saves", "%", "km", "pack", "differs", "maker", "pharmacy")
    table(columns, map(_equivalent, answer["items"]), numbers=columns[:6])
    said(f"{len(answer['items'])} of {answer['total']} equivalents")


def _equivalent(one: dict[str, Any]) -> tuple:
    offer, saves = one["offer"], one["saves"] or {"price": None, "percent": None}
    numbers = (offer["normalised"], offer["price"], f"{offer['k']:.4f}", saves["price"], saves["percent"])
    what = (pack(one["drug"]), ", ".join(one["differs"]), one["drug"]["maker"])
    return *numbers, kilometres(offer), *what, offer["pharmacy"]["name"]


@click.command()
@click.argument("drug")
@wants_json
@click.pass_obj
def groups(settings: dict[str, Any], drug: str, json: bool) -> None:
    """Show what DRUG is compared with, and who said so."""
    answer = grouping.groups(opened(settings), drug)
    if json:
        return as_json(answer)
    for compare in ("product", "generic"):
        family = answer[compare]
        said(f"{compare}: {family['drugs']} drugs")
        grouped(family)
        rows = [
            (one["drug"]["code"], pack(one["drug"]), one["drug"]["maker"], f"{one['k']:.4f}") for one in family["items"]
        ]
        table(("code", "pack", "maker", "K"), rows, numbers=["K"])
    for word in answer["said"]:
        names = f"product {word['product'] or '–'}, generic {word['generic'] or '–'}"
        said(f"{word['at']} upload {word['upload']}, {word['who']}: {names}: {word['reason']}")


@click.command()
@LIMIT
@wants_json
@click.pass_obj
def specs(settings: dict[str, Any], limit: int | None, json: bool) -> None:
    """Show the specifications that cannot be read: their drugs are compared with themselves alone."""
    answer = grouping.unread(opened(settings))
    if json:
        return as_json(answer)
    shown = answer["items"][: limit or 20]
    table(("drugs", "spec", "why"), [(one["drugs"], one["spec"], one["en"]) for one in shown], numbers=["drugs"])
    said(f"{answer['unread']} of {answer['drugs']} drugs, {len(shown)} of {len(answer['items'])} specifications")
