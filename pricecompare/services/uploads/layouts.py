"""The layouts there are, shipped and stored, and which of them a file seems to be written in."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from pricecompare.errors import Conflict, Invalid, NotFound
from pricecompare.models.audit import NOBODY, Hand
from pricecompare.schemas.layouts import Layout, layout
from pricecompare.services import audit
from pricecompare.services.desk import Desk

LABEL = re.compile(r"(?P<name>[^@]*)(?:@(?P<version>[0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Kept:
    """A layout and when it was stored, in epoch seconds; None for one that comes with the program."""

    layout: Layout
    made_at: int | None


@cache
def shipped() -> tuple[Layout, ...]:
    """Return the layouts that come with the program, by name."""
    texts = (one for one in files("pricecompare").joinpath("layouts").iterdir() if one.name.endswith(".toml"))
    return tuple(sorted((layout(one.read_text("utf-8")) for one in texts), key=lambda one: one.name))


def layouts(desk: Desk) -> list[Kept]:
    """Return every version of every layout, by name, the newest of a name first, stored before shipped."""
    stored = [Kept(layout(text), made_at) for _, _, text, made_at in desk.store.layouts()]
    kept = stored + [Kept(one, None) for one in shipped()]
    return sorted(kept, key=lambda one: (one.layout.name, one.made_at is None, -one.layout.version))


def layout_named(desk: Desk, label: str) -> Layout:
    """Return the layout ``name`` in its newest version, or ``name@version``; one that was stored wins over a shipped.

    Raises NotFound with similar names.
    """
    return _kept(layouts(desk), label).layout


def _kept(known: Iterable[Kept], label: str) -> Kept:
    known = list(known)
    match = LABEL.fullmatch(label.strip())
    name, version = (match["name"], match["version"]) if match else (label, None)
    for one in known:
        if one.layout.name == name and version in (None, str(one.layout.version)):
            return one
    near = get_close_matches(name, dict.fromkeys(one.layout.name for one in known), 3, 0.5)
    raise NotFound("unknown_layout", field="layout", value=label, suggestions=tuple(near))


def text_of(content: bytes) -> str:
    """Return the text of a layout's file, which is UTF-8 with or without a byte order mark."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Invalid("layout_no_toml", reason=str(error)) from error


def add(desk: Desk, text: str, *, by: Hand = NOBODY) -> Layout:
    """Store the layout that a TOML text says, and return it; the same text again changes nothing.

    Raises Invalid ``bad_layout``; Conflict when the version exists with another text, or is older than the newest.
    """
    found = layout(text)
    with desk.store.writing():
        same = [one.layout for one in layouts(desk) if one.layout.name == found.name]
        versions = {one.version: one.text for one in same}
        if versions.get(found.version) == text:
            return found
        if found.version in versions:
            raise Conflict("layout_exists", field="version", value=found.label)
        if versions and found.version < max(versions):
            raise Conflict("layout_version_old", field="version", value=found.label, newest=max(versions))
        desk.store.put_layout(found.name, found.version, text, desk.now())
        was = {"version": max(versions)} if versions else None
        audit.note(desk, "layout_put", f"layout {found.label}", by=by, before=was, after=_fingerprint(found))
    return found


def remove(desk: Desk, label: str, *, by: Hand = NOBODY) -> Layout:
    """Take a stored layout away, and return it: ``name@version``, or the newest of a name.

    Raises NotFound, and Conflict for a layout that comes with the program.
    """
    with desk.store.writing():
        found = _kept(layouts(desk), label)
        if found.made_at is None:
            raise Conflict("layout_shipped", field="layout", value=found.layout.label)
        desk.store.delete_layout(found.layout.name, found.layout.version)
        about = f"layout {found.layout.label}"
        audit.note(
            desk, "layout_removed", about, by=by, before=_fingerprint(found.layout) | {"text": found.layout.text}
        )
    return found.layout


def _fingerprint(this: Layout) -> dict[str, Any]:
    """Return what tells one text of a layout from another."""
    return {"version": this.version, "what": this.what, "sha256": hashlib.sha256(this.text.encode()).hexdigest()}
