"""What came, what became of it, and which state the database is in."""

from dataclasses import dataclass
from typing import NamedTuple


class Versions(NamedTuple):
    """What is counted up in a database when something changes."""

    data: int
    places: int
    drugs: int
    regions: int = 0
    holidays: int = 0
    standards: int = 0
    past: int = 0


@dataclass(frozen=True, slots=True)
class Upload:
    """A row of the ledger: one file or message that came and what became of its rows, or a decision about one.

    `about_id` is the upload a decision is about; `declared` and `reasons` are JSON; `source` is the feed it belongs to.
    `owner` says whose rows alone it may hold (models/access.py).
    """

    id: int
    what: str
    state: str = "taken"
    about_id: int | None = None
    sender: str = ""
    source: str = ""
    file_name: str = ""
    layout: str = ""
    declared: str = "{}"
    mode: str = "changes"
    sha256: str = ""
    bytes: int = 0
    came_at: int = 0
    taken_at: int | None = None
    newest_at: int | None = None
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    late: int = 0
    gone: int = 0
    held: int = 0
    refused: int = 0
    filtered: int = 0
    warnings: int = 0
    reasons: str = "[]"
    registers: str = ""
    data_version: int | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one row of a file: an error refuses the row, a warning only remarks on it."""

    row: int
    column: str
    severity: str
    code: str
    en: str
    zh: str
    value: str
