"""``python -m pricecompare.world FOLDER`` writes an invented province."""

from datetime import datetime
from pathlib import Path

import click

from pricecompare.errors import PriceCompareError
from pricecompare.world import FIXTURE, world, write


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--pharmacies", default=FIXTURE["pharmacies"], show_default=True, help="How many pharmacies.")
@click.option("--drugs", default=FIXTURE["drugs"], show_default=True, help="How many drugs.")
@click.option("--months", default=FIXTURE["months"], show_default=True, help="How many months of prices and sales.")
@click.option("--cities", default=3, show_default=True, help="How many pooling regions; the first is the main one.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=FIXTURE["seed"],
    show_default=True,
    help="The same seed gives the same bytes.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=str(FIXTURE["until"]), show_default=True)
def main(folder: Path, *, until: datetime, **sizes: int) -> None:
    """Write an invented province into FOLDER: regions, drugs, pharmacies, prices, sales and planted faults as CSV."""
    try:
        write(world(until=until.date(), **sizes), folder)
    except PriceCompareError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
