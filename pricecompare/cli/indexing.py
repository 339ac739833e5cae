"""The price-volume index on the command line: shown, explained, written to a table."""

from pathlib import Path
from typing import Any

import click

from pricecompare.calc.index import METHOD_ID
from pricecompare.cli.index_told import explained, rounded
from pricecompare.cli.questions import LIMIT
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.files.write import csv_lines
from pricecompare.models import COMPARES
from pricecompare.services.desk import Desk
from pricecompare.services.indexing import index as indices
from pricecompare.services.indexing.sheet import sheet
from pricecompare.services.opening import opened

PERIOD = click.option("--period", help="2026-10, 2026-Q3, 2026 or 2026-09/P12M; the newest month by default.")
COMPARE = click.option(
    "--compare", type=click.Choice(COMPARES), default="sku", show_default=True, help="What is compared with what."
)
METHOD = click.option("--method", default=METHOD_ID, show_default=True, help="Id of a method.")
REFERENCE = click.option("--reference", help="Kind of reference price that the method takes; its usual one by default.")


class _Shown(click.Group):
    """A group that shows an index when none of its commands is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` in front of what is no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in self.get_help_option_names(ctx))
        return super().parse_args(ctx, args if named else ["show", *args])


@click.group(cls=_Shown)
def index() -> None:
    """Show the price-volume index of a pharmacy or a region, and publish it in runs.

    `index PHARMACY` and `index --region REGION` stand for `index show …`.
    """


@index.command("show")
@click.argument("pharmacy", required=False)
@click.option("--region", help="List every pharmacy of a region instead.")
@PERIOD
@COMPARE
@METHOD
@REFERENCE
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write PHARMACY's table with the formula.")
@LIMIT
@wants_json
@click.pass_obj
def show(
    settings: dict[str, Any], pharmacy: str | None, region: str | None, csv: Path | None, json: bool, **question: Any
) -> None:
    """Show the price-volume index of PHARMACY, drug by drug, or of every pharmacy of a region."""
    if pharmacy is not None and region is None:
        most = question.pop("limit")
        if csv is not None:
            return _written(opened(settings), pharmacy, csv, question)
        answer = indices.of_pharmacy(opened(settings), pharmacy, **question)
        return as_json(answer) if json else explained(answer, most or 10)
    if region is None or pharmacy is not None:
        raise click.UsageError("Give a pharmacy code or --region.")
    answer = indices.of_region(opened(settings), region, **question)
    if json:
        return as_json(answer)
    columns = ("index", "±", "items", "n_eff", "coverage", "status", "pharmacy")
    table(columns, map(_listed, answer["items"]), numbers=columns[:5])


def _written(desk: Desk, pharmacy: str, csv: Path, question: dict[str, Any]) -> None:
    """Write the table of one pharmacy to a file."""
    made = sheet(desk, pharmacy, **question)
    csv.write_text("".join(csv_lines(made.first, made.rows, bom=True)), encoding="utf-8", newline="")
    said(f"Written to {csv}")


def _listed(one: dict[str, Any]) -> tuple:
    rests_on = (one["n_items"], f"{one['n_eff']:.1f}", f"{one['coverage']:.0%}", one["status"])
    return rounded(one["index"]), rounded(one["se"]), *rests_on, one["pharmacy"]["name"]
