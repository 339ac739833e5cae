"""The secret of the database, from which answer codes and cursors follow, and the one before while it still counts."""

from pricecompare.services.desk import Desk

NOW, BEFORE, UNTIL = "cursor_key", "cursor_key_before", "cursor_key_until"
"""What they are called among the facts about the database, and until which second the one before counts."""


def accepted(desk: Desk) -> tuple[str, ...]:
    """Return the secrets that count now, the newest first, as the database has them at this moment."""
    meta = desk.store.meta()
    counts = desk.now() < int(meta.get(UNTIL, 0))
    return (meta[NOW], meta[BEFORE]) if counts else (meta[NOW],)
