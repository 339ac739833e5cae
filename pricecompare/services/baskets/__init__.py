"""The best way to buy several drugs."""
