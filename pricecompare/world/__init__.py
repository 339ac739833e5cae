"""An invented province: made-up regions, makers, pharmacies, prices and sales of drugs that really exist, from a seed.

For fixtures, demonstrations and measurements. Nothing in it describes a real pharmacy, maker or price.
"""

from pricecompare.world.province import FIXTURE, World, world
from pricecompare.world.tables import write

__all__ = ["FIXTURE", "World", "world", "write"]
