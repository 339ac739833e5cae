"""Rows of a report as a table in Markdown."""

from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[tuple]) -> str:
    """Return rows as a Markdown table."""
    lines = [header, ["---"] * len(header), *(map(_shown, row) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _shown(cell: object) -> str:
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
