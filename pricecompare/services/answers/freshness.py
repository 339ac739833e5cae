"""What the answer to each question rests on, found without answering it: use inside `reading`.

Any of these raises what the answer itself would raise.
"""

from datetime import date
from typing import Any

from pricecompare.models import Versions
from pricecompare.services.answers.basis import Basis, basis, of_place, provinces, whole
from pricecompare.services.desk import Desk
from pricecompare.services.grounds.catalogue import known_pharmacy
from pricecompare.services.grounds.opened import moments_of
from pricecompare.services.grounds.places import Where, pooling_of, region_of, where
from pricecompare.services.offers.compare import PLACE
from pricecompare.services.searching import popularity
from pricecompare.services.statistics.standing import rests_upon

__all__ = [
    "begun", "drug", "drugs", "flags", "found", "history", "index", "offers", "pharmacies", "pharmacy", "prices",
    "region", "regions", "statistics", "whole",
]  # fmt: skip


def regions(desk: Desk, **asked: Any) -> Basis:
    """Return what lists of regions rest on."""
    return basis(desk, desk.store.versions(), drugs=False, daily=False)


def drugs(desk: Desk, **asked: Any) -> Basis:
    """Return what answers rest on that are about drugs alone."""
    return basis(desk, desk.store.versions(), daily=False)


def found(desk: Desk, **asked: Any) -> Basis:
    """Return what a search rests on."""
    versions = desk.store.versions()
    return popularity.rests_upon(desk, versions, _place(desk, versions, asked))


def begun(desk: Desk, **asked: Any) -> Basis:
    """Return what suggestions rest on."""
    versions = desk.store.versions()
    return popularity.begun_rests_upon(desk, versions, _place(desk, versions, asked))


def _place(desk: Desk, versions: Versions, asked: dict[str, Any]) -> Where | None:
    given = {name: asked[name] for name in popularity.PLACE if asked.get(name) is not None}
    return popularity.place_of(desk, versions, given)


def drug(desk: Desk, code: str, **asked: Any) -> Basis:
    """Return what is told of one drug: payment standards, where there are any, begin and end with a day."""
    versions = desk.store.versions()
    return basis(desk, versions, daily=versions.standards > 0)


def statistics(
    desk: Desk, code: str, *, region: str, as_of: date | None = None, months: int = 12, **asked: Any
) -> Basis:
    """Return what the statistics of one pooling region rest on."""
    versions = desk.store.versions()
    return rests_upon(desk, versions, _pooling(desk, versions, region), past=as_of is not None, months=months)


def offers(desk: Desk, code: str, *, as_of: date | None = None, **asked: Any) -> Basis:
    """Return what offers around a point or in a region rest on; those of the past on whole provinces."""
    versions = desk.store.versions()
    place = {name: value for name, value in asked.items() if name in (*PLACE, "coord_type")}
    at = where(desk, version=versions.places, **place)
    moments = moments_of(desk, at.grounds, versions, past=as_of is not None)
    return of_place(desk, versions, at.regions, moments, past=as_of is not None)


def pharmacies(desk: Desk, **asked: Any) -> Basis:
    """Return what a list of pharmacies rests on."""
    return offers(desk, "", **asked)


def pharmacy(desk: Desk, code: str, **asked: Any) -> Basis:
    """Return what an answer about one pharmacy rests on."""
    versions, this = desk.store.versions(), known_pharmacy(desk, code)
    atlas = desk.grounds.atlas(desk.store, versions.places)
    ground = desk.grounds.ground(desk.store, this.region_id, atlas.extents[this.region_id].version)
    return basis(desk, versions, [this.region_id], drugs=False, moments=moments_of(desk, [ground], versions))


def prices(desk: Desk, code: str, **asked: Any) -> Basis:
    """Return what the prices of one pharmacy, or its index, rest on."""
    return basis(desk, desk.store.versions(), [known_pharmacy(desk, code).region_id])


index = prices


def region(desk: Desk, code: str = "", *, region: str, as_of: date | None = None, **asked: Any) -> Basis:
    """Return what an answer about one pooling region rests on; of the past, on its whole province."""
    versions = desk.store.versions()
    pooling = _pooling(desk, versions, region)
    return basis(desk, versions, [pooling] if as_of is None else provinces(desk, versions, [pooling]))


def flags(desk: Desk, *, region: str, **asked: Any) -> Basis:
    """Return what the default rule's flags rest on: z and spread follow from the prices of the whole province."""
    versions = desk.store.versions()
    return basis(desk, versions, provinces(desk, versions, [_pooling(desk, versions, region)]))


def history(desk: Desk, code: str, *, pharmacy: str | None = None, region: str | None = None, **asked: Any) -> Basis:
    """Return what a history rests on: of one pharmacy, or of a region, whose days are judged by the whole province."""
    versions = desk.store.versions()
    if pharmacy is not None:
        return prices(desk, pharmacy)
    return basis(desk, versions, provinces(desk, versions, [_pooling(desk, versions, str(region))]))


def _pooling(desk: Desk, versions: Versions, region: str) -> int:
    atlas = desk.grounds.atlas(desk.store, versions.places)
    return pooling_of(atlas, region_of(atlas, region))
