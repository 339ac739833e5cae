"""One upload from file to ledger."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pricecompare.errors import Invalid
from pricecompare.files.read import table
from pricecompare.models import MODES, Finding, Upload
from pricecompare.models.audit import Hand
from pricecompare.schemas.checking import Check
from pricecompare.schemas.layouts import Layout
from pricecompare.schemas.rows import ROWS
from pricecompare.services.access.reach import own_codes
from pricecompare.services.desk import Desk
from pricecompare.services.ingest.cases import take_cases
from pricecompare.services.ingest.catalogue import take_drugs, take_regions
from pricecompare.services.ingest.groups import take_groups
from pricecompare.services.ingest.holidays import take_holidays
from pricecompare.services.ingest.pharmacies import take_pharmacies
from pricecompare.services.ingest.prices import take_prices
from pricecompare.services.ingest.sales import take_sales
from pricecompare.services.ingest.standards import take_standards
from pricecompare.services.ingest.taken import Batch, Told, nothing_told
from pricecompare.services.uploads.layouts import layout_named

TAKERS: dict[str, Callable[[Batch], Upload]] = {
    "regions": take_regions,
    "drugs": take_drugs,
    "pharmacies": take_pharmacies,
    "prices": take_prices,
    "sales": take_sales,
    "groups": take_groups,
    "holidays": take_holidays,
    "standards": take_standards,
    "cases": take_cases,
}


def _unseen(upload: Upload) -> None:
    """Show an upload to nobody."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be taken.

    `declared` gives, for the whole file, what a column would say: ``datum``, ``observed_at``, ``month``, ``region`` or
    ``since``. `source` names the feed it belongs to, `sender` who sent it and `origin` from where; `layout` is the
    name, or name@version, of the layout it is written in, and `mode` says whether prices are changes or full lists
    (unsaid: what the layout says). `owner` says whose rows alone it may hold (models/access.py). `upload_id` is the row
    of the ledger under which it waits, if it does. `inspect` is shown the ledger row while all of it is there to be
    read, and what it writes counts with it; a dry run takes everything back after that.
    """

    declared: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    layout: str = ""
    mode: str = ""
    source: str = ""
    sender: str = ""
    origin: str = ""
    file_name: str = ""
    owner: str = ""
    upload_id: int | None = None
    dry: bool = False
    inspect: Callable[[Upload], None] = _unseen


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a file: its row in the ledger, and findings in the order of rows.

    Of a file with very many findings the first are kept, and `untold` is how many more there were. `repeated`: the same
    bytes had been taken before, and this is what became of them then.
    """

    upload: Upload
    findings: list[Finding]
    untold: int
    repeated: bool = False

    @property
    def errors(self) -> list[Finding]:
        """Why rows were refused, as far as it was kept."""
        return [finding for finding in self.findings if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """What was remarked on in rows that were taken, as far as it was kept."""
        return [finding for finding in self.findings if finding.severity == "warning"]


def import_file(desk: Desk, what: str, path: Path, asked: Asked | None = None, *, told: Told = nothing_told) -> Report:
    """Take a file of regions, drugs, pharmacies, prices, sales, standards, holidays, groups or cases.

    Return what became of each row.

    Rows that are wrong are refused one by one, the others go in together or not at all; a file of prices that a guard
    objects to is put aside. Bytes that were taken before are not taken again. Raises Unreadable, with nothing taken,
    for a file that is not what it claims to be.
    """
    asked = asked or Asked()
    layout = fitting(desk, what, asked)
    source = table(path, encoding=asked.encoding, layout=layout)
    draft = drafted(desk, what, path, asked)
    if asked.upload_id is None and (before := taken_before(desk, draft)) is not None:
        return Report(before, [], 0, repeated=True)
    check = Check(ROWS[what](), source.columns, _given(what, asked), layout)
    again = partial(table, path, encoding=asked.encoding, layout=layout)
    by = Hand(asked.sender, asked.origin)
    mine = own_codes(desk, asked.owner)
    batch = Batch(desk, check, source, draft, told, again, by=by, dry=asked.dry, inspect=asked.inspect, mine=mine)
    upload = TAKERS[what](batch)
    return Report(upload, sorted(check.findings, key=lambda finding: finding.row), check.untold)


def fitting(desk: Desk, what: str, asked: Asked) -> Layout | None:
    """Return the layout that is asked for; Invalid when it, or anything else that is asked, does not fit `what`."""
    if what not in ROWS:
        raise Invalid("nothing_to_import", value=what, choices=", ".join(ROWS))
    if asked.mode and asked.mode not in MODES:
        raise Invalid("bad_choice", field="mode", value=asked.mode, choices=", ".join(MODES))
    layout = layout_named(desk, asked.layout) if asked.layout else None
    if layout is not None and layout.what != what:
        raise Invalid("layout_for_other", field="layout", value=layout.label, what=layout.what, wanted=what)
    return layout


def _given(what: str, asked: Asked) -> dict[str, str]:
    return {name: value for name, value in asked.declared.items() if name in ROWS[what].declared and value}


def drafted(desk: Desk, what: str, path: Path, asked: Asked) -> Upload:
    """Return the ledger row of a file of which nothing is known but its bytes and what was said of it."""
    layout = fitting(desk, what, asked)
    said = _given(what, asked) | ({"encoding": asked.encoding} if asked.encoding else {})
    mode = asked.mode or (layout.mode if layout else "") or "changes"
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Upload(
        asked.upload_id or 0,
        what,
        sender=asked.sender,
        source=asked.source,
        owner=asked.owner,
        file_name=asked.file_name or path.name,
        layout=layout.label if layout else "",
        declared=json.dumps(said, ensure_ascii=False, sort_keys=True),
        mode=mode if what == "prices" else "changes",
        sha256=sha256,
        bytes=path.stat().st_size,
        came_at=desk.now(),
    )


def taken_before(desk: Desk, draft: Upload) -> Upload | None:
    """Return the upload that brought the same bytes, when taking them again would come to the same.

    Rows that were refused may go in now that more drugs or pharmacies are known; and of what has no date of its own
    the later file counts, so that only the last one is the same again.
    """
    before = desk.store.same_bytes(draft)
    if before is None:
        return None
    versions = desk.store.versions()
    if before.refused and before.registers != f"{versions.places}.{versions.drugs}":
        return None
    last = desk.store.uploads(most=1, what=draft.what, state="taken")
    return before if draft.what == "prices" or last == [before] else None
