"""The fields by which a page of the console narrows a list, made of what the API's list takes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import request
from marshmallow import Schema, missing
from marshmallow.fields import Field

from pricecompare.schemas.asked import OneOf, Whole, YesNo
from pricecompare.schemas.dated import Day
from pricecompare.schemas.lists import FILTERS
from pricecompare.web.receiving import read

YES_OR_NO = ("true", "false")
BESIDE = ("region", "cursor", "lang")
"""What an address says besides what narrows a list."""


class Box(NamedTuple):
    """One field of a form: its name, how it is filled in (choice, day, number or text), and what stands in it."""

    name: str
    sort: str
    value: str
    choices: Sequence[str] = ()
    usual: bool = False
    """Whether something holds when nothing is chosen."""


def boxes(name: str, given: Mapping[str, str]) -> list[Box]:
    """Return the fields that narrow a list, filled in as they were sent."""
    fields = FILTERS[name]().load_fields.items()
    return [_box(field.data_key or key, field, given) for key, field in fields]


def _box(name: str, field: Field[Any], given: Mapping[str, str]) -> Box:
    usual = field.load_default is not missing
    value = given.get(name) or (str(field.load_default) if usual else "")
    choices = YES_OR_NO if isinstance(field, YesNo) else _choices(field)
    return Box(name, "choice" if choices else _sort(field), value, choices, usual)


def _sort(field: Field[Any]) -> str:
    return "day" if isinstance(field, Day) else "number" if isinstance(field, Whole) else "text"


def _choices(field: Field[Any]) -> Sequence[str]:
    return next((tuple(one.choices) for one in field.validators if isinstance(one, OneOf)), ())


def given() -> dict[str, str]:
    """Return what the address of a page narrows its list by, as it was written; a field left empty is not among it."""
    return {name: value for name, value in request.args.items() if value and name not in BESIDE}


def asked(name: str, written: Mapping[str, str]) -> dict[str, Any]:
    """Return what narrows a list as services take it; BadQuestion for what the list does not take."""
    return read(FILTERS[name](), written.items())


def filled(schema: type[Schema], said: Mapping[str, str], **more: str) -> dict[str, Any]:
    """Return what a form of the console says, read as the API reads the same; its token and empty fields are left."""
    sent = {name: value for name, value in said.items() if value and name not in ("token", "revision")}
    return read(schema(), (sent | more).items())
