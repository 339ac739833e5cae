"""What becomes of flags: taken up by a person, step by step, and followed by the program when prices change."""

from pricecompare.services.cases.batches import batch, undo
from pricecompare.services.cases.steps import Asked, step
from pricecompare.services.cases.telling import explained, listed, told

__all__ = ["Asked", "batch", "explained", "listed", "step", "told", "undo"]
