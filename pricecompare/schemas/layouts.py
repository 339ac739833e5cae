"""Layouts read from TOML, with all that is wrong with one told at once."""

import tomllib
from dataclasses import replace
from typing import Any

from pricecompare.errors import Invalid
from pricecompare.schemas.layout import EXCEL, PLAIN, Filter, Layout
from pricecompare.schemas.layout_keys import FREE, PARTS, Reading

__all__ = ["EXCEL", "PLAIN", "Filter", "Layout", "layout"]

LONGEST = 200_000
NEEDED = ("name", "version", "what", "title")


def layout(text: str) -> Layout:
    """Return the layout that a TOML text says.

    Raises Invalid ``bad_layout`` that names every key that is unknown, missing or wrong, and what is allowed there.
    """
    if len(text) > LONGEST:
        raise Invalid("layout_too_long", limit=LONGEST)
    try:
        written = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid("layout_no_toml", reason=str(error)) from error
    reading = Reading(written)
    found = _layout(reading, text)
    told = reading.mistakes.told
    if told:
        english, chinese = ("; ".join(one).rstrip() for one in zip(*((r.en, r.zh) for _, r in told), strict=True))
        near = tuple(dict.fromkeys(reading.mistakes.near))
        raise Invalid("bad_layout", field=told[0][0], suggestions=near, mistakes=english, mistakes_zh=chinese)
    return found


def _layout(reading: Reading, text: str) -> Layout:
    """Return the layout; what could not be read is left out, and noted."""
    reading.mistakes.unknown("", reading.written, PARTS)
    for name in NEEDED:
        if name not in reading.written:
            reading.mistakes.note(name, "layout_missing_key")
    parts: dict[str, Any] = {"text": text, "what": reading.what}
    for name, part in PARTS.items():
        if part and name in reading.written and (reading.what or name in FREE):
            parts |= part(reading, name, reading.written[name])
    found = replace(PLAIN, **parts)
    _agree(reading, found)
    return found


def _agree(reading: Reading, found: Layout) -> None:
    """Note what is right by itself but does not go together."""
    for column in found.needed:
        if found.drops(column):
            reading.mistakes.note("drop", "layout_dropped_column", value=column)
    ways = (found.fixed, found.compose, found.multiply)
    for name in dict.fromkeys(name for way in ways for name in way):
        if sum(name in way for way in (*ways, found.headers)) > 1:
            reading.mistakes.note(name, "layout_given_twice")
    if found.surplus and not found.separator:
        reading.mistakes.note("surplus", "layout_surplus_alone")
