"""The command group: where the database is, and how errors are told."""

import os
from typing import Any

import click

from pricecompare import __version__
from pricecompare.cli.later import COMMANDS, SECTIONS
from pricecompare.errors import PriceCompareError, Unusable
from pricecompare.services.defaults import DEFAULT_DB

PREFIX = "PRICECOMPARE_"


class _Told(click.ClickException):
    """An error of ours, in both languages."""

    def __init__(self, error: PriceCompareError):
        field = f" [{error.field}]" if error.field else ""
        near = f"\nDid you mean: {'; '.join(error.suggestions)}" if error.suggestions else ""
        super().__init__(f"{error.reason.en}{field} ({error.code})\n{error.reason.zh}{near}")


PATIENCE_SECONDS = 3600

WHOLE = 300
"""Letters that no first sentence has."""


class _Group(click.Group):
    """Commands whose errors are sentences, never tracebacks, and whose help says what each is for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write all commands by what people want of them, each with its whole first sentence."""
        for section, names in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name, COMMANDS[name].get_short_help_str(WHOLE)) for name in names])

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


@click.group(cls=_Group, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--db", help=f"Database file or postgresql:// address. [env: PRICECOMPARE_DB; default: {DEFAULT_DB}]")
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context, db: str | None) -> None:
    """Compare what insured drugs cost at designated pharmacies (定点药店比价)."""
    settings = {name.removeprefix(PREFIX): value for name, value in os.environ.items() if name.startswith(PREFIX)}
    # Nobody waits for a page here: a second import takes its turn after the first, however long that is.
    ctx.obj = {"PATIENCE": PATIENCE_SECONDS} | settings | ({"DB": db} if db else {})
