"""A region's report on its indices, and their map, on the command line."""

from pathlib import Path
from typing import Any

import click
import orjson

from pricecompare.cli.index_limits import index
from pricecompare.cli.indexing import COMPARE, METHOD, PERIOD, REFERENCE
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.services.indexing import reporting
from pricecompare.services.opening import opened

LIE = ("pharmacies", "index", "q1", "median", "q3")


@index.command("report")
@click.argument("region")
@PERIOD
@COMPARE
@METHOD
@REFERENCE
@click.option("--map", "map_", type=click.Path(dir_okay=False, path_type=Path), help="Also write a map (GeoJSON).")
@wants_json
@click.pass_obj
def report(settings: dict[str, Any], region: str, map_: Path | None, json: bool, **asked: Any) -> None:
    """Show how the indices of REGION lie: histogram, quartiles, districts, chains, changes since the period before.

    As a file with a manifest every figure comes by `pricecompare export indices`.
    """
    desk = opened(settings)
    answer = reporting.report(desk, region, **asked)
    if map_ is not None:
        map_.write_bytes(orjson.dumps(reporting.index_map(desk, region, **asked)))
    (as_json if json else _shown)(answer)
    if map_ is not None and not json:
        said(f"Map written to {map_}")


def _shown(answer: dict[str, Any]) -> None:
    """Print a report."""
    counts = ", ".join(f"{answer[name]} {name}" for name in ("published", "indicative", "suppressed"))
    run = f"run {answer['run']['id']}" if answer["run"] else "sales as they stand"
    said(f"{answer['region']['name']}, {answer['period']} ({run}): {answer['pharmacies']} pharmacies, {counts}")
    lie = answer["distribution"]
    if lie["median"] is not None:
        said(" to ".join(f"{lie[name]:.2f}" for name in ("low", "q1", "median", "q3", "high")))
    for one in lie["histogram"]:
        said(f"  {one['from']:7.2f}  {'#' * one['pharmacies']} {one['pharmacies']}")
    for one in answer["beside"]:
        said(
            f"  {one['median_difference']:5.2f} points apart in the middle, {one['largest_difference']:.2f} at most: "
            f"{one['title_en']}"
        )
    if since := answer["since"]:
        said(
            f"since {since['period']}: {since['dearer']} dearer, {since['cheaper']} cheaper, the middle change "
            f"{since['median_change']} points; {since['new']} new, {since['gone']} gone"
        )
    for name, key in (("districts", "district"), ("chains", "chain")):
        if answer[name]:
            table((key, *LIE), [_row(one, key) for one in answer[name]], numbers=LIE)


def _row(one: dict[str, Any], key: str) -> tuple:
    named = one[key]["name"] if isinstance(one[key], dict) else one[key]
    return named, one["pharmacies"], *(None if one[name] is None else f"{one[name]:.2f}" for name in LIE[1:])
