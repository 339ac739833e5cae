"""What every service works with: the store, the clock, the settings of answers and what is held in memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pricecompare.calc import days
from pricecompare.calc.cases import DAYS
from pricecompare.calc.money import fen
from pricecompare.services.answers.editions import Editions
from pricecompare.services.bounds import Bounds
from pricecompare.services.grounds.atlas import Grounds
from pricecompare.services.grounds.doorways import Calendars
from pricecompare.services.grounds.registers import Registers
from pricecompare.services.indexing.held import Panels
from pricecompare.services.markets.sightings import Seen
from pricecompare.services.offers.families import Families
from pricecompare.services.offers.offered import Offered
from pricecompare.services.offers.published import Published
from pricecompare.services.offers.shelf import Shelf
from pricecompare.services.searching.crowds import Crowds
from pricecompare.services.searching.presence import Presence
from pricecompare.services.searching.winners import Winners
from pricecompare.services.searching.words import Words
from pricecompare.services.statistics.apart import Apart
from pricecompare.services.statistics.trends import Trends
from pricecompare.store import Store

SPOOL = "var/spool"


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits and defaults of answers; each can be set as ``PRICECOMPARE_<NAME>``."""

    radius_km: float = 5.0
    max_radius_km: float = 200.0
    page: int = 20
    max_page: int = 200
    cost_per_km: str = "1.00"
    """Yuan that a kilometre of way is worth in ``sort=value``."""
    max_upload_mb: int = field(default=512, repr=False)
    """Megabytes of the largest file that is taken over HTTP."""
    upload_wait_mb: float = field(default=8.0, repr=False)
    """A larger file than this waits, and is taken while its sender asks again."""
    online_gap_percent: str = "10"
    """By how many per cent of the counter price an online price differs when it is listed: our choice."""
    online_gap_yuan: str = "1.00"
    """And by how many yuan at least: a few fen accuse nobody."""
    few_sellers: int = 5
    """Where fewer pharmacies sell a drug no usual price is told, of a district none at all: our choice."""
    upload_key: str = field(default="", repr=False)
    """What senders of files must know; nothing is taken over HTTP without it."""
    step_days: Mapping[str, int] = field(default_factory=lambda: DAYS, repr=False)
    """Within how many days the next step of a case is due, by state."""
    regulator_key: str = field(default="", repr=False)
    """What regulators must know; they are shown nothing over HTTP without it."""
    attachment_mb: float = field(default=5.0, repr=False)
    """Megabytes of the largest file that is put to a case."""
    reports_per_hour: int = field(default=20, repr=False)
    """Reports that are taken from one address at once; as many again within an hour."""
    reports_per_day: int = field(default=200, repr=False)
    """Reports that are taken about one pharmacy on a day."""
    notice_from: str = field(default="", repr=False)
    """Who sends notices to pharmacies, as it stands on them."""
    notice_contact: str = field(default="", repr=False)
    """How a pharmacy answers a notice, after "with the answer code": an address, a telephone."""
    fonts: str = field(default="", repr=False)
    """The folder with the fonts of notices; those of the system unless set."""
    console_plain_http: bool = field(default=False, repr=False)
    """Whether a browser on this computer may use the console without TLS: to try it out."""
    spool: str = field(default=SPOOL, repr=False)
    """The folder for files that come over HTTP, until they are taken."""
    bounds: Bounds = field(default_factory=Bounds, repr=False)
    """What a server that faces the internet lets people do."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A place to work at: made once by the web application or the command line, given to every service."""

    store: Store
    clock: Callable[[], datetime]
    settings: Settings = Settings()
    grounds: Grounds = field(default_factory=Grounds, repr=False)
    words: Words = field(default_factory=Words, repr=False)
    presence: Presence = field(default_factory=Presence, repr=False)
    crowds: Crowds = field(default_factory=Crowds, repr=False)
    registers: Registers = field(default_factory=Registers, repr=False)
    families: Families = field(default_factory=Families, repr=False)
    offered: Offered = field(default_factory=Offered, repr=False)
    shelf: Shelf = field(default_factory=Shelf, repr=False)
    seen: Seen = field(default_factory=Seen, repr=False)
    editions: Editions = field(default_factory=Editions, repr=False)
    calendars: Calendars = field(default_factory=Calendars, repr=False)
    trends: Trends = field(default_factory=Trends, repr=False)
    apart: Apart = field(default_factory=Apart, repr=False)
    published: Published = field(default_factory=Published, repr=False)
    winners: Winners = field(default_factory=Winners, repr=False)
    panels: Panels = field(default_factory=Panels, repr=False)

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
