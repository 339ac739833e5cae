"""What an operator asks of the store."""

from pricecompare.store.measures import Measures
from pricecompare.store.pruning import Pruning


class Upkeep(Measures, Pruning):
    """What is watched, and what is kept for a time only."""
