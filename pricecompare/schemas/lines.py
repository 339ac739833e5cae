"""Short texts that people write: one line that can be printed."""

import unicodedata
from typing import Any

from pricecompare.errors import Reason
from pricecompare.schemas.asked import Text, refused, said

LONGEST = 200

PRINTABLE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
"""How the document says that a text is one line: without what Unicode calls control characters."""


class Line:
    """Refuses a text that is long or has characters in it that nobody can see."""

    def __init__(self, limit: int = LONGEST):
        self.limit = limit

    def __call__(self, value: str) -> str:
        """Return `value` when it is one line that can be printed."""
        if len(value) > self.limit:
            raise refused(Reason.of("text_too_long", limit=self.limit))
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            raise refused(Reason.of("control_character"))
        return value


def line(description: str, *examples: str, **options: Any) -> Text:
    """Return a short text."""
    return Text(load_default="", validate=Line(), metadata=printed(description, *examples), **options)


def printed(description: str, *examples: str, limit: int = LONGEST) -> dict[str, Any]:
    """Return what the document says of one line, as `Line` takes it."""
    return said(description, *examples, maxLength=limit, pattern=PRINTABLE)
