"""The same services as the API, as commands: `pricecompare --help`."""

from pricecompare.cli.main import main

__all__ = ["main"]
