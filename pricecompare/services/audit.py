"""The audit trail: every change that a person made, noted with the change itself, listed, and verified."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.chain import GENESIS, canonical, first_break, sealed
from pricecompare.errors import Invalid, NotFound
from pricecompare.models.audit import Entry, Hand, Head
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.searching.search import page_size
from pricecompare.store.uploads import NEWEST

LONGEST = 500
"""Characters of a text that somebody gave."""


def note(desk: Desk, what: str, about: str, *, by: Hand, before: Any = None, after: Any = None) -> Entry:
    """Note what somebody did, at the end of the chain; return the entry.

    Call inside the `writing` of the change itself, so that there is neither without the other; under its lock no two
    entries follow the same one. `before` and `after` are plain values, never of a citizen. Who gave no name is told by
    the account or network it came from.
    """
    head = desk.store.audit_head() or Head(0, GENESIS)
    told = {"what": what, "about": _line(about), "before": canonical(before), "after": canonical(after)}
    who = {"who": _line(by.who or by.origin), "origin": _line(by.origin), "why": _line(by.why)}
    entry = sealed(Entry(id=head.id + 1, at=desk.now(), **who, **told, previous=head.hash, hash=""))
    desk.store.add_entry(entry)
    return entry


def _line(text: str) -> str:
    """Return a text as one line that any database keeps as it is."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:LONGEST])


def entries(
    desk: Desk,
    *,
    what: str | None = None,
    who: str | None = None,
    about: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
    cursor_given: str | None = None,
) -> dict[str, Any]:
    """Return the audit trail, newest first; `about` is how that begins, `until` the last day that counts."""
    question, size = f"audit {what} {who} {about} {since} {until}", page_size(desk, limit)
    last = after(desk, question, cursor_given, endless=True)
    when = {"since": days.instant(since) if since else None}
    when["until"] = days.end(until) if until else None
    before = int(last[0]) if last else NEWEST
    with desk.store.reading():
        found = desk.store.entries(most=size + 1, before=before, what=what, who=who, about=about, **when)
        head = desk.store.audit_head()
    more = len(found) > size
    return {
        "items": [shown(one) for one in found[:size]],
        "head": written(head) if head else None,
        "next": cursor(desk, question, (found[size - 1].id,)) if more else None,
    }


def entry(desk: Desk, entry_id: int) -> dict[str, Any]:
    """Return one entry; NotFound when there is none with that id."""
    if (found := desk.store.entry(entry_id)) is None:
        raise NotFound("unknown_entry", field="id", value=str(entry_id))
    return shown(found)


def shown(this: Entry) -> dict[str, Any]:
    """Return an entry as people see it."""
    values = {"at": days.iso(this.at), "before": json.loads(this.before), "after": json.loads(this.after)}
    return this._asdict() | values


def verified(desk: Desk, known: str | None = None) -> dict[str, Any]:
    """Return how many entries there are, the newest as ``id:hash``, and the first that is not as it was written.

    `known` is a newest one that was written down before. Memory does not grow with the trail.
    """
    known_head, count = read_head(known) if known else None, 0

    def counted() -> Iterator[Entry]:
        nonlocal count
        for one in desk.store.all_entries():
            count += 1
            yield one

    with desk.store.reading():
        head = desk.store.audit_head()
        found = first_break(counted(), head, known_head)
    return {
        "entries": count,
        "head": written(head) if head else None,
        "first_break": found._asdict() if found else None,
    }


def written(head: Head) -> str:
    """Return the head of a trail as a person writes it down."""
    return f"{head.id}:{head.hash}"


def read_head(text: str) -> Head:
    """Return the head that a person wrote down; Invalid for what is none."""
    number, _, hashed = text.strip().lower().partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < 16 and len(hashed) == len(GENESIS)):
        raise Invalid("bad_head", field="head", value=text)
    return Head(int(number), hashed)
