"""Pharmacies that come in: put under their pooling region, their coordinates brought to WGS-84."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pricecompare.calc.coordinates import checked as checked_place
from pricecompare.calc.coordinates import to_wgs84
from pricecompare.calc.distance import points
from pricecompare.calc.market import sellers
from pricecompare.errors import Conflict, Invalid, Unreadable
from pricecompare.models import MarketKey, Pharmacy, Upload
from pricecompare.services.cases.following import follow
from pricecompare.services.grounds.atlas import Atlas, atlas
from pricecompare.services.grounds.closings import offers_again, turned
from pricecompare.services.ingest.details import details
from pricecompare.services.ingest.taken import Batch, one_of_each, with_ids
from pricecompare.services.markets.index_refresh import refresh_indices
from pricecompare.services.markets.refresh import Changes, Refresh
from pricecompare.store import Store


def take_pharmacies(batch: Batch) -> Upload:
    """Take pharmacies; return the ledger row. Ids that were given stay; prices follow a pharmacy that moves."""
    _datum_declared(batch)
    store = batch.desk.store
    with batch.writing():
        known = {pharmacy.code: pharmacy for pharmacy in store.pharmacies()}
        places = atlas(store)
        named = ((row, dict(zip(batch.check.names, values, strict=True))) for row, values in batch.values())
        told = ((row, _pharmacy(batch, places, known.get(said["code"]), row, said)) for row, said in named)
        rows = ((row, pharmacy) for row, pharmacy in told if pharmacy is not None)
        taken = [pharmacy for _, pharmacy in one_of_each(batch, rows, lambda pharmacy: pharmacy.code, "code")]
        moved, new = with_ids(taken, known, store.next_ids().pharmacy, untold=_untold(batch))
        if moved:
            put_and_follow(batch, moved, known)
        return batch.keep_counts(new, len(moved), len(taken))


def _untold(batch: Batch) -> Iterator[str]:
    """Yield what the file does not say of any pharmacy; its region always follows from its code."""
    columns = batch.check.columns
    yield from (name for name in ("name", "address", "phone", "chain", "uscc") if name not in columns)
    if "lat" not in columns and "lng" not in columns:
        yield from ("lat", "lng", "datum", "given_lat", "given_lng")


def _datum_declared(batch: Batch) -> None:
    """Refuse a file with coordinates that nowhere says which ones they are."""
    if "lat" in batch.check.columns and not batch.check.knows("datum"):
        raise Unreadable("datum_missing", field="coord_type")


def _pharmacy(batch: Batch, places: Atlas, before: Pharmacy | None, row: int, said: dict[str, Any]) -> Pharmacy | None:
    """Return the pharmacy of a row, known as `before`; None when it is refused."""
    code, name = said["code"], said["name"]
    named = _named(batch, before, row, said)
    at = _place(batch, row, said["lat"], said["lng"], said["datum"])
    under = _district(batch, places, row, said["region"] or _code_region(before, name, code), code)
    more = details(batch, row, before, said)
    if not named or at is None or under is None or more is None:
        return None
    texts = (said[column] for column in ("address", "phone", "chain", "uscc"))
    return Pharmacy(0, code, under[1], under[0], name or "", *texts, *at, **more)


def _named(batch: Batch, before: Pharmacy | None, row: int, said: dict[str, Any]) -> bool:
    """Say whether it is told which pharmacy a row is about; refuse it when not."""
    if said["name"] is None and batch.check.knows("name"):
        batch.refuse(row, "name", "missing_value")
    elif said["name"] is None and before is None:
        # A file without names only says more of pharmacies that are known.
        batch.refuse(row, "code", "unknown_pharmacy", said["code"], value=said["code"])
    else:
        return True
    return False


def _code_region(before: Pharmacy | None, name: str | None, code: str) -> int:
    """Return the region of a pharmacy whose row names none: as its code says, or as it was where it is not named."""
    return before.district_id if before and name is None else int(code[1:7])


def _place(batch: Batch, row: int, lat: float | None, lng: float | None, datum: str | None) -> tuple | None:
    """Return (lat, lng) in WGS-84, datum, (lat, lng) as given; nothing known is a place too; None refuses the row."""
    if lat is None and lng is None:
        return None, None, "", None, None
    if lat is None or lng is None:
        batch.refuse(row, "lat" if lat is None else "lng", "half_a_coordinate")
        return None
    if datum is None:
        batch.refuse(row, "datum", "datum_missing")
        return None
    if lat == 0 == lng:
        batch.doubt(row, "lat", "zero_coordinates", "0, 0")
        return None, None, "", None, None
    try:
        return (*to_wgs84(*checked_place(lat, lng), datum), datum, lat, lng)
    except Invalid as error:
        batch.check.find(row, error.field or "lat", "error", error.reason, f"{lat}, {lng}")
        return None


def _district(batch: Batch, places: Atlas, row: int, region: int, code: str) -> tuple[int, int] | None:
    """Return (district, pooling region): the region itself when it is known, else the nearest one above it."""
    above = (region, region // 100 * 100, region // 10_000 * 10_000)
    known = next((at for at in above if at in places.regions), None)
    pooling = places.pooling_of(known) if known is not None else None
    if known is None or pooling is None:
        batch.refuse(row, "region", "no_pooling_region", code, value=f"{region:06d}")
        return None
    if known != region:
        used = f"{known:06d} {places.regions[known].name}"
        batch.doubt(row, "region", "region_by_prefix", code, value=f"{region:06d}", used=used)
    return known, pooling


def put_and_follow(batch: Batch, moved: list[Pharmacy], known: dict[str, Pharmacy]) -> None:
    """Write pharmacies that are new or changed, and bring all that depends on where they are in line with them."""
    store = batch.desk.store
    store.put_pharmacies(moved)
    version = store.next_version()
    store.put_meta(places_version=version)
    came = [(known[one.code], one) for one in moved if one.code in known and known[one.code].region_id != one.region_id]
    months = store.sale_months()
    changes: Changes = {}
    for before, after in came:
        changes |= _moved_offers(store, before, after.region_id, changes)
        store.move_pharmacy(after.id, before.region_id, after.region_id)
    regions = {one.region_id for one in moved} | {before.region_id for before, _ in came}
    for region_id in sorted(regions):
        store.put_extent(region_id, version, ball(store.pharmacies(region_id)))
    again = offers_again(store, turned(moved, known))
    refresh = Refresh(store, version=version, today=batch.desk.today())
    for these in filter(None, (changes, again)):
        refresh.changed(these)
    follow(batch.desk, refresh.flags_moved)
    if came:
        # A region that its only seller left has no sales any more, but still has their index.
        refresh_indices(store, [place for place in months + store.sale_months() if place[0] in regions])


def regroup(batch: Batch) -> None:
    """Put every pharmacy under the pooling region its district now belongs to; Conflict when that is none."""
    store = batch.desk.store
    places, known = atlas(store), {pharmacy.code: pharmacy for pharmacy in store.pharmacies()}
    pooling: dict[int, int] = {}
    for district in {one.district_id for one in known.values()}:
        if (found := places.pooling_of(district)) is None:
            raise Conflict("no_pooling_left", value=f"{district:06d}")
        pooling[district] = found
    moved = [replace(one, region_id=pooling[one.district_id]) for one in known.values()]
    moved = [one for one in moved if one != known[one.code]]
    if moved:
        put_and_follow(batch, moved, known)
    for region_id in {known[one.code].region_id for one in moved}:
        if not places.regions[region_id].pooling:
            keys = store.market_keys(region_id)
            store.delete_markets(keys)
            store.delete_flags(flag[:4] for flag in store.flags_of_markets(keys))


def _moved_offers(store: Store, before: Pharmacy, to_region: int, changes: Changes) -> Changes:
    """Return what a pharmacy's move takes out of the markets of one region and brings into those of another."""
    moved: Changes = {}
    for drug_id, kind, fen, stock, held, observed in store.offers_of_pharmacy(before.region_id, before.id):
        for region_id, price in ((before.region_id, 0), (to_region, fen)):
            key = MarketKey(region_id, drug_id, kind)
            one = sellers([(before.id, price, observed, stock, held)])
            old = moved.get(key, changes.get(key))
            moved[key] = one if old is None else np.sort(np.concatenate([old, one]), order="pharmacy")
    return moved


def ball(pharmacies: Iterable[Pharmacy]) -> tuple[float, float, float, float] | None:
    """Return centre and radius (metres, earth-centred) of a ball around all pharmacies that have coordinates.

    None when there are no pharmacies, radius −1 when none of them has coordinates.
    """
    here = list(pharmacies)
    located = [(one.lat, one.lng) for one in here if one.lat is not None and one.lng is not None]
    if not located:
        return (0.0, 0.0, 0.0, -1.0) if here else None
    xyz = points(*zip(*located, strict=True)).xyz
    centre = (xyz.min(axis=0) + xyz.max(axis=0)) / 2
    reach = float(np.sqrt(((xyz - centre) ** 2).sum(axis=1)).max())
    return float(centre[0]), float(centre[1]), float(centre[2]), reach
