"""Fields that read one query parameter each and say in both languages what is wrong with it."""

import re
from collections.abc import Sequence
from math import isinf
from typing import Any

from marshmallow import ValidationError, fields, validate

from pricecompare.calc.money import fen
from pricecompare.errors import Invalid, Reason

# Python reads more as a number than anybody writes in an address: 1_000, full-width digits, infinity.
_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"-?[0-9]{1,18}")


def said(description: str, *examples: Any, **more: Any) -> dict[str, Any]:
    """Return what the API page says of a parameter or a value."""
    return {"description": description, **({"examples": list(examples)} if examples else {}), **more}


YUAN = r"^[0-9]{1,7}(\.[0-9]{1,2})?$"
"""How the document says that an amount is written; more is understood, such as full-width digits."""


class Parameter(fields.Field):
    """One parameter of a question; what is wrong with it is told as a `Reason`."""

    refusal = "bad_number"

    def make_error(self, key: str, **values: Any) -> ValidationError:
        """Return the error that carries the reason: the value is missing, or not what it should be."""
        code = "missing_value" if key in ("required", "null") else self.refusal
        return refused(Reason.of(code, value=values.get("input", "")))


class Number(Parameter, fields.Float):
    """A decimal number."""

    def _validated(self, value: Any) -> float:
        if not _DECIMAL.fullmatch(str(value)):
            raise self.make_error("invalid", input=value)
        number = float(value)
        if isinf(number):
            raise self.make_error("special")
        return number


class Whole(Parameter, fields.Integer):
    """A whole number."""

    def _validated(self, value: Any) -> int:
        if not _INTEGER.fullmatch(str(value)):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class YesNo(Parameter, fields.Boolean):
    """True or false, and no other way to say so: the document knows no other."""

    refusal = "not_yes_or_no"
    truthy = {"true"}
    falsy = {"false"}


class Text(Parameter, fields.String):
    """Any text."""

    refusal = "not_a_text"


class Money(Parameter, fields.String):
    """An amount in yuan, kept as it was written."""

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> str:
        try:
            fen(value)
        except Invalid as error:
            raise refused(error.reason) from None
        return str(value)


class OneOf(validate.OneOf):
    """Refuses what is not one of the choices; `code` names the refusal."""

    def __init__(self, choices: Sequence[str], *, code: str = "bad_choice"):
        super().__init__(choices)
        self.code = code

    def __call__(self, value: str) -> str:
        """Return `value` when it is one of the choices."""
        if value not in self.choices:
            raise refused(Reason.of(self.code, value=value, choices=", ".join(self.choices)))
        return value


class Pattern(validate.Regexp):
    """Refuses what is written in another way."""

    def __init__(self, regex: str, *, code: str):
        super().__init__(regex)
        self.pattern, self.code = re.compile(regex), code

    def __call__(self, value: str) -> str:  # type: ignore[override]
        """Return `value` when it is written as it should be."""
        if not self.pattern.fullmatch(value):
            raise refused(Reason.of(self.code, value=value))
        return value


def refused(reason: Reason) -> ValidationError:
    """Return the error that carries `reason` through marshmallow."""
    error = ValidationError("")
    error.messages = [reason]
    return error
