"""The command group: where the database is, and how errors are told."""

import os
from typing import Any

import click

from pricecompare import __version__
from pricecompare.cli.audit import audit
from pricecompare.cli.baskets import basket
from pricecompare.cli.citizens import reports
from pricecompare.cli.dumps import dump_command
from pricecompare.cli.exports import export
from pricecompare.cli.flag import flag
from pricecompare.cli.gaps import online_gaps
from pricecompare.cli.history import history
from pricecompare.cli.imports import import_command, init, rebuild_command
from pricecompare.cli.index_report import index
from pricecompare.cli.keys import key
from pricecompare.cli.layouts import layout
from pricecompare.cli.operations import COMMANDS as OPERATIONS
from pricecompare.cli.packs import equivalents, groups, specs
from pricecompare.cli.questions import flags, offers
from pricecompare.cli.rules import rule
from pricecompare.cli.ruling import end, found, run, use, uses
from pricecompare.cli.searching import search, suggest
from pricecompare.cli.server import demo, openapi, serve
from pricecompare.cli.statistics import statistics
from pricecompare.cli.uploads import guards, release, retract, uploads
from pricecompare.cli.users import user
from pricecompare.errors import PriceCompareError, Unusable
from pricecompare.services.opening import DEFAULT_DB
from pricecompare.world.__main__ import main as world

PREFIX = "PRICECOMPARE_"


class _Told(click.ClickException):
    """An error of ours, in both languages."""

    def __init__(self, error: PriceCompareError):
        field = f" [{error.field}]" if error.field else ""
        near = f"\nDid you mean: {'; '.join(error.suggestions)}" if error.suggestions else ""
        super().__init__(f"{error.reason.en}{field} ({error.code})\n{error.reason.zh}{near}")


PATIENCE_SECONDS = 3600


class _Group(click.Group):
    """Commands whose errors are sentences, never tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except PriceCompareError as error:
            raise _Told(error) from error
        except BrokenPipeError:
            # Whoever reads has enough: click ends without a word.
            raise
        except OSError as error:
            raise _Told(
                Unusable("file_unusable", value=str(error.filename or ""), reason=error.strerror or "")
            ) from error


@click.group(cls=_Group)
@click.option("--db", help=f"Database file or postgresql:// address. [env: PRICECOMPARE_DB; default: {DEFAULT_DB}]")
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context, db: str | None) -> None:
    """Compare what insured drugs cost at designated pharmacies (定点药店比价)."""
    settings = {name.removeprefix(PREFIX): value for name, value in os.environ.items() if name.startswith(PREFIX)}
    # Nobody waits for a page here: a second import takes its turn after the first, however long that is.
    ctx.obj = {"PATIENCE": PATIENCE_SECONDS} | settings | ({"DB": db} if db else {})


for command in (
    init,
    import_command,
    rebuild_command,
    search,
    offers,
    basket,
    history,
    flags,
    index,
    serve,
    demo,
    openapi,
):
    main.add_command(command)
for command in (suggest, equivalents, groups, specs, statistics, online_gaps):
    main.add_command(command)
for command in (use, end, uses, run, found):
    rule.add_command(command)
for command in (layout, rule, uploads, retract, release, guards):
    main.add_command(command)
for command in (audit, export, dump_command, flag, reports, key, user):
    main.add_command(command)
for command in OPERATIONS:
    main.add_command(command)
main.add_command(world, "world")
