"""Online against counter: where one pharmacy asks two prices for one drug on one day, worst first."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from pricecompare.calc import days
from pricecompare.calc import gaps as rule
from pricecompare.calc.appraisal import is_stale
from pricecompare.calc.gaps import GAP, Gaps, Limits
from pricecompare.calc.market import Sellers, unpacked
from pricecompare.calc.money import yuan
from pricecompare.calc.stats import percent
from pricecompare.errors import Invalid
from pricecompare.models import Drug, MarketKey
from pricecompare.services.answers import views
from pricecompare.services.answers.basis import basis
from pricecompare.services.answers.cursors import after, cursor
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.atlas import Atlas, Ground
from pricecompare.services.grounds.places import district_of, pooling_of, region_of
from pricecompare.services.searching.search import known_drug, page_size
from pricecompare.services.statistics.past import confirmed, end_of, sellers_as_of
from pricecompare.services.statistics.people import ground_of

COLUMNS = (
    "pharmacy_code", "pharmacy_name", "district", "drug_code", "drug_name", "form", "spec", "maker", "counter",
    "online", "difference", "percent", "counter_observed_at", "online_observed_at",
)  # fmt: skip
"""Columns of the export, in order; prices in yuan."""

COUNTER, ONLINE = "listed", "online"


class _Found(NamedTuple):
    """All gaps of a question, worst first, and what is needed to show them."""

    atlas: Atlas
    ground: Ground | None
    drugs: dict[int, Drug]
    these: Gaps
    version: int


def gaps(
    desk: Desk, region: str, *, limit: int | None = None, cursor_given: str | None = None, **question: Any
) -> dict[str, Any]:
    """Return where counter and online prices lie apart in a pooling region or one of its districts, worst first.

    `question` may give the least difference, `min_percent` of the counter price and `min_yuan`, both to be reached;
    the `day` at whose end both prices held and were not old; and one `drug`. Held prices are not compared. Raises
    NotFound for a region or drug nobody knows, Invalid for limits or a day that make no sense.
    """
    day, limits, size = _day(desk, question.get("day")), _limits(desk, **question), page_size(desk, limit)
    found = _found(desk, region, day, limits, question.get("drug"))
    signed = f"gaps {region} {day} {limits} {question.get('drug')}"
    last = after(desk, signed, cursor_given)
    rest = found.these if last is None else rule.after(found.these, last)
    return {
        "region": views.place_name(found.atlas, int(region)),
        "day": day.isoformat(),
        "min_percent": yuan(limits.percent),
        "min_yuan": yuan(limits.fen),
        "total": len(found.these),
        "items": [_shown(found, one) for one in rest[:size]],
        "next": cursor(desk, signed, rule.rank(rest[size - 1])) if len(rest) > size else None,
        "data_version": found.version,
    }


def gap_table(desk: Desk, region: str, **question: Any) -> Iterator[tuple]:
    """Return the rows of the export, columns as in COLUMNS, worst first; `question` as `gaps` takes it."""
    day, limits = _day(desk, question.get("day")), _limits(desk, **question)
    found = _found(desk, region, day, limits, question.get("drug"))
    return (_cells(_shown(found, one)) for one in found.these)


def _day(desk: Desk, asked: date | None) -> date:
    if asked is not None and asked > desk.today():
        raise Invalid("date_in_future", field="day", value=asked.isoformat())
    return asked or desk.today()


def _limits(desk: Desk, *, min_percent: str | None = None, min_yuan: str | None = None, **_: Any) -> Limits:
    """Return the limits that are asked for, or those that are set."""
    usual = desk.settings.online_gap_percent, desk.settings.online_gap_yuan
    given = (min_percent if min_percent is not None else usual[0], min_yuan if min_yuan is not None else usual[1])
    return Limits(*map(rule.hundredths, given))


def _found(desk: Desk, region: str, day: date, limits: Limits, drug: str | None) -> _Found:
    """Return the gaps of a region as of a day."""
    with desk.store.reading():
        versions = desk.store.versions()
        atlas = desk.grounds.atlas(desk.store, versions.places)
        place = region_of(atlas, region)
        pooling, district = pooling_of(atlas, place), district_of(place)
        ids = None if drug is None else [known_drug(desk, drug, version=versions.drugs, field="drug").id]
        asked = (versions.data, pooling, day, limits, ids)
        these = desk.apart.gaps(asked, lambda: _made(desk, pooling, day, limits, ids))
        ground = ground_of(desk, atlas, pooling)
        drugs, version = desk.words.of(desk.store, versions.drugs)[1], basis(desk, versions, [pooling]).version
    if district is not None and ground is not None:
        these = these[ground.districts[ground.positions(these["pharmacy"])] == district]
    return _Found(atlas, ground, drugs, these, version)


def _made(desk: Desk, pooling: int, day: date, limits: Limits, ids: list[int] | None) -> Gaps:
    """Return all gaps of a pooling region, worst first."""
    pairs = _today(desk, pooling, ids) if day == desk.today() else _past(desk, pooling, day, ids)
    today = days.number_of(day)

    def fresh(these: Sellers) -> Sellers:
        return these[~is_stale(these["observed"], today=today, max_age=desk.max_age_days)]

    pieces = [rule.gaps(drug, fresh(counter), fresh(online), limits) for drug, counter, online in pairs]
    return rule.worst_first(np.concatenate([np.zeros(0, GAP), *pieces]))


def _today(desk: Desk, pooling: int, ids: list[int] | None) -> Iterator[tuple[int, Sellers, Sellers]]:
    """Yield each drug that is sold online, and who sells it at the counter and online now."""
    version = desk.store.versions().data
    if ids is None:
        ids = [key.drug_id for key in desk.store.market_keys(pooling) if key.kind == ONLINE]
    for drug in ids:
        rows = [desk.seen.market(desk.store, MarketKey(pooling, drug, kind), version) for kind in (COUNTER, ONLINE)]
        counter, online = (unpacked(row.sellers, layout=row.layout) if row else unpacked(b"") for row in rows)
        yield drug, counter, online


def _past(desk: Desk, pooling: int, day: date, ids: list[int] | None) -> Iterator[tuple[int, Sellers, Sellers]]:
    """Yield each drug that was ever sold online, and who sold it at the counter and online at the end of a day."""
    end = end_of(desk, day)
    lists = [confirmed(desk, pooling, kind) for kind in (COUNTER, ONLINE)]
    for drug in desk.store.drugs_told_of(pooling, ONLINE) if ids is None else ids:
        keys = (MarketKey(pooling, drug, kind) for kind in (COUNTER, ONLINE))
        counter, online = (sellers_as_of(desk, key, end, these) for key, these in zip(keys, lists, strict=True))
        yield drug, counter, online


def _shown(found: _Found, this: np.void) -> dict[str, Any]:
    """Return a gap as it is shown."""
    assert found.ground is not None
    pharmacy = found.ground.pharmacies[int(found.ground.positions(this["pharmacy"]))]
    drug, counter, online = found.drugs[int(this["drug"])], int(this["counter"]), int(this["online"])
    district = views.place_name(found.atlas, pharmacy.district_id)
    return {
        "pharmacy": {"code": pharmacy.code, "id": pharmacy.id, "name": pharmacy.name, "district": district},
        "drug": {name: getattr(drug, name) for name in ("code", "id", "name", "form", "spec", "maker")},
        "counter": {"price": yuan(counter), "fen": counter, "observed_at": days.iso(int(this["counter_seen"]))},
        "online": {"price": yuan(online), "fen": online, "observed_at": days.iso(int(this["online_seen"]))},
        **difference(counter, online),
    }


def difference(counter: int, online: int) -> dict[str, Any]:
    """Return how much dearer the online price is than the counter price, both in fen."""
    more = online - counter
    return {"difference": yuan(more), "difference_fen": more, "percent": percent(online, counter)}


def _cells(shown: dict[str, Any]) -> tuple:
    pharmacy, drug = shown["pharmacy"], shown["drug"]
    return (
        *(pharmacy["code"], pharmacy["name"], pharmacy["district"]["name"]),
        *(drug[name] for name in ("code", "name", "form", "spec", "maker")),
        *(shown[name]["price"] for name in ("counter", "online")),
        *(shown["difference"], shown["percent"]),
        *(shown[name]["observed_at"] for name in ("counter", "online")),
    )
