"""A chain of entries in which each holds the hash of the one before: what was changed later is found."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from pricecompare.models.audit import Break, Entry, Head

GENESIS = "0" * 64
"""What the first entry follows."""


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: keys in order, no blanks, every character written out in ASCII.

    >>> canonical({"b": 1, "a": ["药", None]})
    '{"a":["\\\\u836f",null],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)


def sealed(entry: Entry) -> Entry:
    """Return an entry with the hash it must have: SHA-256 (FIPS 180-4) of the JSON list of all its other fields."""
    return entry._replace(hash=hashlib.sha256(canonical(list(entry[:-1])).encode()).hexdigest())


def first_break(entries: Iterable[Entry], head: Head | None, known: Head | None = None) -> Break | None:
    """Return the first entry that is not as it was written; None when all are.

    `entries` come in the order of ids, which count from 1 without gaps; `head` is the newest as it is kept beside them,
    `known` one that was written down outside at any time. An entry that was written anew, hash and all, shows in the
    one after it. Whoever changes one entry, all after it and the head is found only by a `known` head.
    """
    last = Head(0, GENESIS)
    for entry in entries:
        if found := _fault(entry, last, known):
            return found
        last = Head(entry.id, entry.hash)
    for kept in filter(None, (head, known)):
        if kept.id > last.id:
            return Break(last.id + 1, "missing")
    if last.id and head != last:
        return Break(last.id, "changed") if head and head.id == last.id else Break(head.id + 1 if head else 1, "added")
    return None


def _fault(entry: Entry, last: Head, known: Head | None) -> Break | None:
    """Return what is wrong with an entry, or with the one before it, which its own hash vouches for."""
    if entry.id != last.id + 1:
        return Break(*(last.id + 1, "missing") if entry.id > last.id else (entry.id, "added"))
    if sealed(entry) != entry or (known and known.id == entry.id and known.hash != entry.hash):
        return Break(entry.id, "changed")
    if entry.previous != last.hash:
        return Break(max(last.id, 1), "changed")
    return None
