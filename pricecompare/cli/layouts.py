"""Commands about layouts: list, show, add, remove, detect."""

from pathlib import Path
from typing import Any

import click

from pricecompare.cli.hands import BY, WHY, hand
from pricecompare.cli.tables import as_json, said, table, wants_json
from pricecompare.services.opening import opened
from pricecompare.services.uploads import layouts as kept
from pricecompare.services.uploads.detecting import Proposal, detect
from pricecompare.services.uploads.layouts import Kept

FITS = 0.5
"""A layout below lacks a column that its rows cannot do without."""


@click.group("layout")
def layout() -> None:
    """Say how senders write their tables: separators, headers, dates, filters."""


@layout.command("list")
@wants_json
@click.pass_obj
def listed(settings: dict[str, Any], json: bool) -> None:
    """Show every layout and version; without a version the first of a name is meant."""
    found = kept.layouts(opened(settings))
    if json:
        return as_json(list(map(_plain, found)))
    rows = [[one.layout.name, one.layout.version, one.layout.what, _origin(one), _title(one)] for one in found]
    table(("name", "version", "rows", "origin", "title"), rows, numbers=["version"])


def _origin(one: Kept) -> str:
    return "shipped" if one.made_at is None else "stored"


def _title(one: Kept) -> str:
    return f"{one.layout.title_zh} {one.layout.title_en}"


def _plain(one: Kept) -> dict[str, Any]:
    names = ("name", "version", "what", "title_zh", "title_en")
    return {name: getattr(one.layout, name) for name in names} | {"origin": _origin(one), "made_at": one.made_at}


@layout.command("show")
@click.argument("name")
@wants_json
@click.pass_obj
def show(settings: dict[str, Any], name: str, json: bool) -> None:
    """Print the text of layout NAME (or NAME@VERSION): copy it to make your own."""
    found = kept.layout_named(opened(settings), name)
    if json:
        return as_json({"name": found.name, "version": found.version, "text": found.text})
    said(found.text.rstrip())


@layout.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@BY
@WHY
@wants_json
@click.pass_obj
def add(settings: dict[str, Any], file: Path, json: bool, **said_by: str) -> None:
    """Keep the layout in FILE (TOML); what it was before stays there under its version."""
    found = kept.add(opened(settings), kept.text_of(file.read_bytes()), by=hand(**said_by))
    if json:
        return as_json({"name": found.name, "version": found.version, "what": found.what})
    said(f"Kept {found.label}, a layout of {found.what}.")


@layout.command("remove")
@click.argument("name")
@BY
@WHY
@wants_json
@click.pass_obj
def remove(settings: dict[str, Any], name: str, json: bool, **said_by: str) -> None:
    """Take the stored layout NAME (or NAME@VERSION) away."""
    found = kept.remove(opened(settings), name, by=hand(**said_by))
    if json:
        return as_json({"name": found.name, "version": found.version})
    said(f"Removed {found.label}.")


@layout.command("detect")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", help="Encoding of a text file, where it cannot be told.")
@wants_json
@click.pass_obj
def detected(settings: dict[str, Any], file: Path, encoding: str | None, json: bool) -> None:
    """Say in which layout FILE seems to be written, best first, and how sure that is (1 is certain)."""
    found = [one for one in detect(opened(settings), file, encoding=encoding) if one.score]
    if json:
        return as_json(list(map(_proposed, found)))
    rows = [[f"{one.score:.2f}", one.layout.label, one.layout.what, len(one.matched), one.why.en] for one in found[:5]]
    table(("sure", "layout", "rows", "columns", "why"), rows, numbers=["sure", "columns"])
    if not found or found[0].score < FITS:
        said("No layout fits; `pricecompare layout show prices` is one to begin with.")
    elif found[0].extra:
        said(f"Passed over by the first: {', '.join(found[0].extra)}")


def _proposed(one: Proposal) -> dict[str, Any]:
    names = ("score", "matched", "missing", "extra", "why")
    return {"layout": one.layout.label, "what": one.layout.what} | {name: getattr(one, name) for name in names}
