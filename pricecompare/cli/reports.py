"""What became of a file, or would, as people read it."""

from collections.abc import Iterable, Iterator
from itertools import islice

from pricecompare.cli.tables import said, table
from pricecompare.models import Upload
from pricecompare.services.ingest import Report
from pricecompare.services.ingest.told import reasons_read
from pricecompare.services.uploads import ledger
from pricecompare.services.uploads.trial import Trial

MOST = 20
"""Changes and findings that are shown."""

SHOWN = ("pharmacy_code", "drug_code", "drug_name", "kind", "what", "before", "price", "percent", "held")
NUMBERS = ("before", "price", "percent")
PLACES = tuple(ledger.COLUMNS.index(column) for column in SHOWN)

WHAT, DIFFERENT = SHOWN.index("what"), ("new", "changed", "gone")

RARE = ("late (history only)", "gone", "held as suspicious")


def show(report: Report, trial: Trial | None) -> None:
    """Print what became of a file with its first findings; of a dry run also what would change."""
    took = report.upload
    if report.repeated:
        when = "Taken before" if took.state == "taken" else "Put aside before"
        said(f"{took.file_name}: {when} as upload {took.id}; nothing was done again.")
    said(f"{took.file_name}: {'would be ' if trial and not report.repeated else ''}{_counts(took)}")
    _show_reasons(took, tried=trial is not None)
    _show_findings(report)
    if trial is not None:
        show_changes(trial.table(), took.added + took.changed + took.gone)


def _counts(took: Upload) -> str:
    """Return what became of the rows in one line."""
    rare = zip(RARE, (took.late, took.gone, took.held), strict=True)
    more = "".join(f", {count} {what}" for what, count in rare if count)
    return (
        f"{took.rows} rows of {took.what}: {took.added} new, {took.changed} changed, "
        f"{took.unchanged} unchanged{more}, {took.refused} refused, {took.warnings} warnings"
    )


def _show_reasons(took: Upload, *, tried: bool) -> None:
    """Say why a file was put aside, and what a person can do about it."""
    if took.state != "quarantined":
        return
    said("  quarantined: nothing of it counts until a person has looked at it, because")
    for reason in reasons_read(took.reasons):
        said(f"    {reason['en']} ({reason['code']})\n    {reason['zh']}")
    if not tried:
        said(
            f"  Let it count: pricecompare uploads confirm {took.id}\n  Or never: pricecompare uploads reject {took.id}"
        )


def _show_findings(report: Report) -> None:
    for finding in report.findings[:MOST]:
        value = f" {finding.value!r}" if finding.value else ""
        place_in_file = ", ".join(filter(None, (f"row {finding.row}", finding.column)))
        said(f"  {place_in_file}: {finding.severity} {finding.code}{value}")
        said(f"    {finding.en}\n    {finding.zh}")
    more = max(len(report.findings) - MOST, 0) + report.untold
    if more:
        said(f"  … and {more} more; --json gives the first {len(report.findings)}.")


def show_changes(changes: Iterable[tuple], total: int, *, most: int = MOST) -> None:
    """Print the first `most` of `total` changes as a table, columns of each as in ledger.COLUMNS.

    A price that was only seen again, and what concerns the past, is left to the files.
    """
    rows = list(islice(_shown(changes), most))
    if not rows:
        return said("No price is different.")
    table(SHOWN, rows, numbers=NUMBERS)
    if total > len(rows):
        said(f"… and {total - len(rows)} more.")


def _shown(changes: Iterable[tuple]) -> Iterator[tuple]:
    for change in changes:
        row = tuple(change[place] for place in PLACES)
        if row[WHAT] in DIFFERENT:
            yield (*row[:-1], "held" if row[-1] else "")
