"""The command that compares online with counter prices: online-gaps."""

from pathlib import Path
from typing import Any

import click

from pricecompare.cli.questions import DAY, LIMIT, day_of
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.files.write import csv_lines
from pricecompare.services.opening import opened
from pricecompare.services.statistics import gaps


@click.command("online-gaps")
@click.argument("region")
@click.option("--min-percent", help="Least difference in per cent of the counter price.")
@click.option("--min-yuan", help="Least difference in yuan.")
@click.option("--day", type=DAY, callback=day_of, help="The day on which both prices hold; today unless given.")
@click.option("--drug", help="Only one drug (a national code).")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write all of them to this file instead.")
@LIMIT
@wants_json
@click.pass_obj
def online_gaps(
    settings: dict[str, Any], region: str, csv: Path | None, json: bool, limit: int | None, **question: Any
) -> None:
    """Show where pharmacies of REGION ask another price online than at the counter, worst first."""
    desk = opened(settings)
    if csv is not None:
        rows = list(gaps.gap_table(desk, region, **question))
        csv.write_text("".join(csv_lines(gaps.COLUMNS, rows, bom=True)), encoding="utf-8", newline="")
        return said(f"{len(rows)} gaps written to {csv}")
    answer = gaps.gaps(desk, region, limit=limit, **question)
    if json:
        return as_json(answer)
    columns = ("counter", "online", "difference", "percent", "pharmacy", "drug")
    table(columns, map(_gap, answer["items"]), numbers=columns[:4])
    least = f"{answer['min_percent']} % and {answer['min_yuan']} yuan"
    said(f"{len(answer['items'])} of {answer['total']} that differ by at least {least} on {answer['day']}")


def _gap(one: dict[str, Any]) -> tuple:
    drug = f"{one['drug']['name']} {one['drug']['spec']}"
    prices = one["counter"]["price"], one["online"]["price"]
    return *prices, one["difference"], f"{one['percent']:+.1f} %", one["pharmacy"]["name"], drug
