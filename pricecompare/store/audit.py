"""The audit trail in the store: entries are added and read, and there is no statement that changes one."""

from collections.abc import Iterator

from pricecompare.models.audit import Entry, Head
from pricecompare.store.base import Base


class Audit(Base):
    """What people did, in the order in which they did it."""

    def add_entry(self, entry: Entry) -> None:
        """Add an entry and keep it as the head; call inside `writing`. Conflict when its id is taken."""
        self._do("add_entry", **entry._asdict())
        self._do("put_meta", name="audit_head", value=f"{entry.id} {entry.hash}")

    def audit_head(self) -> Head | None:
        """Return the newest entry as it is kept beside the trail; None while there is none."""
        row = self._row("audit_head")
        number, _, hashed = (row[0] if row else "").partition(" ")
        # What somebody else wrote there is no head, and the trail is then longer than it says.
        return Head(int(number), hashed) if number.isdecimal() else None

    def entry(self, entry_id: int) -> Entry | None:
        """Return the entry with that id."""
        row = self._row("entry", id=entry_id)
        return Entry(*row) if row else None

    def all_entries(self) -> Iterator[Entry]:
        """Yield the whole trail, oldest first."""
        return map(Entry._make, self._stream("all_entries"))

    def entries(self, *, most: int, before: int, **narrow: str | int | None) -> list[Entry]:
        """Return up to `most` entries below the id `before`, newest first.

        `narrow` may give ``what``, ``who``, ``about`` (how it begins), ``since`` and ``until`` (seconds, the last
        outside).
        """
        wanted = {name: narrow.get(name) for name in ("what", "who", "about", "since", "until")}
        return [Entry(*row) for row in self._rows("entries", most=most, before=before, **wanted)]
