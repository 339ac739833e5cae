"""What becomes of flags."""

from typing import NamedTuple

REPORTED = ("wrong_price", "closed", "not_in_stock")
"""What citizens report: another price than the one shown, a pharmacy that is not there, a drug that is not."""

REPORT_STATES = ("new", "dismissed", "settled", "opened")
"""What became of a report: nobody has looked, nothing was wrong, it was dealt with, a case was opened."""


class Case(NamedTuple):
    """A flag that a person has taken up: where it stands, and what it was taken up with.

    `standing` says whether its price is flagged now, `mended` whether that was put right since, `judged` what
    was asked when a person ended the case. `numbers` is JSON
    (services/cases/frozen.py), `prices_hash` names the prices it was compared with.
    """

    id: int
    region_id: int
    drug_id: int
    kind: str
    pharmacy_id: int
    state: str
    standing: int
    mended: int
    judged: int | None
    revision: int
    due_on: str | None
    opened_at: int
    class_: str
    grade: str
    fen: int
    numbers: str
    prices_hash: str


class CaseStep(NamedTuple):
    """One step of a case."""

    revision: int
    at: int
    action: str
    before: str
    after: str
    role: str
    who: str
    why: str
    fen: int
    batch_id: int | None = None


class Attachment(NamedTuple):
    """A file that was put to a case, without its bytes; `number` counts up from 1 in each case."""

    number: int
    at: int
    role: str
    who: str
    name: str
    media: str
    bytes: int
    sha256: str


class CitizenReport(NamedTuple):
    """What citizens said of a price or a pharmacy: the same thing once, with how often and from when to when.

    `drug_id` is None for a report about the whole pharmacy, `fen` and `seen_on` where no price or day was told;
    `who` looked at it and `why`.
    """

    id: int
    region_id: int
    pharmacy_id: int
    drug_id: int | None
    kind: str
    what: str
    fen: int | None
    seen_on: str | None
    times: int
    first_at: int
    last_at: int
    state: str
    who: str
    why: str
