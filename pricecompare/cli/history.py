"""The command that tells what prices were: history."""

from pathlib import Path
from typing import Any

import click

from pricecompare.cli.questions import DAY, KIND, LIMIT, day_of
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.files.write import csv_lines
from pricecompare.services.opening import opened
from pricecompare.services.statistics import history as histories


@click.command()
@click.argument("drug")
@click.option("--pharmacy", help="Code of a pharmacy: its prices, step by step.")
@click.option("--region", help="Six digits of a pooling region: its statistics, day by day.")
@KIND
@click.option("--from", "first", type=DAY, callback=day_of, help="First day; for a region 90 days before the last.")
@click.option("--to", "last", type=DAY, callback=day_of, help="Last day; today unless given.")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write all of it to this file instead.")
@LIMIT
@wants_json
@click.pass_obj
def history(
    settings: dict[str, Any], drug: str, csv: Path | None, json: bool, limit: int | None, **question: Any
) -> None:
    """Show what DRUG (a national code) cost over time in a pharmacy or a region."""
    desk = opened(settings)
    columns = histories.STEP_COLUMNS if question["pharmacy"] else histories.DAY_COLUMNS
    if csv is not None:
        rows = list(histories.history_table(desk, drug, **question))
        csv.write_text("".join(csv_lines(columns, rows, bom=True)), encoding="utf-8", newline="")
        return said(f"{len(rows)} rows written to {csv}")
    answer = histories.history(desk, drug, limit=limit, **question)
    if json:
        return as_json(answer)
    rows = [tuple(one[name] for name in columns) for one in answer["steps"] or answer["days"] or []]
    table(columns, rows, numbers=["price", "upload", *histories.DAY_COLUMNS[1:]])
    said(f"{len(rows)} of {answer['total']} {'steps' if question['pharmacy'] else 'days'}")
