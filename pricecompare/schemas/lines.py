"""Short texts that people write: one line that can be printed."""

import unicodedata
from typing import Any

from pricecompare.errors import Reason
from pricecompare.schemas.asked import Text, refused, said

LONGEST = 200


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
    return Text(load_default="", validate=Line(), metadata=said(description, *examples, maxLength=LONGEST), **options)
