"""What every service works with: the store, the clock, the settings of answers and what is held in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pricecompare.calc import days
from pricecompare.calc.money import fen
from pricecompare.services.atlas import Grounds
from pricecompare.services.shelf import Shelf
from pricecompare.services.words import Words
from pricecompare.store import Store


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and defaults of answers; each can be set as ``PRICECOMPARE_<NAME>``."""

    radius_km: float = 5.0
    max_radius_km: float = 200.0
    page: int = 20
    max_page: int = 200
    cost_per_km: str = "1.00"
    """Yuan that a kilometre of way is worth in ``sort=value``."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A place to work at: made once by the web application or the command line, given to every service."""

    store: Store
    clock: Callable[[], datetime]
    settings: Settings = Settings()
    grounds: Grounds = field(default_factory=Grounds, repr=False)
    words: Words = field(default_factory=Words, repr=False)
    shelf: Shelf = field(default_factory=Shelf, repr=False)

    cursor_key: str = field(init=False)
    max_age_days: int = field(init=False)
    fen_per_km: int = field(init=False)

    def __post_init__(self) -> None:
        """Read the settings that live in the database, because stored numbers depend on them."""
        meta = self.store.meta()
        object.__setattr__(self, "cursor_key", meta["cursor_key"])
        object.__setattr__(self, "max_age_days", int(meta["max_age_days"]))
        object.__setattr__(self, "fen_per_km", fen(self.settings.cost_per_km))

    def now(self) -> int:
        """Return the second it is, UTC."""
        return int(self.clock().timestamp())

    def today(self) -> date:
        """Return the day it is in China."""
        return days.date_of(self.now())


def wall_clock() -> datetime:
    """Return the time it really is."""
    return datetime.now(UTC)
