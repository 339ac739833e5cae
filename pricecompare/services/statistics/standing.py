"""How prices stand: the statistics of one market, and one price against them."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from pricecompare.calc import days
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.market import DOUBTFUL, FRESH, STALE, tiers, unpacked
from pricecompare.calc.money import yuan
from pricecompare.calc.stats import summary
from pricecompare.models import Drug, MarketKey, MarketRow, Standard, Versions
from pricecompare.services.answers import sayings, views
from pricecompare.services.answers.basis import Basis, basis, provinces
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas, Ground
from pricecompare.services.grounds.places import pooling_of, region_of
from pricecompare.services.offers import standards
from pricecompare.services.searching.search import known_drug
from pricecompare.services.statistics import people, trend
from pricecompare.services.statistics.past import market_as_of
from pricecompare.services.statistics.trends import Point


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
    desk: Desk,
    code: str,
    *,
    region: str,
    kind: str = "listed",
    as_of: date | None = None,
    months: int = trend.USUAL_MONTHS,
    by_district: bool = False,
) -> dict[str, Any]:
    """Return what a drug costs in one pooling region, or cost at the end of the day `as_of`.

    n, mean, median, MAD, quartiles, lowest and highest, prices in bins, how many pharmacies sell it, the median's way
    over so many `months` (0 leaves it out), a sentence, and the same `by_district` where enough prices count.
    """
    day = as_of or desk.today()
    with desk.store.reading():
        found = _found(desk, code, region, kind, as_of, day, months)
        moved = trend.points(desk, found.key, day, months, found.versions.data)
    shown = _shown(desk, found.row)
    return {
        **_heading(found),
        **_in_words(desk, found, shown, moved),
        **_among(desk, found, shown, day, by_district=by_district),
        "kind": kind,
        "max_age_days": desk.max_age_days,
        **shown,
        "today": day.isoformat(),
        "data_version": found.rests_on.version,
    }


def _shown(desk: Desk, row: MarketRow | None) -> dict[str, Any]:
    return views.statistics(current(desk, row)) if row else views.no_statistics()


def rests_upon(desk: Desk, versions: Versions, pooling: int, *, past: bool, months: int) -> Basis:
    """Return what statistics rest on: what was, and so a trend, is judged by the whole province."""
    return basis(desk, versions, provinces(desk, versions, [pooling]) if past or months else [pooling])


class _Found(NamedTuple):
    """All that the statistics of one market are made of."""

    versions: Versions
    drug: Drug
    atlas: Atlas
    key: MarketKey
    row: MarketRow | None
    paid: Standard | None
    ground: Ground | None
    rests_on: Basis


def _found(desk: Desk, code: str, region: str, kind: str, as_of: date | None, day: date, months: int) -> _Found:
    """Return what is known of a market on a day; ask inside `reading`."""
    versions = desk.store.versions()
    drug = known_drug(desk, code, version=versions.drugs)
    atlas = desk.grounds.atlas(desk.store, versions.places)
    pooling = pooling_of(atlas, region_of(atlas, region))
    key = MarketKey(pooling, drug.id, kind)
    row = market_as_of(desk, key, as_of) if as_of else desk.seen.market(desk.store, key, versions.data)
    (paid,) = standards.standards_of(desk, atlas, [key], day, versions.standards)
    rests_on = rests_upon(desk, versions, pooling, past=as_of is not None, months=months)
    return _Found(versions, drug, atlas, key, row, paid, people.ground_of(desk, atlas, pooling), rests_on)


def _heading(found: _Found) -> dict[str, Any]:
    """Return what statistics are about."""
    return {
        "drug": views.drug(found.drug),
        "region": views.place_name(found.atlas, found.key.region_id),
        "standard": standards.shown(found.atlas, found.paid),
    }


def _in_words(desk: Desk, found: _Found, shown: dict[str, Any], moved: list[Point]) -> dict[str, Any]:
    """Return how the median moved, and what the statistics say in a sentence."""
    few, place = desk.settings.few_sellers, views.place_name(found.atlas, found.key.region_id)
    change = trend.change(moved, few=few)
    text = people.usual(place["name"], shown, few=few, months=len(moved) - 1, change=change)
    return {**sayings.told(text), "few_sellers": few, "trend": trend.shown(moved, change)}


def _among(desk: Desk, found: _Found, shown: dict[str, Any], day: date, *, by_district: bool) -> dict[str, Any]:
    """Return who sells the drug, and how the prices that count lie in bins and districts."""
    these = people.sound(desk, found.row, day)
    return {
        **people.share(shown["n"] + shown["doubtful"], found.ground),
        "histogram": people.bins(these["fen"]),
        "districts": people.districts(desk, found.atlas, found.ground, these) if by_district else None,
    }
