"""The table of columns in docs/columns.md, made from the schemas: ``python -m tests.columns`` writes it."""

from pathlib import Path

from pricecompare.schemas.rows import ROWS

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "columns.md"
HEAD = """# Columns of the files

Names are compared without regard to case, blanks, `_` and `-`, a `*` beside them or `（元）` after them; columns that
are not listed are passed over. A column marked *doubt* never refuses its row: what cannot be read is remarked on.
"""


def document() -> str:
    """Return docs/columns.md as the schemas say it."""
    return HEAD + "".join(_table(what) for what in ROWS)


def _table(what: str) -> str:
    schema = ROWS[what]()
    rows = [_row(name, field, schema.declared) for name, field in schema.fields.items()]
    return f"\n## {what}\n\n| column | needed | other names |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _row(name: str, field, declared) -> str:
    others = " ".join(f"`{header}`" for header in field.headers[1:])
    return f"| `{field.headers[0]}` | {_need(name, field, declared)} | {others} |"


def _need(name: str, field, declared) -> str:
    option = " (column or option)" if name in declared else ""
    return ("yes" if field.required else "doubt" if field.doubt else "") + option


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
