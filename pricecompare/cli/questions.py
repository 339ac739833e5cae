"""Commands that ask: offers, flags."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from pricecompare.calc.stocked import MOST_PACKS
from pricecompare.cli.scales import compared
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.files.write import csv_lines
from pricecompare.models import CLASSES, COMPARES, DATUMS, KINDS, SERVICES, SORTS
from pricecompare.schemas.beside import BESIDE
from pricecompare.services.offers import across
from pricecompare.services.opening import opened
from pricecompare.services.statistics import monitor

KIND = click.option("--kind", type=click.Choice(KINDS), default="listed", show_default=True, help="Kind of price.")
DAY = click.DateTime(formats=["%Y-%m-%d"])


def day_of(context: click.Context, option: click.Parameter, value: datetime | None) -> date | None:
    """Return the day an option names."""
    return None if value is None else value.date()


LIMIT = click.option("--limit", type=int, help="How many rows.")


@click.command()
@click.argument("drug")
@click.option("--region", help="Pooling region or district, six digits.")
@click.option("--lat", type=float, help="Latitude of a point.")
@click.option("--lng", type=float, help="Longitude of a point.")
@click.option("--coord-type", type=click.Choice(DATUMS), default="gcj02", show_default=True, help="Datum of the point.")
@click.option("--radius-km", type=float, help="How far around the point.")
@click.option(
    "--compare", type=click.Choice(COMPARES), default="sku", show_default=True, help="Which packs and makers."
)
@click.option("--sort", type=click.Choice(SORTS), default="price", show_default=True)
@KIND
@click.option("--in-stock", is_flag=True, help="Only where the drug is there.")
@click.option("--open-now", is_flag=True, help="Only where the pharmacy is open now.")
@click.option("--service", type=click.Choice(SERVICES), help="Only pharmacies with this service.")
@click.option("--max-age-days", type=int, help="Only prices at most that old.")
@click.option("--as-of", type=DAY, callback=day_of, help="The end of a day of the past.")
@click.option("--with", "beside", multiple=True, type=click.Choice(BESIDE), help="More of each offer, with --json.")
@click.option("--cost-per-km", help="Yuan a kilometre is worth, for --sort value.")
@LIMIT
@wants_json
@click.pass_obj
def offers(settings: dict[str, Any], drug: str, json: bool, **question: Any) -> None:
    """Show who sells DRUG (a national code) near a point or in a region."""
    answer = across.offers(opened(settings), drug, **question)
    if json:
        return as_json(answer)
    said(f"{answer['drug']['name']} {answer['drug']['spec']} {answer['drug']['maker']}")
    if question["compare"] != "sku":
        return compared(answer)
    rows = [_offer(one, answer["today"]) for one in answer["items"]]
    columns = ["price", "value", "km", "age", "vs median", "stock", "open", "mark", "pharmacy"]
    if any(one["excess"] is not None for one in answer["items"]):
        rows = [(one["excess"], *row) for one, row in zip(answer["items"], rows, strict=True)]
        columns.insert(0, "excess")
    table(columns, rows, numbers=columns[:-4])
    said(f"{len(rows)} of {answer['total']} offers, {answer['stale']} stale")
    if (paid := answer["standard"]) is not None:
        said(f"Insurance pays {paid['price']} at most ({paid['basis']}); the patient pays the excess.")


def _offer(one: dict[str, Any], today: str) -> tuple:
    km = None if one["distance_m"] is None else f"{one['distance_m'] / 1000:.2f}"
    local = f"{one['local']['percent']:+.1f} %" if one["local"] else None
    mark = "stale" if one["stale"] else one["flag"]
    rest = (_stock(one), _door(one, today), mark, one["pharmacy"]["name"])
    return one["price"], one["value"], km, f"{one['age_days']} d", local, *rest


def _stock(one: dict[str, Any]) -> str:
    """Return how many packs there are, or whether the drug is there where nobody counted them."""
    packs = one["stock_packs"]
    return one["stock"] if packs is None else f"{packs}{'+' * (packs == MOST_PACKS)}"


def _door(one: dict[str, Any], today: str) -> str | None:
    """Return until when a pharmacy is open, or when it opens again."""
    if one["open_now"] is None:
        return None
    change = one["closes_at"] if one["open_now"] else one["opens_at"]
    word = "open" if one["open_now"] else "shut"
    if change is None:
        return word
    day = "" if change[:10] == today else f"{change[5:10]} "
    return f"{word} until {day}{change[11:16]}"


@click.command()
@click.argument("region")
@click.option("--class", "class_", type=click.Choice(CLASSES), help="Only flags of one class.")
@click.option("--kind", type=click.Choice(KINDS), help="Only one kind of price.")
@click.option("--csv", type=click.Path(dir_okay=False, path_type=Path), help="Write all of them to this file instead.")
@LIMIT
@wants_json
@click.pass_obj
def flags(
    settings: dict[str, Any], region: str, csv: Path | None, json: bool, limit: int | None, **narrow: Any
) -> None:
    """Show the abnormal prices of REGION, highest ratio to the local median first."""
    desk = opened(settings)
    if csv is not None:
        rows = list(monitor.flag_table(desk, region, **narrow))
        csv.write_text("".join(csv_lines(monitor.COLUMNS, rows, bom=True)), encoding="utf-8", newline="")
        return said(f"{len(rows)} flags written to {csv}")
    answer = monitor.flags(desk, region, limit=limit, **narrow)
    if json:
        return as_json(answer)
    columns = ("price", "median", "mean", "others", "× median", "z", "grade", "pharmacy", "drug", "id")
    table(columns, map(_flag, answer["items"]), numbers=columns[:6])


def _flag(one: dict[str, Any]) -> tuple:
    z = None if one["z"] is None else f"{one['z']:.1f}"
    drug = f"{one['drug']['name']} {one['drug']['spec']}"
    numbers = (one["price"], one["ref_median"], one["ref_mean"], one["others"], f"{one['ratio_median']:.2f}", z)
    return *numbers, one["grade"], one["pharmacy"]["name"], drug, one["id"]
