"""Records as people and programs are shown them: plain values, money as text and as fen."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import orjson

from pricecompare.calc.codes import same_product
from pricecompare.calc.hours import exceptions, hours
from pricecompare.calc.hours import week as weekly
from pricecompare.calc.money import yuan
from pricecompare.models import Drug, MarketRow, Pharmacy, Region
from pricecompare.services.grounds.atlas import Atlas, Ground
from pricecompare.services.grounds.doorways import offered

STATISTICS = ("mean", "median", "mad", "q1", "q3", "low", "high")


def region(this: Region) -> dict[str, Any]:
    """Return a region."""
    parent = None if this.parent_id is None else f"{this.parent_id:06d}"
    return {"code": this.code, "name": this.name, "level": this.level, "parent": parent, "pooling": this.pooling}


def place_name(atlas: Atlas, region_id: int) -> dict[str, str]:
    """Return code and name of a region."""
    return {"code": f"{region_id:06d}", "name": atlas.regions[region_id].name}


def drug(this: Drug) -> dict[str, Any]:
    """Return a drug with the key that all packs of the same product share."""
    return {
        "code": this.code,
        "id": this.id,
        "name": this.name,
        "brand": this.brand,
        "form": this.form,
        "spec": this.spec,
        "pack_count": this.pack_count,
        "unit": this.unit,
        "pack_unit": this.pack_unit,
        "maker": this.maker,
        "approval_no": this.approval_no,
        "standard_code": this.standard_code,
        "barcode": this.barcode,
        "insurance_class": this.insurance_class,
        "prescription": this.prescription,
        "product": same_product(this.code),
    }


def pharmacy(atlas: Atlas, ground: Ground, position: int, datum: str) -> dict[str, Any]:
    """Return a pharmacy with its place in `datum`; to be read only, since it is kept with the ground."""
    return pharmacies(atlas, ground, datum)[position]


def pharmacies(atlas: Atlas, ground: Ground, datum: str, *, written: bool = False) -> Mapping[int, Any]:
    """Return the pharmacies of a ground by position, as `pharmacy` shows them or, `written`, as their JSON."""
    kept = ground.views.get((datum, written))
    # Another atlas may have other names for the same regions.
    if kept is None or kept[0] is not atlas:
        kept = ground.views[datum, written] = atlas, _Pharmacies(atlas, ground, datum, written)
    return kept[1]


class _Pharmacies(dict[int, Any]):
    """Pharmacies by position, each made when it is first asked for."""

    def __init__(self, atlas: Atlas, ground: Ground, datum: str, written: bool):
        self._make = partial(_written if written else _pharmacy, atlas, ground, datum)

    def __missing__(self, position: int) -> Any:
        made = self[position] = self._make(position)
        return made


def _written(atlas: Atlas, ground: Ground, datum: str, position: int) -> bytes:
    """Return a pharmacy as JSON."""
    # Copied: behind what orjson returns lie some kilobytes of room.
    return bytes(memoryview(orjson.dumps(_pharmacy(atlas, ground, datum, position))))


def _pharmacy(atlas: Atlas, ground: Ground, datum: str, position: int) -> dict[str, Any]:
    """Return a pharmacy; latitude and longitude are null where none is known."""
    this = ground.pharmacies[position]
    lat, lng = ground.shown(position, datum)
    return {
        "code": this.code,
        "id": this.id,
        "name": this.name,
        "chain": this.chain,
        "address": this.address,
        "phone": this.phone,
        "region": place_name(atlas, this.region_id),
        "district": place_name(atlas, this.district_id),
        "lat": lat,
        "lng": lng,
        "coord_type": datum,
        "hours": this.hours,
        "services": list(offered(this)),
        "closed_on": this.closed_on,
        "closure": closure(this),
    }


def closure(this: Pharmacy) -> dict[str, Any] | None:
    """Return from when until when a pharmacy is closed for a time, and why; None when no closure is known."""
    if this.closed_from is None:
        return None
    return {"from": this.closed_from, "until": this.closed_until, "reason": this.closed_reason}


def week(this: Pharmacy) -> dict[str, Any] | None:
    """Return the weekly table of a pharmacy and the rules that hold on certain dates; None when nobody knows them."""
    if not this.hours:
        return None
    these = hours(this.hours)
    table = [{"day": day, "open": spans} for day, spans in weekly(these).items()]
    return {"days": table, "exceptions": exceptions(these)}


def statistics(row: MarketRow) -> dict[str, Any]:
    """Return a market's statistics: each in yuan with two decimals and in fen with all of them."""
    shown: dict[str, Any] = {"n": row.n, "stale": row.stale, "doubtful": row.doubtful}
    for name in STATISTICS:
        fen = getattr(row, name)
        shown[name], shown[f"{name}_fen"] = None if fen is None else yuan(fen), fen
    return shown


def no_statistics() -> dict[str, Any]:
    """Return the statistics of a market without sellers."""
    names = [shown for name in STATISTICS for shown in (name, f"{name}_fen")]
    return {"n": 0, "stale": 0, "doubtful": 0, **dict.fromkeys(names)}
