"""The whole console: its blueprint, once every module has put its pages there."""

from pricecompare.web import console_appeals, console_batches, console_cases, console_own, console_uploads
from pricecompare.web.console import console

__all__ = ["console", "console_appeals", "console_batches", "console_cases", "console_own", "console_uploads"]
