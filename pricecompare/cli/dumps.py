"""The command that writes a dump: dump."""

from pathlib import Path
from typing import Any

import click

from pricecompare.cli.tables import as_json, said, wants_json
from pricecompare.services.dumps.making import dump
from pricecompare.services.opening import opened


@click.command("dump")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--parquet", is_flag=True, help="Write Parquet besides CSV.")
@wants_json
@click.pass_obj
def dump_command(settings: dict[str, Any], folder: Path, parquet: bool, json: bool) -> None:
    """Write all that is public into FOLDER, for the server to hand out (PRICECOMPARE_DUMPS).

    Run it at night. Whoever reads there meanwhile finds the dump of before.
    """
    manifest = dump(opened(settings), folder, ("csv.gz", "parquet") if parquet else ("csv.gz",))
    if json:
        return as_json(manifest)
    for table in manifest["tables"]:
        for file in table["files"]:
            said(f"{file['name']:44}{table['rows']:12,} rows{file['bytes']:15,} bytes")
    said(f"Data version {manifest['data_version']}, as of {manifest['today']}, in {folder}")
