"""How commands answer: tables for people, JSON for programs."""

from collections.abc import Callable, Iterable
from typing import Any

import click
import orjson
from rich import box
from rich.console import Console
from rich.table import Table

WIDTH = 160
"""Columns of a table that is not printed on a terminal."""

wants_json: Callable = click.option("--json", is_flag=True, help="Answer as JSON.")


def errors_shown() -> Console:
    """Return the console for what is not part of an answer."""
    return Console(stderr=True)


def said(text: str) -> None:
    """Print one line."""
    click.echo(text)


def as_json(answer: Any) -> None:
    """Print an answer as JSON, Chinese as text."""
    click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())


def _written(cell: Any) -> str:
    if cell is None or isinstance(cell, bool):
        return {None: "", True: "yes", False: "no"}[cell]
    return str(cell)


def table(columns: Iterable[str], rows: Iterable[Iterable[Any]], *, numbers: Iterable[str] = ()) -> None:
    """Print rows under named columns; those in `numbers` stand right."""
    right = set(numbers)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        shown.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*map(_written, row))
    terminal = Console()
    console = Console(width=terminal.width if terminal.is_terminal else WIDTH, highlight=False)
    with console.capture() as printed:
        console.print(shown)
    lines = [line.rstrip() for line in printed.get().splitlines()]
    click.echo("\n".join(line for line in lines if line))
