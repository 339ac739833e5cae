"""A parameter that names a day."""

import re
from datetime import date
from typing import Any

from pricecompare.errors import Reason
from pricecompare.schemas.asked import Parameter, refused

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Day(Parameter):
    """A day in China, written YYYY-MM-DD; read as a date."""

    refusal = "bad_day"

    def __init__(self, about: str, *examples: str, **options: Any):
        metadata = {"description": about, "type": "string", "format": "date", "examples": list(examples)}
        super().__init__(metadata={name: value for name, value in metadata.items() if value}, **options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> date:
        try:
            if _DAY.fullmatch(str(value)):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise refused(Reason.of(self.refusal, value=value))
