"""``python -m pricecompare.cli`` is the command where no script is installed."""

from pricecompare.cli import main

main()
