"""Which edition of each answer is the newest, remembered as long as neither data nor time have changed anything."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from werkzeug.http import http_date

from pricecompare.services.answers.basis import Basis
from pricecompare.services.desk import Desk


class Edition(NamedTuple):
    """One edition of an answer: its tag as it is sent, until when time leaves it as it is, its Last-Modified if any."""

    tag: str
    until: int
    modified: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Remembered:
    """Editions by question; a full memory is emptied."""

    most: int = 10_000
    _known: dict[bytes, tuple[int, int, Edition]] = field(default_factory=dict)

    def of(self, desk: Desk, question: bytes) -> Edition | None:
        """Return the edition of the answer that a question has now; None when that is not known."""
        known = self._known.get(question)
        if known is None or known[0] != desk.store.versions().data or not known[1] <= desk.now() < known[2].until:
            return None
        return known[2]

    def put(self, desk: Desk, question: bytes, basis: Basis) -> Edition:
        """Return the edition of an answer that rests on `basis`, and remember it; use inside `reading`."""
        tag = f'"{hashlib.blake2b(f"{basis.parts} ".encode() + question, digest_size=16).hexdigest()}"'
        taken = desk.editions.taken_at(desk.store, basis.version)
        changed = None if taken is None else http_date(max(taken, basis.since or 0))
        found = Edition(tag, basis.until, (("Last-Modified", changed),) if changed else ())
        if len(self._known) >= self.most:
            # Replaced whole, so readers need no lock.
            self._known = {}
        self._known[question] = desk.store.versions().data, desk.now(), found
        return found
