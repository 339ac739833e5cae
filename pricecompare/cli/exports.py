"""The command that writes a regulator's list to a file."""

from pathlib import Path
from typing import Any

import click

from pricecompare.cli.hands import BY, WHY, hand
from pricecompare.cli.tables import as_json, said, wants_json
from pricecompare.models.listing import FORMATS, LANGUAGES
from pricecompare.schemas.lists import FILTERS
from pricecompare.services.exports.making import Wish, export_file
from pricecompare.services.exports.registry import listing_named
from pricecompare.services.opening import opened
from pricecompare.web.receiving import instance, read


@click.command("export")
@click.argument("list", metavar=f"[{'|'.join(FILTERS)}]")
@click.option("--region", required=True, help="Pooling region or district, six digits.")
@click.option("--format", type=click.Choice(FORMATS), help="Form of the file; what its name ends with unless given.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="Language of the headers.")
@click.option("--where", multiple=True, metavar="NAME=VALUE", help="What narrows the list, as over HTTP; repeatable.")
@click.option("--most", type=click.IntRange(1), help="At most so many rows.")
@BY
@WHY
@wants_json
@click.pass_obj
def export(
    settings: dict[str, Any], list: str, region: str, format: str | None, out: Path, where: tuple[str, ...],
    by: str, why: str, json: bool, **how: Any,
) -> None:  # fmt: skip
    """Write LIST of a region to a file, and beside it FILE.manifest.json: what it is, of which data, with its hash.

    XLSX and JSON say inside too what they are; a CSV file is nothing but the table, and FILE.zip is that table with its
    manifest in one file, to be handed on.

    The same list of the same data on the same day is byte for byte the same. Every export is in the audit trail.
    """
    desk, name = opened(settings), listing_named(list).name
    filters = read(
        instance(FILTERS[name]), ((key.strip(), value) for key, _, value in (one.partition("=") for one in where))
    )
    wish = Wish(name, region, filters, format or out.suffix.removeprefix(".").lower(), **how)
    made = export_file(desk, wish, out, by=hand(by, why))
    if json:
        return as_json(made.manifest)
    more = ", cut off: there are more" if made.manifest["truncated"] else ""
    said(f"{made.manifest['rows']} rows{more} written to {out}, described in {out.name}.manifest.json")
    said(f"sha256 {made.manifest['sha256']}, entry {made.entry.id} of the audit trail")
