"""A town of seven pharmacies with sales, each dearer than the one before, and what was sold there."""

from pathlib import Path

from pricecompare.models.audit import Hand
from pricecompare.services.indexing import settings
from pricecompare.store import Store
from tests.made import CODES
from tests.town import SHOPS, Town

__all__ = ["CITY", "MONTH", "SHOPS", "WANG", "sales", "sold"]
CITY, MONTH = "990100", "2026-09"
WANG = Hand("王", "cli:wang")
HEADER = "pharmacy_code,drug_code,month,quantity,amount\n"


def sales(*, factor: int = 1, dear: int | None = None, month: str = MONTH, shops: int = 7) -> str:
    """Return sales of the first shops: 3, 4, 5 … packs of each drug; shop `dear` asks half as much again."""
    rows = [
        (shop, code, factor * (3 + at), round((10 + at / 5 + place) * (1.5 if at == dear else 1), 2))
        for at, shop in enumerate(SHOPS[:shops])
        for place, code in enumerate(CODES)
    ]
    return HEADER + "".join(f"{shop},{code},{month},{packs},{packs * price:.2f}\n" for shop, code, packs, price in rows)


def sold(store: Store, folder: Path, *, factor: int = 1) -> Town:
    """Return the town, all of it selling so many times as much; four drugs are enough there for an index to be told."""
    town = Town(store, folder)
    town.take_all(until="prices")
    assert town.take("sales", sales(factor=factor)).errors == []
    for name, value in (("indicative_drugs", 2), ("published_drugs", 3), ("published_reliability", 0)):
        settings.set_limit(town.desk, None, 0, name, value, by=WANG)
    return town
