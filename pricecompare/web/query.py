"""Query parameters read into what services take; anything unclear is refused by name."""

from difflib import get_close_matches
from typing import Any, NamedTuple, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from pricecompare.errors import Invalid, Reason


class Wrong(NamedTuple):
    """One thing that is wrong with a question."""

    field: str
    reason: Reason
    suggestions: tuple[str, ...] = ()


class BadQuestion(Invalid):
    """A question in which something is wrong: that one thing, or all of them under ``bad_query``."""

    def __init__(self, wrong: list[Wrong]):
        super().__init__("bad_query", count=len(wrong))
        self.wrong = wrong
        if len(wrong) == 1:
            self.field, self.reason, self.suggestions = wrong[0]


class QueryParser(FlaskParser):
    """Reads a query by its schema, which also says what it does not know."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": None}

    def load_querystring(self, req: Request, schema: Schema) -> dict[str, str]:
        """Return the parameters; one that is given twice says two things."""
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise BadQuestion([Wrong(name[:80], Reason.of("repeated_parameter", value=name)) for name in twice])
        return req.args.to_dict()

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        """Refuse the question."""
        known = [field.data_key or name for name, field in schema.fields.items()]
        messages: Any = error.messages
        raise BadQuestion([_wrong(name, reasons[0], known) for name, reasons in messages["query"].items()])


def _wrong(name: str, reason: Reason | str, known: list[str]) -> Wrong:
    """Return what is wrong with one parameter; a plain text means that no parameter has that name."""
    if isinstance(reason, Reason):
        return Wrong(name, reason)
    known_names = ", ".join(known) or "-"
    near = tuple(get_close_matches(name[:80], known))
    return Wrong(name[:80], Reason.of("unknown_parameter", value=name, known=known_names), near)
