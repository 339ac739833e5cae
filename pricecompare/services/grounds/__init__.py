"""Regions and pharmacies: where they are, whose doors are open, and the registers behind them."""
