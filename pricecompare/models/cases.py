"""What becomes of flags."""

from typing import NamedTuple


class Case(NamedTuple):
    """A flag that a person has taken up: where it stands, and what it was taken up with.

    `numbers` is JSON (services/cases/frozen.py), `prices_hash` names the prices it was compared with.
    """

    id: int
    region_id: int
    drug_id: int
    kind: str
    pharmacy_id: int
    state: str
    standing: int
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
