"""What an answer rests on: the data versions that last changed its parts, and the time for which it holds."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pricecompare.calc import days
from pricecompare.calc.hours import DAY
from pricecompare.models import Versions
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.doorways import Moment
from pricecompare.services.markets.books import province_of


class Basis(NamedTuple):
    """What tells one edition of an answer from another.

    `parts` names all it is made of with their versions, `version` is the newest of these. Time alone has changed
    nothing in it since the second `since` (None: ever), and will not before the second `until`.
    """

    parts: tuple[object, ...]
    version: int
    since: int | None
    until: int


def basis(
    desk: Desk,
    versions: Versions,
    regions: Iterable[int] = (),
    *,
    drugs: bool = True,
    moments: Sequence[Moment | None] = (),
    daily: bool = True,
) -> Basis:
    """Return what an answer rests on that is made of `regions`, perhaps of the catalogue of `drugs`, and of doors.

    A `daily` answer says how old things are. Use inside `reading`.
    """
    known = desk.editions.regions(desk.store, versions.data)
    parts = tuple([(region, *known.get(region, (0, 0))) for region in regions])
    doors = tuple([(moment.since, moment.until) for moment in moments if moment is not None])
    sold = (versions.drugs, versions.standards) if drugs else (0, 0)
    common = (versions.regions, *sold, versions.holidays if doors else 0)
    return _basis(common, parts, doors, _day(desk), daily)


@lru_cache(maxsize=1000)
def _basis(
    common: tuple[int, ...],
    parts: tuple[tuple[int, ...], ...],
    doors: tuple[tuple[int, int], ...],
    day: tuple[int, int],
    daily: bool,
) -> Basis:
    """Return the basis of those versions, with doors that stand from one second to another; most answers share it."""
    newest = max(*common, *[version for part in parts for version in part[1:]])
    opened, closing = tuple([since for since, _ in doors]), [until for _, until in doors]
    since = [*([day[0]] if daily or doors else []), *opened]
    return Basis((*common, parts, opened), newest, max(since, default=None), min([day[1], *closing]))


def whole(desk: Desk, **asked: object) -> Basis:
    """Return what an answer rests on that may be made of everything."""
    return everything(desk, desk.store.versions())


def everything(desk: Desk, versions: Versions) -> Basis:
    """Return what an answer rests on that may be made of everything as of some versions."""
    version = versions.data
    return Basis((version,), version, *_day(desk))


def _day(desk: Desk) -> tuple[int, int]:
    """Return the seconds at which the day began, in China, and at which the next one does."""
    began = days.second_of(days.minute_of(desk.now()) // DAY * DAY)
    return began, began + 86_400


def of_place(
    desk: Desk, versions: Versions, regions: Sequence[int], moments: Sequence[Moment | None], *, past: bool = False
) -> Basis:
    """Return what offers of some regions rest on; those of the `past` on whole provinces, and not on doors."""
    return basis(desk, versions, provinces(desk, versions, regions) if past else regions, moments=moments)


def provinces(desk: Desk, versions: Versions, regions: Iterable[int]) -> list[int]:
    """Return the pooling regions of the provinces that some regions belong to: what was is judged by all of these."""
    wanted = {province_of(region) for region in regions}
    atlas = desk.grounds.atlas(desk.store, versions.places)
    return sorted({*regions, *(one for one in atlas.extents if province_of(one) in wanted)})
