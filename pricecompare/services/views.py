"""Records as people and programs are shown them: plain values, money as text and as fen."""

from typing import Any

from pricecompare.calc.codes import same_product
from pricecompare.calc.money import yuan
from pricecompare.models import Drug, MarketRow, Region
from pricecompare.services.atlas import Atlas, Ground

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
    kept = ground.views.get((position, datum))
    # Another atlas may have other names for the same regions.
    if kept is None or kept[0] is not atlas:
        kept = ground.views[position, datum] = atlas, _pharmacy(atlas, ground, position, datum)
    return kept[1]


def _pharmacy(atlas: Atlas, ground: Ground, position: int, datum: str) -> dict[str, Any]:
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
    }


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
