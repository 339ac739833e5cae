"""Pharmacy price comparison: nearest and cheapest, abnormal prices, price-volume index (定点药店比价)."""

__version__ = "0.1.0"
