"""Commands that find drugs: search and suggest."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pricecompare.calc.facets import FACETS
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.models import DATUMS, GROUPS, PRESCRIPTIONS
from pricecompare.services.opening import opened
from pricecompare.services.searching import search as searching

SHOWN = 3
"""Values of a facet that are told."""

PLACE = (
    click.option("--region", help="Whose sellers count in the ranking: those of a region, six digits."),
    click.option("--lat", type=float, help="Or those around a point: its latitude."),
    click.option("--lng", type=float, help="Longitude of the point."),
    click.option("--coord-type", type=click.Choice(DATUMS), default="gcj02", show_default=True, help="Datum of it."),
    click.option("--radius-km", type=float, help="How far around the point."),
)

FC = TypeVar("FC", bound=Callable[..., Any])


def _place(command: FC) -> FC:
    """Give a command the options that say whose sellers count in the ranking."""
    for option in reversed(PLACE):
        command = option(command)
    return command


@click.command()
@click.argument("query")
@_place
@click.option("--group", type=click.Choice(GROUPS), default=GROUPS[0], show_default=True, help="What one row is.")
@click.option("--form", help="Only this dosage form.")
@click.option("--spec", help="Only this strength.")
@click.option("--maker", help="Only this maker.")
@click.option("--prescription", type=click.Choice(PRESCRIPTIONS), help="Only with or without prescription.")
@click.option("--insurance-class", help="Only this class of the insurance catalogue.")
@click.option("--vbp", type=click.Choice(("yes", "no")), help="Only winners of a central purchase, or only others.")
@LIMIT
@wants_json
@click.pass_obj
def search(settings: dict[str, Any], query: str, json: bool, **question: Any) -> None:
    """Find drugs by name, brand, pinyin or its initials, words of these with maker, form or spec, code or barcode."""
    answer = searching.drugs(opened(settings), q=query, **question)
    if json:
        return as_json(answer)
    columns = ("code", "name", "spec", "pack_count", "unit", "maker", "packs", "sellers")
    table(columns, [_found(one) for one in answer["items"]], numbers=["pack_count", "packs", "sellers"])
    said(f"{len(answer['items'])} of {answer['total']} drugs")
    for name in (*FACETS, "vbp"):
        if len(values := answer["facets"][name]) > 1:
            said(f"{name}: " + ", ".join(f"{one['value']} ({one['results']})" for one in values[:SHOWN]))
    if answer["suggestions"]:
        said(f"Did you mean: {', '.join(answer['suggestions'])}")


def _found(one: dict[str, Any]) -> tuple:
    said_of_it = (one[column] for column in ("code", "name", "spec", "pack_count", "unit", "maker"))
    return *said_of_it, one["packs"]["count"], one["sellers"]


@click.command()
@click.argument("query")
@_place
@wants_json
@click.pass_obj
def suggest(settings: dict[str, Any], query: str, json: bool, **place: Any) -> None:
    """Tell the names, brands and makers that QUERY may be the beginning of."""
    answer = searching.suggestions(opened(settings), q=query, **place)
    if json:
        return as_json(answer)
    near = any(one["sellers"] is not None for one in answer["items"])
    columns = ("text", "kind", "packs", "sellers")[: 4 if near else 3]
    table(columns, [[one[name] for name in columns] for one in answer["items"]], numbers=["packs", "sellers"])
