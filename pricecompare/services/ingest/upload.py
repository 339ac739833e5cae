"""One upload from file to ledger."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pricecompare.errors import Invalid
from pricecompare.files.read import table
from pricecompare.models import Finding, Upload
from pricecompare.schemas.checking import Check
from pricecompare.schemas.rows import ROWS
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.catalogue import take_drugs, take_regions
from pricecompare.services.ingest.pharmacies import take_pharmacies
from pricecompare.services.ingest.prices import take_prices
from pricecompare.services.ingest.sales import take_sales
from pricecompare.services.ingest.taken import Batch, Told, nothing_told

TAKERS: dict[str, Callable[[Batch], Upload]] = {
    "regions": take_regions,
    "drugs": take_drugs,
    "pharmacies": take_pharmacies,
    "prices": take_prices,
    "sales": take_sales,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: its row in the ledger, and findings in the order of rows.

    Of a file with very many findings the first are kept, and `untold` is how many more there were.
    """

    upload: Upload
    findings: list[Finding]
    untold: int

    @property
    def errors(self) -> list[Finding]:
        """Why rows were refused, as far as it was kept."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """What was remarked on in rows that were taken, as far as it was kept."""
        return [finding for finding in self.findings if finding.severity == "warning"]


def import_file(
    desk: Desk,
    what: str,
    path: Path,
    *,
    declared: Mapping[str, str] | None = None,
    encoding: str | None = None,
    told: Told = nothing_told,
) -> Report:
    """Take a file of regions, drugs, pharmacies, prices or sales; return what became of each row.

    `declared` gives, for the whole file, what a column would say: ``datum``, ``observed_at`` or ``month``.
    Rows that are wrong are refused one by one, the others go in together or not at all. Raises Unreadable, with
    nothing taken, for a file that is not what it claims to be.
    """
    if what not in ROWS:
        raise Invalid("nothing_to_import", value=what, choices=", ".join(ROWS))
    source = table(path, encoding=encoding)
    schema = ROWS[what]()
    given = {name: value for name, value in (declared or {}).items() if name in schema.declared and value}
    check = Check(schema, source.columns, given)
    batch = Batch(desk, check, source.rows, _upload(desk, what, path), told)
    upload = TAKERS[what](batch)
    return Report(upload, sorted(check.findings, key=lambda finding: finding.row), check.untold)


def _upload(desk: Desk, what: str, path: Path) -> Upload:
    """Return the ledger row of a file of which nothing is known but its bytes."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Upload(0, what, path.name, sha256, desk.now(), *[0] * 7)
