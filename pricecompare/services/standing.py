"""How prices stand: the statistics of one market, and one price against them."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import DOUBTFUL, FRESH, STALE, tiers, unpacked
from pricecompare.calc.money import yuan
from pricecompare.calc.stats import summary
from pricecompare.models import MarketKey, MarketRow
from pricecompare.services import standards, views
from pricecompare.services.desk import Desk
from pricecompare.services.past import market_as_of
from pricecompare.services.places import pooling_of, region_of
from pricecompare.services.search import known_drug


@dataclass(frozen=True, slots=True)
class Local:
    """The median of one pooling region, ready to be compared with."""

    region: str
    n: int
    median: str
    fen: float

    def standing(self, fen: int) -> dict[str, Any]:
        """Return how a price stands to the median.

        `ratio` is price ÷ median, `percent` how much dearer (above zero) or cheaper it is, one decimal.
        """
        ratio = fen / self.fen
        return {
            "region": self.region,
            "n": self.n,
            "median": self.median,
            "ratio": math.floor(ratio * 10_000 + 0.5) / 10_000,
            "percent": math.floor((ratio - 1) * 1000 + 0.5) / 10,
        }


def local(region_id: int, market: MarketRow | None) -> Local | None:
    """Return the median of a region's market; None when it has no price that counts."""
    if market is None or market.median is None:
        return None
    return Local(f"{region_id:06d}", market.n, yuan(market.median), market.median)


def current(desk: Desk, row: MarketRow) -> MarketRow:
    """Return a market with statistics as of today: prices that have become stale since it was written are out."""
    if row.ages_on is None or row.ages_on > desk.today().isoformat():
        return row
    sellers = unpacked(row.sellers, layout=row.layout)
    stale = is_stale(sellers["observed"], today=days.number_of(desk.today()), max_age=desk.max_age_days)
    tier = tiers(stale, sellers["mark"])
    now = summary(sellers["fen"][tier == FRESH])
    numbers: dict[str, Any] = {name: getattr(now, name) if now else None for name in views.STATISTICS}
    return row._replace(
        n=now.n if now else 0,
        stale=int((tier == STALE).sum()),
        doubtful=int((tier == DOUBTFUL).sum()),
        **numbers,
    )


def statistics(
    desk: Desk, code: str, *, region: str, kind: str = "listed", as_of: date | None = None
) -> dict[str, Any]:
    """Return what a drug costs in one pooling region, or cost at the end of the day `as_of`.

    n, mean, median, MAD, quartiles, lowest and highest.
    """
    with desk.store.reading():
        versions = desk.store.versions()
        drug = known_drug(desk, code, version=versions.drugs)
        atlas = desk.grounds.atlas(desk.store, versions.places)
        pooling = pooling_of(atlas, region_of(atlas, region))
        key = MarketKey(pooling, drug.id, kind)
        row = market_as_of(desk, key, as_of) if as_of else desk.seen.market(desk.store, key, versions.data)
        day = as_of or desk.today()
        (paid,) = standards.standards_of(desk, atlas, drug.id, [pooling], day, versions.standards)
    shown = views.statistics(current(desk, row)) if row else views.no_statistics()
    return {
        "drug": views.drug(drug),
        "region": views.place_name(atlas, pooling),
        "standard": standards.shown(atlas, paid),
        "kind": kind,
        "max_age_days": desk.max_age_days,
        **shown,
        "today": day.isoformat(),
        "data_version": versions.data,
    }
